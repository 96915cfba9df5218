import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../transport/session.ts";
import type { Store } from "./client.ts";
import { corsToApi } from "./cors.ts";
import { codeOf, explain, isNotImplemented } from "./errors.ts";
import { rulesToApi } from "./lifecycle.ts";
import type { BucketFacts, BucketInputs, BucketState, Feature } from "./model.ts";
import { observe } from "./observe.ts";
import { planFeatures, stateOf, takenAway } from "./state.ts";

/** Endpoints that keep copies answer with the old state for a moment. */
const SETTLING_MS = [0, 300, 700, 1500, 3000];

/** What messages call the features. */
const WORDS: Record<Feature, string> = {
  versioning: "versioning",
  objectLock: "object lock",
  retention: "a retention by default",
  publicAccess: "a block of public access",
  tags: "tags of buckets",
  lifecycle: "lifecycle rules",
  cors: "CORS rules",
  policy: "bucket policies",
};

/** Makes the bucket as wanted, changing only what differs, and returns what is there then. */
export async function apply(
  store: Store,
  session: Session,
  inputs: BucketInputs,
  found: BucketState | undefined,
  previous: BucketState | undefined,
): Promise<BucketState> {
  const refused = new Set<Feature>();
  if (!found && !(await create(store, inputs))) refused.add("objectLock").add("retention");
  const observed = found ?? stateOf(inputs, await appeared(store), [...refused]);
  const left = found && !previous ? takenAway(inputs, found) : [];
  const plan = planFeatures(inputs, observed).filter((feature) => !left.includes(feature) && !refused.has(feature));
  if (found && !previous) tellTakeover(session, inputs, left, plan);
  if (!previous && observed.unsupported.includes("publicAccess") && !inputs.publicAccess) {
    session.warn(
      `${store.endpoint} cannot block public access as a whole. It is off all the same: a policy that lets everybody in ` +
        "is refused here, and one that is made by hand, or such an ACL, shows as drift.",
    );
  }
  for (const feature of observed.unsupported) if (!plan.includes(feature)) refused.add(feature);
  for (const feature of plan) {
    // Both are one setting of the API.
    if (feature === "retention" && plan.includes("objectLock")) continue;
    if (!(await set(store, inputs, feature))) refused.add(feature);
  }
  for (const feature of refused) tellRefused(session, store, inputs, feature, plan);
  if (found && plan.length === 0) return found;
  return verified(store, session, inputs, [...refused], left);
}

/** @returns false when the endpoint makes no buckets with object lock, and made one without */
async function create(store: Store, inputs: BucketInputs): Promise<boolean> {
  const make = (lock: boolean) =>
    store.call("make it", async (s3, Bucket) => {
      try {
        return await s3.createBucket({ Bucket, ...(lock && { ObjectLockEnabledForBucket: true }) });
      } catch (error) {
        // The answer to an attempt that was repeated because its own answer got lost.
        if (codeOf(error) === "BucketAlreadyOwnedByYou") return { $metadata: {} };
        if (codeOf(error) !== "BucketAlreadyExists") throw error;
        return s3.listObjectsV2({ Bucket, MaxKeys: 1 }).catch(() => {
          throw error;
        });
      }
    });
  try {
    await make(inputs.objectLock);
    return true;
  } catch (error) {
    if (!inputs.objectLock || !isNotImplemented(error)) throw error;
    await make(false);
    return false;
  }
}

async function appeared(store: Store): Promise<BucketFacts> {
  for (const pause of SETTLING_MS) {
    await sleep(pause);
    const facts = await observe(store);
    if (facts) return facts;
  }
  throw explain(
    { name: "NoSuchBucket", message: "", $metadata: { httpStatusCode: 404 } },
    "find it after it was made",
    store.bucket,
    store.endpoint,
  );
}

/** @returns whether the endpoint implements it */
async function set(store: Store, inputs: BucketInputs, feature: Feature): Promise<boolean> {
  try {
    await SETTERS[feature](store, inputs);
    return true;
  } catch (error) {
    if (isNotImplemented(error)) return false;
    throw error;
  }
}

const SETTERS: Record<Feature, (store: Store, inputs: BucketInputs) => Promise<unknown>> = {
  versioning: (store, { versioning }) =>
    store.call("set its versioning", (s3, Bucket) =>
      s3.putBucketVersioning({
        Bucket,
        VersioningConfiguration: { Status: versioning ? "Enabled" : "Suspended" },
      }),
    ),
  objectLock: setLock,
  retention: setLock,
  publicAccess: setPublicAccess,
  tags: (store, { tags }) =>
    store.call("set its tags", (s3, Bucket) =>
      Object.keys(tags).length === 0
        ? s3.deleteBucketTagging({ Bucket })
        : s3.putBucketTagging({
            Bucket,
            Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
          }),
    ),
  lifecycle: setLifecycle,
  cors: (store, { cors }) =>
    store.call("set its CORS rules", (s3, Bucket) =>
      cors.length === 0
        ? s3.deleteBucketCors({ Bucket })
        : s3.putBucketCors({ Bucket, CORSConfiguration: { CORSRules: corsToApi(cors) } }),
    ),
  policy: (store, { policy }) =>
    store.call("set its policy", (s3, Bucket) =>
      Object.keys(policy).length === 0
        ? s3.deleteBucketPolicy({ Bucket })
        : s3.putBucketPolicy({ Bucket, Policy: JSON.stringify(policy) }),
    ),
};

async function setLock(store: Store, { objectLock, retention, bucket }: BucketInputs): Promise<void> {
  const doing = "set its object lock";
  if (!objectLock) {
    const error = new Error(
      "object lock cannot be taken off a bucket that has it. Declare objectLock: true, or move to a bucket without",
    );
    throw explain(
      Object.assign(error, { name: "ObjectLockStays", $metadata: { httpStatusCode: 409 } }),
      doing,
      bucket,
      store.endpoint,
    );
  }
  const { mode, days } = retention;
  await store.call(doing, (s3, Bucket) =>
    s3.putObjectLockConfiguration({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        ...(mode && {
          Rule: { DefaultRetention: { Mode: mode === "compliance" ? "COMPLIANCE" : "GOVERNANCE", Days: days } },
        }),
      },
    }),
  );
}

/** Where nothing can be blocked as a whole, an ACL that lets everybody in is closed; a policy is compared by itself. */
async function setPublicAccess(store: Store, { publicAccess }: BucketInputs): Promise<void> {
  const all = !publicAccess;
  try {
    await store.call("set its public access", (s3, Bucket) =>
      s3.putPublicAccessBlock({
        Bucket,
        PublicAccessBlockConfiguration: {
          ...{ BlockPublicAcls: all, IgnorePublicAcls: all, BlockPublicPolicy: all, RestrictPublicBuckets: all },
        },
      }),
    );
  } catch (error) {
    if (!isNotImplemented(error)) throw error;
    if (publicAccess) return;
    await store.ask("close its access list", ["AccessControlListNotSupported"], (s3, Bucket) =>
      s3.putBucketAcl({ Bucket, ACL: "private" }),
    );
  }
}

async function setLifecycle(store: Store, { lifecycle }: BucketInputs): Promise<void> {
  const doing = "set its lifecycle rules";
  const now = await store.ask(doing, ["NoSuchLifecycleConfiguration"], (s3, Bucket) =>
    s3.getBucketLifecycleConfiguration({ Bucket }),
  );
  const Rules = rulesToApi(lifecycle, now && now !== "missing" ? now.Rules : []);
  await store.call(doing, (s3, Bucket) =>
    Rules.length === 0
      ? s3.deleteBucketLifecycle({ Bucket })
      : s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } }),
  );
}

/** What is there now; waits for the endpoint to say what it was told. */
async function verified(
  store: Store,
  session: Session,
  inputs: BucketInputs,
  refused: Feature[],
  left: readonly Feature[],
): Promise<BucketState> {
  let state: BucketState | undefined;
  let open: Feature[] = [];
  for (const pause of SETTLING_MS) {
    await sleep(pause);
    const facts = await observe(store);
    if (!facts) continue;
    const now = stateOf(inputs, facts, refused);
    open = planFeatures(inputs, now).filter((feature) => !left.includes(feature) && !now.unsupported.includes(feature));
    state = now;
    if (open.length === 0) return state;
  }
  if (!state) return stateOf(inputs, await appeared(store), refused);
  session.warn(
    `${store.endpoint} took ${open.map((feature) => WORDS[feature]).join(", ")} of bucket ${inputs.bucket}, but says something else ` +
      "afterwards. The next preview shows the difference; declare what the endpoint keeps.",
  );
  return state;
}

function tellTakeover(
  session: Session,
  inputs: BucketInputs,
  left: readonly Feature[],
  plan: readonly Feature[],
): void {
  if (plan.includes("publicAccess") && !inputs.publicAccess) {
    session.warn(`bucket ${inputs.bucket} was there already, and open to everybody; it is not any more.`);
  }
  if (left.length === 0) return;
  const things = left.map((feature) => WORDS[feature]).join(", ");
  session.warn(
    `bucket ${inputs.bucket} was there already and has ${things} that the program does not declare. They stay for now: ` +
      "declare them, or the next `up` takes them away.",
  );
}

function tellRefused(
  session: Session,
  store: Store,
  inputs: BucketInputs,
  feature: Feature,
  plan: readonly Feature[],
): void {
  const asked = plan.includes(feature) || (feature === "objectLock" && inputs.objectLock);
  if (feature === "publicAccess" || !asked) return;
  session.warn(
    `${store.endpoint} does not implement ${WORDS[feature]}: bucket ${inputs.bucket} goes without (${feature}). ` +
      "All the rest is as declared.",
  );
}
