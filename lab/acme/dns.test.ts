import { Resolver } from "node:dns/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NameRecord, startNameServer } from "./dns.ts";

const records: NameRecord[] = [
  { name: "www.example.org", type: "A", value: "10.210.0.7" },
  { name: "_acme-challenge.www.example.org", type: "TXT", value: "first" },
];
const resolver = new Resolver({ tries: 1, timeout: 2000 });
let server: Awaited<ReturnType<typeof startNameServer>>;

beforeAll(async () => {
  server = await startNameServer("127.0.0.1", "example.org", () => records);
  resolver.setServers([`127.0.0.1:${server.port}`]);
});
afterAll(() => server.stop());

test("a resolver understands what it says, and sees what was added", async () => {
  expect(await resolver.resolve4("WWW.example.org")).toEqual(["10.210.0.7"]);
  expect(await resolver.resolveSoa("example.org")).toMatchObject({ nsname: "ns.example.org" });
  records.push({ name: "_acme-challenge.www.example.org", type: "TXT", value: "second" });
  expect(await resolver.resolveTxt("_acme-challenge.www.example.org")).toEqual([["first"], ["second"]]);
});

test("what it does not have is no answer", async () => {
  await expect(resolver.resolve4("hidden.example.org")).rejects.toMatchObject({ code: "ENODATA" });
  await expect(resolver.resolveSoa("www.example.org")).rejects.toMatchObject({ code: "ENODATA" });
});
