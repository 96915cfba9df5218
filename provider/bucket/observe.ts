import type { Store } from "./client.ts";
import { corsFromApi } from "./cors.ts";
import { rulesFromApi } from "./lifecycle.ts";
import type { BucketFacts, Policy, Retention } from "./model.ts";
import { canonicalPolicy } from "./policy.ts";

const STRANGERS = /\/groups\/(global\/AllUsers|global\/AuthenticatedUsers)$/;

/** What the endpoint says of the bucket; undefined when there is none. */
export async function observe(store: Store): Promise<BucketFacts | undefined> {
  // A listing, not HeadBucket: the answer to HEAD has no body that would say what is wrong.
  const listing = await store.ask("look for the bucket", ["NoSuchBucket"], (s3, Bucket) =>
    s3.listObjectsV2({ Bucket, MaxKeys: 1 }),
  );
  if (listing === "missing") return undefined;
  const [versioning, lock, publicBlocked, tags, lifecycle, cors, policy] = await Promise.all([
    readVersioning(store),
    readLock(store),
    readBlock(store),
    readTags(store),
    readLifecycle(store),
    readCors(store),
    readPolicy(store),
  ]);
  const publicAcl = publicBlocked === undefined ? await readAcl(store) : undefined;
  const facts = { versioning, ...lock, publicBlocked, publicAcl, tags, lifecycle, cors, policy };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

async function readVersioning(store: Store): Promise<boolean | undefined> {
  const answer = await store.ask("read its versioning", [], (s3, Bucket) => s3.getBucketVersioning({ Bucket }));
  return answer && answer !== "missing" ? answer.Status === "Enabled" : undefined;
}

async function readLock(store: Store): Promise<{ objectLock?: boolean; retention?: Retention }> {
  const missing = [
    "ObjectLockConfigurationNotFoundError",
    "ObjectLockConfigurationNotFound",
    "NoSuchObjectLockConfiguration",
  ];
  const answer = await store.ask("read its object lock", missing, (s3, Bucket) =>
    s3.getObjectLockConfiguration({ Bucket }),
  );
  if (answer === undefined) return {};
  if (answer === "missing") return { objectLock: false, retention: {} };
  const { ObjectLockEnabled, Rule } = answer.ObjectLockConfiguration ?? {};
  return { objectLock: ObjectLockEnabled === "Enabled", retention: retentionOf(Rule?.DefaultRetention) };
}

function retentionOf(found: { Mode?: string; Days?: number; Years?: number } | undefined): Retention {
  if (!found?.Mode) return {};
  const days = found.Days ?? (found.Years ?? 0) * 365;
  return { mode: found.Mode === "COMPLIANCE" ? "compliance" : "governance", days };
}

async function readBlock(store: Store): Promise<boolean | undefined> {
  const answer = await store.ask(
    "read its public access block",
    ["NoSuchPublicAccessBlockConfiguration"],
    (s3, Bucket) => s3.getPublicAccessBlock({ Bucket }),
  );
  if (answer === "missing") return false;
  // Some answer every question that they do not know with a listing.
  const block = answer?.PublicAccessBlockConfiguration;
  return (
    block &&
    [block.BlockPublicAcls, block.IgnorePublicAcls, block.BlockPublicPolicy, block.RestrictPublicBuckets].every(Boolean)
  );
}

async function readAcl(store: Store): Promise<boolean | undefined> {
  const missing = ["AccessControlListNotSupported", "NoSuchBucketAcl"];
  const answer = await store.ask("read its access list", missing, (s3, Bucket) => s3.getBucketAcl({ Bucket }));
  if (answer === undefined || answer === "missing") return undefined;
  return (answer.Grants ?? []).some(({ Grantee }) => STRANGERS.test(Grantee?.URI ?? ""));
}

async function readTags(store: Store): Promise<Record<string, string> | undefined> {
  const answer = await store.ask("read its tags", ["NoSuchTagSet", "NoSuchTagSetError"], (s3, Bucket) =>
    s3.getBucketTagging({ Bucket }),
  );
  if (answer === undefined) return undefined;
  if (answer === "missing") return {};
  return Object.fromEntries((answer.TagSet ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

async function readLifecycle(store: Store): Promise<BucketFacts["lifecycle"]> {
  const answer = await store.ask("read its lifecycle rules", ["NoSuchLifecycleConfiguration"], (s3, Bucket) =>
    s3.getBucketLifecycleConfiguration({ Bucket }),
  );
  return answer === "missing" ? {} : answer && rulesFromApi(answer.Rules ?? []);
}

async function readCors(store: Store): Promise<BucketFacts["cors"]> {
  const answer = await store.ask("read its CORS rules", ["NoSuchCORSConfiguration"], (s3, Bucket) =>
    s3.getBucketCors({ Bucket }),
  );
  return answer === "missing" ? [] : answer && corsFromApi(answer.CORSRules ?? []);
}

async function readPolicy(store: Store): Promise<Policy | undefined> {
  const answer = await store.ask("read its policy", ["NoSuchBucketPolicy"], (s3, Bucket) =>
    s3.getBucketPolicy({ Bucket }),
  );
  if (answer === undefined) return undefined;
  return answer === "missing" || !answer.Policy ? {} : canonicalPolicy(JSON.parse(answer.Policy));
}
