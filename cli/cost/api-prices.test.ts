import { afterEach, beforeEach, expect, test } from "vitest";
import { type Scripted, type ScriptedApi, startScriptedApi } from "../../tests/scripted-api.ts";
import { fetchPrices } from "./api-prices.ts";

let api: ScriptedApi;
beforeEach(async () => {
  api = await startScriptedApi();
});
afterEach(() => api.close());

test.each<[Scripted, RegExp]>([
  ["silence", /\/v1\/pricing does not answer \(.*timeout\)\.$/],
  ["half an answer", /\/v1\/pricing does not answer \(.*\)\.$/],
  [{ status: 401 }, /\/v1\/pricing answered 401\.$/],
  [{ status: 429 }, /\/v1\/pricing answered 429\.$/],
  [{ status: 503 }, /\/v1\/pricing answered 503\.$/],
  [{ status: 200, body: { maintenance: true } }, /\/v1\/pricing answered without any\.$/],
  [{ status: 200, body: { pricing: { currency: "USD" } } }, /has prices in USD, not in EUR\.$/],
])("%j is one clear error, with the way to do without, and without the token", async (scripted, said) => {
  api.script.push(scripted);
  const error: Error & { remedy?: string } = await fetchPrices(
    { endpoint: `${api.origin}/v1`, token: "t0ken" },
    50,
  ).catch((caught) => caught);
  expect(error.message).toMatch(said);
  expect(error.message).not.toContain("t0ken");
  expect(error.remedy).toContain("--prices pinned");
});
