import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScriptedApi, startScriptedApi } from "../../../tests/scripted-api.ts";
import { CloudflareApi } from "./api.ts";

const there = { status: 200, body: { success: true, result: ["zone"] } };
let server: ScriptedApi;
let api: CloudflareApi;
beforeEach(async () => {
  server = await startScriptedApi();
  const patience = { pauses: [1, 1], longest: 1000, timeout: 50 };
  api = new CloudflareApi({ token: "t0ken", baseUrl: server.origin }, patience);
});
afterEach(() => server.close());

test("a limit is waited for as long as it says", async () => {
  server.script.push({ status: 429, headers: { "Retry-After": "0.2" } }, there);
  expect(await api.request("GET", "/zones")).toEqual(["zone"]);
  const [limited = 0, again = 0] = server.times;
  expect(again - limited).toBeGreaterThanOrEqual(195);
});

test("silence and half an answer are waited out, and are an error for good", async () => {
  server.script.push("silence", "half an answer", there);
  expect(await api.request("GET", "/zones")).toEqual(["zone"]);
  for (const scripted of ["silence", "half an answer"] as const) {
    server.script.push(scripted, scripted, scripted);
    await expect(api.request("GET", "/zones")).rejects.toThrow(/^Cloudflare's API does not answer \(GET \/zones\): /);
  }
});
