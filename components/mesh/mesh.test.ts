import { expect, test } from "vitest";
import { type Host, noFacilities } from "../server/host.ts";
import { meshFaults } from "./faults.ts";
import { renderHeadscaleConfig, renderRecords } from "./headscale-config.ts";
import type { MeshArgs } from "./mesh-args.ts";
import { meshHubOpenings } from "./openings.ts";
import { meshRecords } from "./records.ts";
import { officialReleases } from "./releases.ts";
import { allow, group, internet, network, tag, tcp } from "./rules.ts";
import { internalAuthority } from "./tls.ts";

const host = (name: string) => ({ name, arch: "amd64", facilities: noFacilities() }) as Host;
const args = (more: Partial<MeshArgs> = {}): MeshArgs => ({
  hub: host("hub"),
  domain: "mesh.example.org",
  hostname: "vpn.example.org",
  tls: internalAuthority(),
  members: { hub: { host: host("hub"), tag: "hub" }, core: { host: host("core"), tag: ["core", "edge"] } },
  groups: { admins: ["alice", "bob@example.org"] },
  rules: [allow(group("admins"), tag("core"), tcp(22, "6000-6010"))],
  ...more,
});
const faults = (more: Partial<MeshArgs>) => meshFaults(args(more)).map(({ path, reason }) => `${path} ${reason}`);

test("a mesh that can be right has no faults", () => {
  expect(meshFaults(args())).toEqual([]);
});

test("every fault is found, with its path, the value and what is allowed", () => {
  expect(
    faults({
      domain: "Mesh",
      members: {
        Core: { host: host("core"), tag: "tag:core" },
        again: { host: host("core"), tag: [], routes: ["0.0.0.0/0"] },
      },
      groups: { Admins: ["alice smith"] },
      rules: [
        allow(group("nobody"), tag("db"), tcp(0)),
        allow(tag("tag:core"), [network("10.1.0.0/16"), internet], tcp()),
      ],
      records: { n8n: "cor" },
      backup: { keep: 0 },
    }),
  ).toEqual([
    'domain is "Mesh"; a DNS name is needed',
    "backup.keep is 0; at least one has to be kept",
    "members.Core is no DNS label; a-z, 0-9 and hyphens are allowed",
    'members.Core.tag is "tag:core"; a lower-case word is needed, without tag:',
    "members.again.host is core, which is a member already, as Core",
    "members.again.tag is empty; a member has at least one",
    'members.again.routes[0] is "0.0.0.0/0"; a network such as 192.168.1.0/24 is needed (the internet is `exitNode: true`)',
    "groups.Admins is no lower-case word",
    'groups.Admins[0] is "alice smith"; a name such as alice, or an e-mail address, is needed',
    'rules[0] names the group "nobody", which is not in `groups`; known are Admins',
    'rules[0] names the tag "db", which no member has; known are tag:core',
    'rules[0] names the port 0; 1 to 65535, or a range such as "6000-6010"',
    "rules[1] names the network 10.1.0.0/16, which no member carries traffic to (0.0.0.0/0)",
    "rules[1] names the internet, but no member is an exit node (`exitNode: true`)",
    "rules[1] names no port; say which, as in tcp(443)",
    'records["n8n"] is no DNS name',
    'records["n8n"] leads to "cor"; members are Core, again',
  ]);
});

test("who is deployed to through the mesh stays in it", () => {
  const hub = host("hub");
  const behind = { core: "core.mesh.example.org", db: "db.mesh.example.org", old: "100.64.0.7", lan: "192.168.1.5" };
  for (const [name, address] of Object.entries(behind)) hub.facilities.behind.set(name, address);
  expect(faults({ hub })).toEqual([
    expect.stringMatching(/^members lack db, whose SSH is at db\.mesh\.example\.org, in this mesh\. Make it a member/),
    expect.stringMatching(/^members lack old, whose SSH is at 100\.64\.0\.7/),
  ]);
});

test("the hub's name is outside the mesh's domain, or nobody new could find it", () => {
  expect(faults({ hostname: "vpn.mesh.example.org" })[0]).toContain("inside the mesh's own domain mesh.example.org");
});

test("Headscale asks nobody outside, keeps its policy in the database, and relays by itself", () => {
  const options = {
    url: "https://vpn.example.org",
    listen: "0.0.0.0:8443",
    domain: "mesh.example.org",
    proxies: [],
    nameservers: [],
  };
  const config = JSON.parse(
    renderHeadscaleConfig({ ...options, address: "203.0.113.9", certificates: "/etc/headscale/tls" }),
  );
  expect(config).toMatchObject({
    policy: { mode: "database" },
    disable_check_updates: true,
    logtail: { enabled: false },
    tls_cert_path: "/etc/headscale/tls/certificate.pem",
    derp: { urls: [], server: { enabled: true, verify_clients: true, ipv4: "203.0.113.9" } },
    dns: { override_local_dns: false, base_domain: "mesh.example.org" },
  });
  const named = JSON.parse(
    renderHeadscaleConfig({ ...options, address: "hub.example.org", proxies: ["172.20.1.0/24"] }),
  );
  expect(named.derp.server).not.toHaveProperty("ipv4");
  expect(named).toMatchObject({ tls_cert_path: "", trusted_proxies: ["172.20.1.0/24"] });
});

test("records are in one order, whatever order they come in", () => {
  const one = { name: "a.example.org", type: "A", value: "100.64.0.1" } as const;
  const two = { name: "a.example.org", type: "AAAA", value: "fd7a::1" } as const;
  expect(renderRecords([two, one])).toBe(renderRecords([one, two]));
});

test("hostnames whose routes are mesh-only get a name in the mesh; others are public DNS's", () => {
  const routes = [
    { hostname: "n8n.example.org", access: "mesh" },
    { hostname: "n8n.example.org", access: "public" },
    { hostname: "llm.example.org", access: "mesh" },
    { hostname: "www.example.org", access: "public" },
  ];
  expect(meshRecords(routes, "core")).toEqual({ "llm.example.org": "core" });
});

test("the hub's openings follow from how TLS is ended", () => {
  expect(meshHubOpenings(internalAuthority({ port: 8444 }))["mesh-control"]).toEqual({ port: 8444 });
});

test("official releases are for both architectures, each by its own checksum", () => {
  const sums = Object.values(officialReleases).flatMap(({ headscale, tailscale }) => [
    headscale.sha256,
    tailscale.sha256,
  ]);
  expect(new Set(sums).size).toBe(4);
  for (const sum of sums) expect(sum).toMatch(/^[0-9a-f]{64}$/);
  expect(officialReleases.arm64.headscale.url).toMatch(/v0\.29\.\d+\/headscale_0\.29\.\d+_linux_arm64$/);
});
