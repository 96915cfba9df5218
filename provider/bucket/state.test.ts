import { expect, test } from "vitest";
import { diffProperties } from "../engine/diff.ts";
import type { Properties } from "../engine/values.ts";
import { bucketSchema } from "./inputs.ts";
import type { BucketFacts, BucketInputs } from "./model.ts";
import { planFeatures, stateOf, takenAway } from "./state.ts";
import { bucketType } from "./type.ts";

function inputs(args: object = {}): BucketInputs {
  return bucketSchema.parse({
    ...{ bucket: "backups", endpoint: "https://s3.example.org/", accessKeyId: "key", secretAccessKey: "secret" },
    ...args,
  });
}

/** A bucket as an endpoint that knows everything makes it. */
const fresh: BucketFacts = {
  ...{ versioning: false, objectLock: false, retention: {}, publicBlocked: true },
  ...{ tags: {}, lifecycle: {}, cors: [], policy: {} },
};

const rule = { old: { expireDays: 3 } };

function differences(wanted: BucketInputs, facts: BucketFacts, refused: Parameters<typeof stateOf>[2] = []): string[] {
  const observed = stateOf(wanted, facts, refused);
  const rules = { identity: bucketType.identity, settings: bucketType.settings ?? [] };
  return diffProperties(wanted as unknown as Properties, observed as unknown as Properties, rules).map(
    ({ path }) => path,
  );
}

test("a bucket that is as wanted has no difference", () => {
  expect(differences(inputs(), fresh)).toEqual([]);
  expect(planFeatures(inputs(), stateOf(inputs(), fresh, []))).toEqual([]);
  const wanted = inputs({ objectLock: true, lifecycle: rule });
  expect(differences(wanted, fresh)).toEqual(["objectLock", "lifecycle.old", "versioning"]);
});

test("what the endpoint does not implement is named, and no difference", () => {
  const wanted = inputs({ lifecycle: rule, tags: { a: "b" } });
  const { lifecycle: _, tags: __, publicBlocked: ___, ...facts } = fresh;
  expect(stateOf(wanted, facts, []).unsupported).toEqual(["publicAccess", "tags", "lifecycle"]);
  expect(differences(wanted, facts)).toEqual([]);
  // It is tried again with the next change, as the endpoint may have learnt.
  expect(planFeatures(wanted, stateOf(wanted, facts, []))).toEqual(["tags", "lifecycle"]);
});

test("what the endpoint answers questions about, but takes no orders for, is no difference either", () => {
  const wanted = inputs({ lifecycle: rule });
  expect(differences(wanted, fresh)).toEqual(["lifecycle.old"]);
  expect(differences(wanted, fresh, ["lifecycle"])).toEqual([]);
  const learnt = { ...fresh, lifecycle: { other: { prefix: "", enabled: true, expireDays: 1 } } };
  expect(differences(wanted, learnt, ["lifecycle"])).not.toEqual([]);
});

test("public access is what policy and ACL say where nothing can be blocked as a whole", () => {
  const { publicBlocked: _, ...facts } = fresh;
  expect(differences(inputs(), { ...fresh, publicBlocked: false })).toEqual(["publicAccess"]);
  expect(differences(inputs(), { ...facts, publicAcl: true })).toEqual(["publicAccess"]);
  expect(differences(inputs({ publicAccess: true }), facts)).toEqual([]);
});

test("a bucket that is taken over keeps what is not declared, but not what lets everybody in", () => {
  const Statement = [{ Effect: "Allow", Principal: { AWS: ["*"] }, Action: ["s3:*"], Resource: ["*"] }];
  const facts = { ...fresh, versioning: true, tags: { by: "hand" } };
  expect(takenAway(inputs(), stateOf(inputs(), facts, []))).toEqual(["versioning", "tags"]);
  const open = { ...facts, policy: { Statement } };
  expect(takenAway(inputs(), stateOf(inputs(), open, []))).not.toContain("policy");
  const closed = { ...facts, policy: { Statement: [{ ...Statement[0], Principal: { AWS: ["a"] } }] } };
  expect(takenAway(inputs(), stateOf(inputs(), closed, []))).toContain("policy");
});
