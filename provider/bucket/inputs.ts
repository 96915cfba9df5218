import { isIP } from "node:net";
import { z } from "zod";
import type { BucketInputs, Policy } from "./model.ts";
import { canonicalPolicy, publicStatements } from "./policy.ts";

const name = z
  .string()
  .regex(
    /^(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "a bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots, and begins and ends with a letter or digit",
  );

const endpoint = z
  .string()
  .refine(isEndpoint, "an S3 endpoint is needed, without a bucket or path, such as https://fsn1.your-objectstorage.com")
  .refine(
    (text) => !isEndpoint(text) || text.startsWith("https:") || isNear(new URL(text).hostname),
    "plain http is for this machine, private networks and the mesh: use https",
  )
  .transform((text) => text.replace(/\/+$/, ""));

const key = (what: string) =>
  z.string().regex(/^\S+$/, `${what} is needed, without spaces or line ends (quay secrets set puts it in)`);

const days = z.int().min(1, "whole days, at least 1");

const lifecycleRule = z
  .strictObject({
    prefix: z.string().default(""),
    enabled: z.boolean().default(true),
    expireDays: days.optional(),
    expireVersionsDays: days.optional(),
    keepVersions: z.int().min(1).max(100, "at most 100 older versions").optional(),
    expireDeleteMarkers: z.boolean().optional(),
    abortUploadsDays: days.optional(),
    transitions: z.array(z.strictObject({ days: z.int().min(0), storageClass: z.string().min(1) })).optional(),
  })
  .superRefine((rule, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (rule.expireDeleteMarkers && rule.expireDays !== undefined) {
      fault("expireDeleteMarkers", "cannot stand in one rule with expireDays: make a rule of its own");
    }
    if (rule.keepVersions !== undefined && rule.expireVersionsDays === undefined) {
      fault("keepVersions", "says which versions stay when others go: expireVersionsDays is needed, too");
    }
    const { expireDays, expireVersionsDays, expireDeleteMarkers, abortUploadsDays, transitions = [] } = rule;
    const timed = [expireDays, expireVersionsDays, abortUploadsDays].some((after) => after !== undefined);
    if (timed || expireDeleteMarkers || transitions.length > 0) return;
    context.addIssue({
      code: "custom",
      message:
        "does nothing: expireDays, expireVersionsDays, expireDeleteMarkers, abortUploadsDays or transitions is needed",
    });
  })
  .transform(({ expireDeleteMarkers, transitions, ...rule }) => ({
    ...rule,
    ...(expireDeleteMarkers && { expireDeleteMarkers }),
    ...(transitions && transitions.length > 0 && { transitions }),
  }));

const corsRule = z.strictObject({
  allowedOrigins: z.array(z.string().min(1)).min(1, "at least one origin is needed; * is any"),
  allowedMethods: z
    .array(z.enum(["GET", "HEAD", "PUT", "POST", "DELETE"], "GET, HEAD, PUT, POST or DELETE"))
    .min(1, "at least one method is needed"),
  allowedHeaders: z.array(z.string().min(1)).default([]),
  exposeHeaders: z.array(z.string().min(1)).default([]),
  maxAgeSeconds: z.int().min(0).default(0),
});

const retention = z
  .strictObject({
    mode: z.enum(["governance", "compliance"], "governance or compliance").optional(),
    days: days.optional(),
  })
  .refine(
    ({ mode, days: kept }) => (mode === undefined) === (kept === undefined),
    'mode and days are needed, such as { mode: "governance", days: 30 }',
  );

const policy = z.union([z.string(), z.record(z.string(), z.unknown())]).transform((given, context): Policy => {
  const document = typeof given === "string" ? parse(given) : given;
  if (document) return canonicalPolicy(document);
  context.addIssue({ code: "custom", message: "is no JSON object; a policy document is needed" });
  return z.NEVER;
});

export const bucketSchema = z
  .strictObject({
    bucket: name,
    endpoint,
    region: z.string().min(1).default("us-east-1"),
    accessKeyId: key("an access key"),
    secretAccessKey: key("the access key's secret"),
    versioning: z.boolean().optional(),
    objectLock: z.boolean().default(false),
    retention: retention.default({}),
    publicAccess: z.boolean().default(false),
    lifecycle: z.record(z.string().min(1).max(255), lifecycleRule).default({}),
    cors: z.array(corsRule).max(100).default([]),
    policy: policy.default({}),
    tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
    forceDestroy: z.boolean().default(false),
  })
  .superRefine((inputs, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    if (inputs.objectLock && inputs.versioning === false) {
      fault(
        ["versioning"],
        "objects can only be locked in a bucket that keeps versions: leave it out, or drop objectLock",
      );
    }
    if (Object.keys(inputs.retention).length > 0 && !inputs.objectLock) {
      fault(["retention"], "needs objectLock: true");
    }
    for (const index of inputs.publicAccess ? [] : publicStatements(inputs.policy)) {
      fault(
        ["policy", "Statement", index, "Principal"],
        "lets everybody in: name who may, add a condition, or say publicAccess: true if that is meant",
      );
    }
  })
  .transform(({ versioning, ...inputs }) => ({
    ...inputs,
    versioning: versioning ?? inputs.objectLock,
  })) as unknown as z.ZodType<BucketInputs>;

function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    `${url.search}${url.hash}${url.username}${url.password}` === "" &&
    /^\/*$/.test(url.pathname)
  );
}

/** This machine, private and mesh addresses, and names that no public resolver knows. */
function isNear(hostname: string): boolean {
  if (isIP(hostname) === 4) {
    return /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(hostname);
  }
  if (hostname.startsWith("[")) return /^\[(::1\]|f[cd])/.test(hostname);
  return !hostname.includes(".") || /\.(internal|local|lan|localhost|test)$/.test(hostname);
}

function parse(text: string): Policy | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
