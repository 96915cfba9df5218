import { expect, it } from "vitest";
import { resourceTypes } from "../../provider/types.ts";
import { areaOf } from "./areas.ts";

it("knows what kind of thing each resource is", () => {
  const areas = {
    cloud: ["hcloud:index/server:Server", "hcloud:index/volume:Volume", "quayside:hetzner:Placement"],
    hosts: ["quayside:host:File", "quayside:host:Firewall", "quayside:host:SshDaemon", "quayside:host:Download"],
    containers: ["quayside:host:ComposeProject", "quayside:host:DockerNetwork"],
    routes: ["quayside:route:Probe"],
    names: ["hcloud:index/zoneRrset:ZoneRrset", "cloudflare:index/dnsRecord:DnsRecord", "quayside:ovh:DnsRecords"],
    mesh: ["quayside:host:MeshMember", "quayside:host:MeshPolicy"],
    repositories: ["github:index/repository:Repository", "github:index/repositoryWebhook:RepositoryWebhook"],
    other: ["random:index/randomPassword:RandomPassword"],
  };
  for (const [area, types] of Object.entries(areas))
    for (const type of types) expect([type, areaOf(type)]).toEqual([type, area]);
});

it("leaves none of the provider's own types among the others, but for keys", () => {
  const types = resourceTypes.map(({ token }) => token);
  expect(types.length).toBeGreaterThan(12);
  expect(new Set(types.filter((type) => areaOf(type) === "other"))).toEqual(new Set(["quayside:ssh:KeyPair"]));
  expect(areaOf(types.find((type) => /Bucket/.test(type)) ?? "")).toBe("buckets");
});
