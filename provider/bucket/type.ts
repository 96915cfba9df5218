import type { ResourceType } from "../resource-type.ts";
import { HostError } from "../transport/errors.ts";
import type { Session } from "../transport/session.ts";
import { apply } from "./apply.ts";
import { Store } from "./client.ts";
import { countContents, describeContents, empty, isEmpty } from "./contents.ts";
import { codeOf, explain } from "./errors.ts";
import { bucketSchema } from "./inputs.ts";
import type { BucketInputs, BucketState } from "./model.ts";
import { observe } from "./observe.ts";
import { stateOf } from "./state.ts";

export const bucketType: ResourceType<BucketInputs, BucketState> = {
  token: "quayside:s3:Bucket",
  schema: bucketSchema,
  identity: ["bucket", "endpoint"],
  settings: ["region", "accessKeyId", "secretAccessKey", "forceDestroy"],
  idOf: ({ endpoint, bucket }) => `${new URL(endpoint).host}/${bucket}`,

  observe: (session, inputs, previous) =>
    within(session, inputs, "look at it", async (store) => {
      const facts = await observe(store);
      return facts && stateOf(inputs, facts, previous?.unsupported ?? []);
    }),

  apply: (session, inputs, observed, previous) =>
    within(session, inputs, "set it up", (store) => apply(store, session, inputs, observed, previous)),

  remove: (session, inputs) =>
    within(session, inputs, "delete it", async (store) => {
      const facts = await observe(store);
      if (!facts) return;
      if (inputs.forceDestroy) {
        await empty(store, (deleted) => session.progress(`deleted ${deleted} objects of ${inputs.bucket}`));
      }
      await refuseFull(store);
      await store.call("delete it", async (s3, Bucket) => {
        try {
          return await s3.deleteBucket({ Bucket });
        } catch (error) {
          if (codeOf(error) === "NoSuchBucket") return { $metadata: {} };
          // Something came in since it was counted.
          if (codeOf(error) === "BucketNotEmpty") await refuseFull(store);
          throw error;
        }
      });
    }),
};

async function refuseFull(store: Store): Promise<void> {
  const contents = await countContents(store);
  if (isEmpty(contents)) return;
  throw new HostError(
    `bucket ${store.bucket} at ${store.endpoint} holds ${describeContents(contents)} and is not deleted. Empty it by hand; or ` +
      "set forceDestroy: true, run `up`, and then delete it with all that it holds; or keep it and take it out of the " +
      "state (`pulumi state delete`).",
  );
}

/** Works with the store; whatever goes wrong names the bucket, the endpoint and the remedy, and no key. */
async function within<Result>(
  session: Session,
  inputs: BucketInputs,
  doing: string,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  try {
    return await Store.with(inputs, work);
  } catch (error) {
    const { message } = explain(error, doing, inputs.bucket, inputs.endpoint);
    throw new HostError(session.redact(message));
  }
}
