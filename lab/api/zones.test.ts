import { expect, test } from "vitest";
import { testCloud } from "./testing.ts";

async function zone() {
  const cloud = testCloud();
  const { zone } = await cloud.done("POST", "/zones", { name: "Example.org", mode: "primary" });
  const rrset = (body: object) => cloud.call("POST", "/zones/example.org/rrsets", body);
  return { ...cloud, zone, rrset };
}

test("a zone has its name servers, and is found by id and by name", async () => {
  const { call, zone: created } = await zone();
  expect(created).toMatchObject({ name: "example.org", ttl: 3600, record_count: 4, protection: { delete: false } });
  for (const path of [`/zones/${created.id}`, "/zones/example.org"]) {
    expect((await call("GET", path)).body.zone).toMatchObject({ id: created.id, status: "ok" });
  }
  expect((await call("GET", "/zones?name=example.com")).body.zones).toEqual([]);
  expect((await call("GET", "/zones/example.org/rrsets/@/NS")).body.rrset.records).toHaveLength(3);
});

test("sets are made, changed, protected and deleted", async () => {
  const { call, done, rrset } = await zone();
  const records = [{ value: "203.0.113.10", comment: "core" }];
  const { body } = await rrset({ name: "www", type: "A", ttl: 300, records });
  expect(body.rrset).toMatchObject({ id: "www/A", name: "www", type: "A", ttl: 300, records, labels: {} });
  expect(body.action.status).toBe("running");
  const at = "/zones/example.org/rrsets/www/A";
  await done("POST", `${at}/actions/change_ttl`, { ttl: null });
  await done("POST", `${at}/actions/set_records`, { records: [{ value: "203.0.113.11" }] });
  await done("POST", `${at}/actions/add_records`, { records: [{ value: "203.0.113.12" }] });
  await done("POST", `${at}/actions/remove_records`, { records: [{ value: "203.0.113.11" }] });
  await done("POST", `${at}/actions/update_records`, { records: [{ value: "203.0.113.12", comment: "new" }] });
  expect((await call("GET", at)).body.rrset).toMatchObject({
    ttl: null,
    records: [{ value: "203.0.113.12", comment: "new" }],
  });
  await done("POST", `${at}/actions/change_protection`, { change: true });
  expect((await call("DELETE", at)).body.error.code).toBe("protected");
  await done("POST", `${at}/actions/change_protection`, { change: false });
  await done("DELETE", at);
  expect((await call("GET", at)).status).toBe(404);
});

test("records come to a set one by one, which is there from the first to the last of them", async () => {
  const { call, done } = await zone();
  const at = "/zones/example.org/rrsets/_acme-challenge/TXT";
  const add = (value: string, more = {}) =>
    call("POST", `${at}/actions/add_records`, { records: [{ value }], ...more });
  const remove = (value: string) => done("POST", `${at}/actions/remove_records`, { records: [{ value }] });
  const values = async () => (await call("GET", at)).body.rrset?.records.map(({ value }: { value: string }) => value);
  const [one, two] = ['"one"', '"two"'];
  expect((await add(one, { ttl: 60 })).body.action).toMatchObject({ command: "add_rrset_records" });
  expect((await add(two)).status).toBe(201);
  expect((await call("GET", at)).body.rrset.ttl).toBe(60);
  expect(await values()).toEqual([one, two]);
  expect((await add(one)).body.error.code).toBe("invalid_input");
  expect((await add('"three"', { ttl: 300 })).body.error.code).toBe("invalid_input");
  await remove(one);
  expect(await values()).toEqual([two]);
  await remove(two);
  expect((await call("GET", at)).status).toBe(404);
  expect((await call("POST", `${at}/actions/remove_records`, { records: [{ value: two }] })).body.error.code).toBe(
    "not_found",
  );
});

test("what a zone cannot have is refused", async () => {
  const { rrset, call } = await zone();
  const a = { name: "www", type: "A", records: [{ value: "203.0.113.10" }] };
  expect((await rrset(a)).status).toBe(201);
  expect((await rrset(a)).body.error.code).toBe("uniqueness_error");
  const refused = [
    { ...a, name: "b", ttl: 30 },
    { ...a, name: "b", records: [] },
    { ...a, name: "b", records: [{ value: "2001:db8::1" }] },
    { ...a, name: "b", records: [...a.records, ...a.records] },
    { ...a, name: "b.example.org." },
    { name: "www", type: "CNAME", records: [{ value: "example.org." }] },
    { name: "t", type: "TXT", records: [{ value: "unquoted" }] },
    { name: "@", type: "SOA", records: [{ value: "a. b. 1 2 3 4 5" }] },
  ];
  for (const body of refused) expect((await rrset(body)).body.error.code, JSON.stringify(body)).toBe("invalid_input");
  expect((await call("POST", "/zones", { name: "example.org", mode: "primary" })).body.error.code).toBe(
    "uniqueness_error",
  );
  expect((await call("POST", "/zones", { name: "no-domain", mode: "primary" })).body.error.code).toBe("invalid_input");
});

test("a protected zone stays", async () => {
  const { call, done } = await zone();
  await done("POST", "/zones/example.org/actions/change_protection", { delete: true });
  expect((await call("DELETE", "/zones/example.org")).body.error.code).toBe("protected");
  await done("POST", "/zones/example.org/actions/change_protection", { delete: false });
  await done("DELETE", "/zones/example.org");
  expect((await call("GET", "/zones/example.org")).status).toBe(404);
});
