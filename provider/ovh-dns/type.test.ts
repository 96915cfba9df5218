import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createOvh, type Ovh } from "../../lab/ovh/app.ts";
import type { Session } from "../transport/session.ts";
import { ovhDnsType } from "./type.ts";

const keys = { applicationKey: "app", applicationSecret: "app-secret", consumerKey: "consumer" };
const patience = { pauses: [1, 1, 1], timeout: 200 };
const type = ovhDnsType(patience);
const warnings: string[] = [];
const session = {
  progress: () => {},
  warn: (message: string) => warnings.push(message),
  fail: (message: string) => new Error(message),
} as unknown as Session;

let ovh: Ovh;
beforeEach(() => {
  warnings.length = 0;
  start();
});
afterEach(() => vi.unstubAllGlobals());

function start(clockAhead = 0): void {
  ovh = createOvh(keys, ["example.org"], clockAhead);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const answer = ovh.app.request(url, init) as Promise<Response>;
    const late = new Promise<never>((_, reject) =>
      init.signal?.addEventListener("abort", () => reject(new Error("The operation was aborted due to timeout"))),
    );
    return Promise.race([answer, late]);
  });
}

type Records = Record<string, { ttl?: number; values: string[] }>;
const inputs = (records: Records, more: object = {}) =>
  type.schema.parse({ zone: "example.org", records, endpoint: "http://ovh/1.0", ...keys, ...more });
const apply = async (records: Records, previous?: Awaited<ReturnType<typeof type.observe>>) => {
  const wanted = inputs(records);
  return type.apply(session, wanted, await type.observe(session, wanted, previous), previous);
};
const published = () =>
  (ovh.published.get("example.org") ?? []).map((it) => `${it.subDomain || "@"} ${it.fieldType} ${it.target}`).sort();

const platform: Records = {
  "www A": { ttl: 300, values: ["203.0.113.10"] },
  "@ TXT": { values: ["v=spf1 -all"] },
  "@ MX": { values: ["10 mail", "20 mail.example.com."] },
};

test("makes records, publishes them, and finds them as declared", async () => {
  const state = await apply(platform);
  expect(state.records).toEqual(inputs(platform).records);
  expect(published()).toEqual([
    "@ MX 10 mail.example.org.",
    "@ MX 20 mail.example.com.",
    '@ TXT "v=spf1 -all"',
    "www A 203.0.113.10",
  ]);
  expect(await type.observe(session, inputs(platform), state)).toEqual(state);
});

test("publishes what a killed run has changed without publishing it", async () => {
  await apply(platform);
  ovh.published.set("example.org", []);
  const before = ovh.requests.length;
  await apply(platform);
  expect(published()).toHaveLength(4);
  expect(ovh.requests.slice(before).filter((request) => !request.startsWith("GET"))).toEqual([
    "POST /domain/zone/example.org/refresh",
  ]);
});

test("takes away what is not declared any more and leaves what is of others", async () => {
  const state = await apply(platform);
  const record = { zone: "example.org", ttl: 0, id: 1, fieldType: "A", subDomain: "other", target: "192.0.2.1" };
  ovh.zones.get("example.org")?.push(record);
  await apply({ "www A": { values: ["203.0.113.11"] } }, state);
  expect(published()).toEqual(["other A 192.0.2.1", "www A 203.0.113.11"]);
  await type.remove(session, inputs({ "www A": { values: ["203.0.113.11"] } }), state);
  expect(published()).toEqual(["other A 192.0.2.1"]);
});

test("says what of another hand it replaces", async () => {
  const record = { zone: "example.org", ttl: 0, id: 1, fieldType: "A", subDomain: "www", target: "192.0.2.1" };
  ovh.zones.get("example.org")?.push(record);
  await apply({ "www A": { values: ["203.0.113.10"] } });
  expect(warnings).toEqual(["example.org had www A 192.0.2.1, which is replaced."]);
});

test.each([
  ["429 before", { kind: "http", status: 429, times: 2, request: "POST" }],
  ["500 before", { kind: "http", status: 500, times: 1, request: "POST .*record$" }],
  ["503 of reads", { kind: "http", status: 503, times: 3, request: "GET" }],
  ["500 after the record was made", { kind: "http", status: 500, code: "done", times: 1, request: "POST .*record$" }],
  ["502 at the publication", { kind: "http", status: 502, times: 2, request: "refresh" }],
  ["a time-out while a record is made", { kind: "slow", delayMs: 400, times: 1, request: "POST .*record$" }],
] as const)("%s: converges, with nothing twice", async (_, fault) => {
  ovh.faults.add(fault);
  await apply(platform);
  expect(published()).toHaveLength(4);
  // A request that timed out may still arrive later.
  await new Promise((resolve) => setTimeout(resolve, fault.kind === "slow" ? 400 : 0));
  await apply(platform);
  expect(published()).toHaveLength(4);
});

test.each([-7200, 7200])("works with a clock that differs by %d seconds", async (ahead) => {
  start(ahead);
  await apply(platform);
  expect(published()).toHaveLength(4);
});

test.each([
  ["applicationKey", "INVALID_KEY"],
  ["applicationSecret", "INVALID_SIGNATURE"],
  ["consumerKey", "INVALID_CREDENTIAL"],
])("a wrong %s is one clear error without secrets", async (key, code) => {
  const wanted = inputs(platform, { [key]: "wrong-value" });
  const attempt = type.apply(session, wanted, undefined, undefined);
  await expect(attempt).rejects.toThrow(
    new RegExp(`OVH refuses the credentials \\(403 ${code} at GET .*stack's secrets`),
  );
  await expect(attempt).rejects.not.toThrow(/wrong-value|app-secret/);
});

test("a broken API and a missing zone are one clear error each", async () => {
  ovh.faults.add({ kind: "http", status: 503, times: 100, request: "" });
  await expect(apply(platform)).rejects.toThrow(/OVH's API is broken for the moment \(503 at GET/);
  ovh.faults.clear();
  const elsewhere = inputs(platform, { zone: "example.com" });
  await expect(type.apply(session, elsewhere, undefined, undefined)).rejects.toThrow(/Is the zone in this account/);
  await type.remove(session, elsewhere, { zone: "example.com", records: {} });
});

test("every fault of the inputs at once", () => {
  const result = type.schema.safeParse({
    zone: "no zone",
    records: { "www.example.org": { values: ["203.0.113.10"] }, "www A": { ttl: 5, values: [] } },
    ...keys,
  });
  expect(result.error?.issues.map(({ path }) => path.join("."))).toEqual([
    "zone",
    "records.www.example.org",
    "records.www A.ttl",
    "records.www A.values",
  ]);
});
