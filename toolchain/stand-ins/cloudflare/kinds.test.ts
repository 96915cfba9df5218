import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Cloudflare, createCloudflare } from "../../../lab/cloudflare/app.ts";
import { CloudflareApi } from "./api.ts";
import { checkInputs } from "./inputs.ts";
import { dnsRecord, zone } from "./names.ts";
import { workersRoute, workersScript } from "./workers.ts";

const TOKEN = "right-token";
const patience = { pauses: [1, 1, 1], longest: 1, timeout: 100 };
const access = { token: TOKEN, baseUrl: "http://cloudflare/client/v4" };
const api = new CloudflareApi(access, patience);
let cloudflare: Cloudflare;
let zoneId: string;

beforeEach(async () => {
  cloudflare = createCloudflare(TOKEN);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const { signal, ...request } = init;
    const late = new Promise<never>((_, reject) =>
      signal?.addEventListener("abort", () => reject(new Error("The operation was aborted due to timeout"))),
    );
    return Promise.race([cloudflare.app.request(url, request), late]);
  });
  zoneId = (await zone.create(api, { account: { id: cloudflare.state.account }, name: "example.org" })).id;
});
afterEach(() => vi.unstubAllGlobals());

const www = () => ({ zoneId, name: "www.example.org", type: "A", content: "203.0.113.10", ttl: 300 });

test("a record is made, read as declared, changed and deleted", async () => {
  const { id, state } = await dnsRecord.create(api, www());
  expect(state).toMatchObject({ ...www(), proxied: false, createdOn: expect.any(String) });
  expect(await dnsRecord.read(api, id, www())).toEqual(state);
  expect(await dnsRecord.update(api, id, { ...www(), ttl: 60 })).toMatchObject({ ttl: 60 });
  await dnsRecord.delete(api, id, www());
  await dnsRecord.delete(api, id, www());
  expect(await dnsRecord.read(api, id, www())).toBeUndefined();
});

const faults = [
  ["429", { kind: "http", status: 429, request: "POST" }],
  ["503", { kind: "http", status: 503, request: "POST" }],
  ["a lost answer", { kind: "http", status: 500, code: "done", request: "POST" }],
  ["a time-out", { kind: "slow", delayMs: 150, request: "POST" }],
] as const;

test.each(faults)("%s: each is made once", async (_, fault) => {
  const account = cloudflare.state.account;
  await workersScript.create(api, {
    accountId: account,
    scriptName: "geo",
    content: "export default {}",
    mainModule: "a.js",
  });
  const attempts = [
    () => zone.create(api, { account: { id: account }, name: "example.com" }),
    () => dnsRecord.create(api, www()),
    () => workersRoute.create(api, { zoneId, pattern: "geo.example.org/*", script: "geo" }),
  ];
  for (const attempt of attempts) {
    cloudflare.faults.add(fault);
    await attempt();
  }
  const { zones, records, routes } = cloudflare.state;
  expect([zones.length, records.length, routes.length]).toEqual([2, 1, 1]);
});

test("what is another's is not taken over", async () => {
  await dnsRecord.create(api, www());
  await expect(dnsRecord.create(api, www())).rejects.toThrow("An identical record already exists. (81058)");
});

test("a script is read with its text and settings", async () => {
  const inputs = {
    accountId: cloudflare.state.account,
    scriptName: "geo",
    mainModule: "index.js",
    content: "export default { fetch: () => new Response('hello') };",
    compatibilityDate: "2026-01-01",
  };
  await workersScript.create(api, inputs);
  expect(await workersScript.read(api, "geo", inputs)).toMatchObject(inputs);
  const [script] = cloudflare.state.scripts;
  if (script) script.modules = { "index.js": { type: "application/javascript+module", text: "// changed by hand" } };
  expect(await workersScript.read(api, "geo", inputs)).toMatchObject({ content: "// changed by hand" });
});

test("a wrong token and a broken API are one clear error, without the token", async () => {
  const stranger = new CloudflareApi({ ...access, token: "wrong-token" }, patience);
  const attempt = dnsRecord.create(stranger, www());
  await expect(attempt).rejects.toThrow(
    /^Cloudflare refuses the API token \(403 at POST .*Authentication error \(10000\)/,
  );
  await expect(attempt).rejects.not.toThrow("wrong-token");
  cloudflare.faults.add({ kind: "http", status: 502, times: 100 });
  await expect(dnsRecord.read(api, "1", www())).rejects.toThrow(
    /^Cloudflare's API is broken for the moment \(502 at GET/,
  );
});

test("what it does not know it refuses", () => {
  expect(checkInputs(dnsRecord, { ...www(), ttl: 1, privateRouting: true })).toEqual([
    { path: "privateRouting", reason: "is unknown to this stand-in" },
  ]);
  expect(checkInputs(workersRoute, { pattern: "example.org/*" })).toEqual([{ path: "zoneId", reason: "is required" }]);
});
