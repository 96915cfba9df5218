import { expect, it } from "vitest";
import { exposureOf, keyOf } from "./exposure.ts";
import { platformOf } from "./platform.ts";
import { type RawResource, readResource } from "./resource.ts";

const resource = (type: string, name: string, inputs: Record<string, unknown>): RawResource => ({
  ...{ urn: `urn:pulumi:prod::quayside::${type}::${name}`, type, custom: true, inputs },
});

const exposed = (...resources: RawResource[]) => exposureOf(platformOf(resources.map(readResource))).map(keyOf);

it("knows published names at each provider, and no others", () => {
  expect(
    exposed(
      resource("hcloud:index/zoneRrset:ZoneRrset", "a", {
        zone: "example.org",
        name: "www",
        type: "A",
        records: [{ value: "192.0.2.1" }],
      }),
      resource("hcloud:index/zoneRrset:ZoneRrset", "b", { zone: "example.org", name: "@", type: "TXT", records: [] }),
      resource("cloudflare:index/dnsRecord:DnsRecord", "c", {
        zoneId: "1",
        name: "n8n.example.org",
        type: "CNAME",
        content: "x",
      }),
      resource("quayside:ovh:DnsRecords", "d", {
        zone: "example.net",
        records: { "@ AAAA": { values: ["::1"] }, "@ TXT": { values: [] } },
      }),
    ),
  ).toEqual([
    "name  example.net AAAA anywhere",
    "name  n8n.example.org CNAME anywhere",
    "name  www.example.org A anywhere",
  ]);
});

it("knows what the mesh's policy lets its members reach, and whom", () => {
  const policy = {
    acls: [
      { action: "accept", proto: "tcp", src: ["group:admins"], dst: ["tag:core:22,443"] },
      { action: "accept", proto: "udp", src: ["tag:edge"], dst: ["tag:hub:53"] },
    ],
  };
  expect(
    exposed(
      resource("quayside:host:MeshPolicy", "policy", { host: { name: "hub" }, policy }),
      resource("quayside:host:MeshMember", "core", { host: { name: "core" }, tags: ["core"] }),
    ),
  ).toEqual(["port core 22/tcp group:admins in the mesh", "port core 443/tcp group:admins in the mesh"]);
});
