import { z } from "zod";
import { UNKNOWN } from "../engine/values.ts";
import type { HostInputs } from "../resource-type.ts";
import { absolutePath, account, host, mode } from "../schema.ts";
import { type ComposeFile, expectedServices } from "./compose-file.ts";

export interface MountedFile {
  content: string;
  mode: string;
}

export interface DataFolder {
  mode: string;
  owner: string;
  group: string;
}

export interface Reload {
  command?: string[];
  signal?: string;
}

export interface ComposeProjectInputs extends HostInputs {
  project: string;
  directory: string;
  compose: ComposeFile;
  files: Record<string, MountedFile>;
  /** By absolute path. */
  folders: Record<string, DataFolder>;
  /** None is no `.env`: one that an earlier version wrote goes, one made by hand stays. */
  env: Record<string, string>;
  triggers: string[];
  /** Not declared but concluded from `compose`, so that a stopped container is a difference. */
  services: Record<string, { state: string }>;
  reload?: Record<string, Reload>;
  pull?: "missing" | "always" | "never";
  timeout?: number;
  trial?: boolean;
  retain?: boolean;
}

/** Seconds until an unhealthy deployment is given up. */
export const DEFAULT_TIMEOUT = 120;

/** A value that a preview may not know yet; everything around it is judged and normalised all the same. */
function late<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.any().transform((value, context) => {
    if (value === UNKNOWN) return value;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });
}

const service = z.looseObject({
  image: late(z.string("every service needs an image").min(1, "every service needs an image")),
  build: z.undefined("images are not built on hosts: push one to a registry and name it as image").optional(),
});

const relativePath = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.{1,2}(\/|$))(?!.*\/$)[^\0\n]+$/, "a relative path is needed, without . and .. steps")
  .refine((path) => !["compose.yaml", ".env"].includes(path) && !/^\.quayside(\/|$)/.test(path), {
    message: "compose.yaml, .env and .quayside belong to the project itself: see `compose` and `env`",
  });

const declared = z.strictObject({
  host,
  project: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/, "a project's name has lower case letters, digits, hyphens and underscores"),
  directory: absolutePath.refine((path) => path.split("/").length > 2, {
    message: "a folder of the project's own is needed, such as /opt/acme/n8n",
  }),
  compose: z.looseObject({
    services: z
      .record(z.string(), service)
      .refine((services) => Object.keys(services).length > 0, "at least one service is needed"),
  }) as unknown as z.ZodType<ComposeFile>,
  files: z.record(relativePath, z.strictObject({ content: late(z.string()), mode: mode.default("0644") })).default({}),
  folders: z
    .record(
      absolutePath,
      z.strictObject({
        mode: mode.default("0755"),
        owner: account.default("root"),
        group: account.default("root"),
      }),
    )
    .default({}),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/, "a variable's name has letters, digits and underscores"),
      late(z.string().refine((text) => !text.includes("\0"), "a variable cannot hold a NUL character")),
    )
    .default({}),
  triggers: z.array(z.string()).default([]),
  reload: z
    .record(
      z.string(),
      z
        .strictObject({
          command: z.array(z.string()).min(1).optional(),
          signal: z
            .string()
            .regex(/^SIG[A-Z0-9+-]+$/, "a signal is needed, such as SIGHUP")
            .optional(),
        })
        .refine(
          (how) => (how.command === undefined) !== (how.signal === undefined),
          "either command or signal is needed",
        ),
    )
    .optional(),
  pull: z.enum(["missing", "always", "never"], "missing, always or never").optional(),
  timeout: z.number().positive("a number of seconds is needed").max(3600, "at most 3600 seconds").optional(),
  trial: z.boolean().optional(),
  retain: z.boolean().optional(),
});

export const composeProjectSchema = declared
  .superRefine((inputs, context) => {
    const names = Object.keys(inputs.compose.services);
    for (const name of Object.keys(inputs.reload ?? {})) {
      if (names.includes(name)) continue;
      context.addIssue({
        code: "custom",
        path: ["reload", name],
        message: `no such service; there are: ${names.join(", ")}`,
      });
    }
  })
  .transform((inputs) => ({
    ...inputs,
    services: wantedServices(inputs.compose),
  })) as unknown as z.ZodType<ComposeProjectInputs>;

function wantedServices(compose: ComposeFile): Record<string, { state: string }> {
  return Object.fromEntries(Object.entries(expectedServices(compose)).map(([name, { state }]) => [name, { state }]));
}
