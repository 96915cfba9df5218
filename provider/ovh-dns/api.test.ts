import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScriptedApi, startScriptedApi } from "../../tests/scripted-api.ts";
import { OvhApi } from "./api.ts";

const keys = { applicationKey: "app", applicationSecret: "app-secret", consumerKey: "consumer" };
const clock = { status: 200, body: 1_700_000_000 };
let server: ScriptedApi;
let api: OvhApi;
beforeEach(async () => {
  server = await startScriptedApi();
  api = new OvhApi({ ...keys, endpoint: `${server.origin}/1.0` }, { pauses: [1, 1], timeout: 50 });
});
afterEach(() => server.close());

test("a limit is waited for as long as it says", async () => {
  server.script.push(clock, { status: 429, headers: { "Retry-After": "0.5" } }, { status: 200, body: ["example.org"] });
  expect(await api.request("GET", "/domain/zone")).toEqual(["example.org"]);
  const [, limited = 0, again = 0] = server.times;
  // A timer counts from when its turn of the event loop began, which may have been a while ago where much is done in it.
  expect(again - limited).toBeGreaterThanOrEqual(300);
});

test("silence and half an answer are waited out", async () => {
  server.script.push("silence", clock, "half an answer", { status: 200, body: 7 });
  expect(await api.request("GET", "/domain/zone")).toBe(7);
});

test.each([
  ["silence", /^OVH's API does not answer \(GET \/domain\/zone\): .*timeout\. .*run it again\.$/],
  ["half an answer", /^OVH's API does not answer \(GET \/domain\/zone\): /],
  [{ status: 429 }, /^OVH's rate limit is used up \(429 at GET \/domain\/zone\)\. /],
] as const)("%j for good is one clear error", async (scripted, said) => {
  server.script.push(clock, scripted, scripted, scripted);
  await expect(api.request("GET", "/domain/zone")).rejects.toThrow(said);
});
