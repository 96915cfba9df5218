import { expect, it } from "vitest";
import { parseIdentity } from "../../secrets/age.ts";
import type { AgeIdentities } from "../../secrets/age-identities.ts";
import { digestOf, openPlan, sealPlan } from "./sealed-plan.ts";

const on = { commit: "abc", state: { "urn:pulumi:prod::web": "digest" } };
const saved = { stack: "prod", on, plan: '{"address":"203.0.113.10"}', salt: "v1:abc" };

async function identity(): Promise<AgeIdentities> {
  const { generateIdentity } = await import("age-encryption");
  const key = parseIdentity(await generateIdentity());
  return { keys: key ? [key] : [], sources: ["test"], explicit: true };
}

const recipientOf = ({ keys }: AgeIdentities) => keys[0]?.recipient ?? "";

it("opens with each of the keys that it was sealed to", async () => {
  const [one, two] = [await identity(), await identity()];
  const sealed = await sealPlan(saved, [recipientOf(one), recipientOf(two)]);
  expect(openPlan("plan", sealed, one)).toEqual(saved);
  expect(openPlan("plan", sealed, two)).toEqual(saved);
});

it("shows nothing of the plan", async () => {
  const sealed = await sealPlan(saved, [recipientOf(await identity())]);
  expect(sealed).not.toMatch(/203\.0|prod|v1:abc/);
});

it("is refused with another key, when it is damaged, and when it is something else", async () => {
  const own = await identity();
  const sealed = await sealPlan(saved, [recipientOf(own)]);
  const other = await identity();
  expect(() => openPlan("plan.age", sealed, other)).toThrow("plan.age cannot be opened: none of 1 keys opens it.");
  const envelope = JSON.parse(sealed);
  const data = Buffer.from(envelope.data, "base64");
  data[3] = (data[3] ?? 0) ^ 1;
  const damaged = JSON.stringify({ ...envelope, data: data.toString("base64") });
  expect(() => openPlan("plan.age", damaged, own)).toThrow(/is damaged/);
  expect(digestOf(damaged)).not.toBe(digestOf(sealed));
  expect(() => openPlan("plan.age", "{}", own)).toThrow(/is no saved plan/);
});
