import Sdk, { toFile } from "cloudflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloudflare, createCloudflare } from "../../lab/cloudflare/app.ts";
import { type Listening, listen } from "./dns/listen.ts";

// The emulator, held against Cloudflare's own SDK.
const TOKEN = "a-token-of-the-lab";
let cloudflare: Cloudflare;
let api: Listening;
let client: Sdk;

beforeAll(async () => {
  cloudflare = createCloudflare(TOKEN);
  api = await listen(cloudflare.app);
  client = new Sdk({ apiToken: TOKEN, baseURL: `${api.origin}/client/v4` });
});
afterAll(() => api.close());

/** The codes of a refusal. */
const refusal = async (attempt: PromiseLike<unknown>): Promise<{ status: number; codes: number[] }> => {
  const error = await Promise.resolve(attempt).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Sdk.APIError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return { status: error.status as number, codes: error.errors.map(({ code }) => code ?? 0) };
};

test("zones", async () => {
  expect((await client.user.tokens.verify()).status).toBe("active");
  const account = { id: cloudflare.state.account };
  const zone = await client.zones.create({ account, name: "zones.example", type: "full" });
  expect(zone).toMatchObject({ name: "zones.example", type: "full", paused: false, account });
  expect(zone.name_servers).toHaveLength(2);
  expect(await refusal(client.zones.create({ account, name: "zones.example" }))).toEqual({
    status: 400,
    codes: [1061],
  });
  const listed = [];
  for await (const one of client.zones.list({ name: "zones.example" })) listed.push(one.id);
  expect(listed).toEqual([zone.id]);
  expect((await client.zones.edit({ zone_id: zone.id, paused: true })).paused).toBe(true);
  expect((await client.zones.delete({ zone_id: zone.id }))?.id).toBe(zone.id);
  expect(await refusal(client.zones.get({ zone_id: zone.id }))).toEqual({ status: 404, codes: [1001] });
});

test("records", async () => {
  const account = { id: cloudflare.state.account };
  const { id: zone_id } = await client.zones.create({ account, name: "records.example" });
  const { records } = client.dns;
  const www = await records.create({
    zone_id,
    type: "A",
    name: "www",
    content: "203.0.113.10",
    ttl: 300,
    comment: "core",
  });
  expect(www).toMatchObject({
    name: "www.records.example",
    ttl: 300,
    proxied: false,
    proxiable: true,
    comment: "core",
  });
  const mx = await records.create({
    zone_id,
    type: "MX",
    name: "@",
    content: "mail.records.example",
    priority: 10,
    ttl: 1,
  });
  expect(mx).toMatchObject({ name: "records.example", priority: 10 });
  const caa = { flags: 0, tag: "issue", value: "letsencrypt.org" };
  expect((await records.create({ zone_id, type: "CAA", name: "@", data: caa, ttl: 1 })).content).toBe(
    '0 issue "letsencrypt.org"',
  );
  const data = { priority: 10, weight: 5, port: 5060, target: "sip.records.example" };
  expect(await records.create({ zone_id, type: "SRV", name: "_sip._tcp", data, ttl: 1 })).toMatchObject({
    content: "5 5060 sip.records.example",
    priority: 10,
  });
  const proxied = await records.create({
    zone_id,
    type: "CNAME",
    name: "app",
    content: "www.records.example",
    ttl: 300,
    proxied: true,
  });
  expect(proxied.ttl).toBe(1);

  const again = records.create({ zone_id, type: "A", name: "www", content: "203.0.113.10", ttl: 60 });
  expect(await refusal(again)).toEqual({ status: 400, codes: [81058] });
  const alias = records.create({ zone_id, type: "CNAME", name: "www", content: "records.example", ttl: 60 });
  expect(await refusal(alias)).toEqual({ status: 400, codes: [81053] });
  for (const wrong of [
    { content: "nonsense", ttl: 60 },
    { content: "203.0.113.1", ttl: 59 },
  ]) {
    const attempt = records.create({ zone_id, type: "A", name: "x", ...wrong });
    expect(await refusal(attempt)).toEqual({ status: 400, codes: [1004] });
  }

  const at = { zone_id, type: "A", name: "www.records.example" } as const;
  expect(await records.update(www.id, { ...at, content: "203.0.113.11", ttl: 60 })).toMatchObject({
    ttl: 60,
    comment: null,
  });
  expect(await records.edit(www.id, { ...at, content: "203.0.113.12", ttl: 60 })).toMatchObject({
    content: "203.0.113.12",
  });
  for (let number = 0; number < 30; number += 1) {
    await records.create({ zone_id, type: "AAAA", name: `host${number}`, content: `2001:db8::${number + 1}`, ttl: 1 });
  }
  const all = [];
  for await (const record of records.list({ zone_id, type: "AAAA", per_page: 20 })) all.push(record.name);
  expect(new Set(all).size).toBe(30);
  expect((await records.delete(www.id, { zone_id }))?.id).toBe(www.id);
  expect(await refusal(records.get(www.id, { zone_id }))).toEqual({ status: 404, codes: [81044] });
});

test("Workers and their routes", async () => {
  const account_id = cloudflare.state.account;
  const { id: zone_id } = await client.zones.create({ account: { id: account_id }, name: "workers.example" });
  const text = "export default { fetch: () => new Response('hello') };";
  const files = [await toFile(Buffer.from(text), "index.js", { type: "application/javascript+module" })];
  const metadata = { main_module: "index.js", compatibility_date: "2026-01-01" };
  const script = await client.workers.scripts.update("geo", { account_id, metadata, files });
  expect(script).toMatchObject({ id: "geo", handlers: ["fetch"] });
  const listed = [];
  for await (const one of client.workers.scripts.list({ account_id })) listed.push(one.id);
  expect(listed).toEqual(["geo"]);
  expect(await (await client.workers.scripts.get("geo", { account_id })).toString()).toContain("hello");
  const missing = { ...metadata, main_module: "other.js" };
  expect(await refusal(client.workers.scripts.update("bad", { account_id, metadata: missing, files }))).toEqual({
    status: 400,
    codes: [10021],
  });

  const { routes } = client.workers;
  const route = await routes.create({ zone_id, pattern: "geo.workers.example/*", script: "geo" });
  expect(route).toMatchObject({ pattern: "geo.workers.example/*", script: "geo" });
  const same = routes.create({ zone_id, pattern: "geo.workers.example/*", script: "geo" });
  expect((await refusal(same)).codes).toEqual([10020]);
  expect((await refusal(routes.create({ zone_id, pattern: "example.com/*", script: "geo" }))).codes).toEqual([10022]);
  await routes.update(route.id, { zone_id, pattern: "workers.example/geo", script: "geo" });
  expect((await routes.get(route.id, { zone_id })).pattern).toBe("workers.example/geo");
  await routes.delete(route.id, { zone_id });
  await client.workers.scripts.delete("geo", { account_id });
  expect((await refusal(client.workers.scripts.get("geo", { account_id }))).codes).toEqual([10007]);
});

test("wrong tokens are refused; 429 and 5xx are what the SDK waits out", async () => {
  const stranger = new Sdk({ apiToken: "someone-else", baseURL: `${api.origin}/client/v4` });
  expect(await refusal(stranger.zones.list())).toEqual({ status: 403, codes: [10000] });
  const malformed = new Sdk({ apiToken: "no token at all", baseURL: `${api.origin}/client/v4` });
  expect(await refusal(malformed.zones.list())).toEqual({ status: 400, codes: [6003] });
  cloudflare.faults.add({ kind: "http", status: 429, request: "GET /zones" });
  cloudflare.faults.add({ kind: "http", status: 503, request: "GET /zones" });
  expect((await client.zones.list()).result.length).toBeGreaterThan(0);
  expect(cloudflare.faults.list()).toEqual([]);
});
