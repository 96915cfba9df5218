import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScriptedApi, startScriptedApi } from "../../tests/scripted-api.ts";
import { serverExists } from "./offers.ts";

const patience = { pauses: [1, 1, 1], timeout: 50 };
const there = { status: 200, body: { servers: [{ name: "core" }] } };
let api: ScriptedApi;
beforeEach(async () => {
  api = await startScriptedApi();
});
afterEach(() => api.close());
const look = () => serverExists(`${api.origin}/v1`, "t0ken", "core", patience);

test("limits, faults, silence and half an answer are waited out", async () => {
  api.script.push({ status: 429 }, { status: 503 }, "half an answer", there);
  expect(await look()).toBe(true);
  api.script.push("silence", "silence", "silence", there);
  expect(await look()).toBe(true);
});

test.each([
  ["silence", /^Hetzner's API does not answer at http:\S+\/v1\/servers\S+: .*timeout\. Run it again later\.$/],
  ["half an answer", /^Hetzner's API does not answer at /],
  [{ status: 429 }, /^Hetzner's limit of requests is reached \(429 at /],
  [{ status: 502 }, /^Hetzner's API answered 502 at /],
] as const)("%j for good is one clear error", async (scripted, said) => {
  api.script.push(...Array.from({ length: 4 }, () => scripted));
  await expect(look()).rejects.toThrow(said);
  expect(api.times).toHaveLength(4);
});
