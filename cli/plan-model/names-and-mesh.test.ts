import { expect, it } from "vitest";
import { topologyOf } from "../diagram/topology.ts";
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

const core = { host: { name: "core" } };

it("lets the mesh's policy, not the host's firewall, say who reaches a member through the mesh", () => {
  const rules = {
    ssh: { port: "22", from: ["203.0.113.7/32", "100.64.0.0/10"] },
    db: { port: 5432, from: ["100.64.0.9"] },
  };
  const firewall = resource("quayside:host:Firewall", "firewall", { ...core, rules });
  const member = resource("quayside:host:MeshMember", "core", { ...core, tags: ["core"] });
  const policy = { acls: [{ action: "accept", proto: "tcp", src: ["group:admins"], dst: ["tag:core:22"] }] };
  const host = { host: { name: "hub" } };
  expect(exposed(firewall)).toEqual(["port core 22/tcp 203.0.113.7, 100.64.0.0/10", "port core 5432/tcp 100.64.0.9"]);
  expect(exposed(firewall, member, resource("quayside:host:MeshPolicy", "policy", { ...host, policy }))).toEqual([
    "port core 22/tcp 203.0.113.7",
    "port core 22/tcp group:admins in the mesh",
  ]);
});

it("does not count a host's own containers as a way in, and knows the host behind their gateway", () => {
  const content = "vpn.example.org {\n\treverse_proxy 172.20.1.1:8085\n}\n";
  const platform = platformOf(
    [
      resource("quayside:host:DockerNetwork", "frontend", { ...core, name: "frontend", subnet: "172.20.1.0/24" }),
      resource("quayside:host:Firewall", "firewall", {
        ...core,
        rules: { mesh: { port: "8085", from: ["172.20.1.0/24"] }, lan: { port: "8086", from: ["172.20.0.0/16"] } },
      }),
      resource("quayside:host:ComposeProject", "edge", {
        ...{ ...core, project: "edge", compose: { services: {} } },
        files: { "files/Caddyfile": { content } },
      }),
    ].map(readResource),
  );
  expect(exposureOf(platform)).toMatchObject([
    { kind: "port", what: "8086/tcp" },
    { kind: "route", what: "https://vpn.example.org", service: "the host itself" },
  ]);
  expect(topologyOf(platform).edges).toContainEqual({
    ...{ from: "internet", to: "h/core", labels: ["vpn.example.org"], reach: "public" },
  });
});
