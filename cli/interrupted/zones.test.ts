import { expect, test } from "vitest";
import { testCloud } from "../../lab/api/testing.ts";
import { hetznerCloud } from "./hetzner.ts";

const labels = { "managed-by": "quayside", stack: "prod" };

test("a zone and its sets are found by name, and only where the labels are the stack's own", async () => {
  const { app, done } = testCloud();
  await done("POST", "/zones", { name: "example.org", mode: "primary", labels });
  const records = [{ value: "203.0.113.10" }];
  await done("POST", "/zones/example.org/rrsets", { name: "www", type: "A", records, labels });
  await done("POST", "/zones/example.org/rrsets", { name: "other", type: "A", records });
  const request = ((url: string, init: RequestInit) => app.request(url, init)) as typeof fetch;
  const cloud = hetznerCloud({ endpoint: "http://hetzner/v1", token: "secret" }, 0, request);
  const rrset = (name: string) => ({
    urn: `urn:pulumi:prod::acme::hcloud:index/zoneRrset:ZoneRrset::${name}`,
    type: "hcloud:index/zoneRrset:ZoneRrset",
    inputs: { zone: "example.org", name, type: "A", labels },
  });
  const zone = { urn: "urn:zone", type: "hcloud:index/zone:Zone", inputs: { name: "example.org", labels } };
  expect(await cloud.find(zone)).toMatch(/^\d+$/);
  expect(await cloud.find(rrset("www"))).toBe("www/A");
  expect(await cloud.find(rrset("other"))).toBeUndefined();
  expect(await cloud.find(rrset("missing"))).toBeUndefined();
});
