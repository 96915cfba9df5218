import { describe, expect, it } from "vitest";
import { topologyOf } from "../diagram/topology.ts";
import { exposureMatrix } from "../report/matrix.ts";
import { EVERYTHING, exposureChange, exposureOf, keyOf } from "./exposure.ts";
import { platformOf } from "./platform.ts";
import { type RawResource, readResource } from "./resource.ts";

const resource = (type: string, name: string, inputs: Record<string, unknown>): RawResource => ({
  ...{ urn: `urn:pulumi:prod::quayside::${type}::${name}`, type, custom: true, inputs },
});

const exposed = (...resources: RawResource[]) => exposureOf(platformOf(resources.map(readResource))).map(keyOf);

/** A firewall that lets nobody in. */
const closed = (name: string) => resource("quayside:host:Firewall", `${name}-firewall`, { host: { name }, rules: {} });

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
      ...["hub", "core"].map(closed),
      resource("quayside:host:MeshPolicy", "policy", { host: { name: "hub" }, policy }),
      resource("quayside:host:MeshMember", "core", { host: { name: "core" }, tags: ["core"] }),
    ),
  ).toEqual([
    "port core 22/tcp group:admins in the mesh",
    "port core 443/tcp group:admins in the mesh",
    // Whoever has that tag, it is no member that the stack knows.
    "port hub 53/udp of tag:hub tag:edge in the mesh",
  ]);
});

const core = { host: { name: "core" } };

describe("what the mesh reaches beyond its members", () => {
  const hub = { host: { name: "hub" } };
  const policyTo = (...dst: string[]) =>
    resource("quayside:host:MeshPolicy", "policy", {
      ...hub,
      policy: { acls: [{ action: "accept", proto: "tcp", src: ["group:admins", "tag:edge"], dst }] },
    });
  const member = (inputs: object) =>
    resource("quayside:host:MeshMember", "core", { ...core, tags: ["tag:core"], ...inputs });
  const guarded = ["hub", "core"].map(closed);
  const carrier = member({ routes: ["192.168.0.0/16", "fd00:1::/64"], exitNode: true });
  const from = "group:admins in the mesh, tag:edge in the mesh";

  it("stands with the member that carries traffic there", () => {
    const policy = policyTo("192.168.1.0/24:22,443", "fd00:1::/64:*", "autogroup:internet:443", "tag:core:804");
    expect(exposed(...guarded, policy, carrier)).toEqual([
      `port core 804/tcp ${from}`,
      `port core 22/tcp in 192.168.1.0/24 ${from}`,
      `port core 443/tcp in 192.168.1.0/24 ${from}`,
      `port core any/tcp in fd00:1::/64 ${from}`,
      `port core 443/tcp on the internet ${from}`,
    ]);
  });

  it("stands with the hub where no member is known to", () => {
    expect(
      exposed(policyTo("10.9.0.0/24:22", "autogroup:internet:80", "group:phones:22"), member({}), ...guarded),
    ).toEqual([
      `port hub 22/tcp in 10.9.0.0/24 ${from}`,
      `port hub 80/tcp on the internet ${from}`,
      `port hub 22/tcp of group:phones ${from}`,
    ]);
  });

  it("is a change of what is exposed", () => {
    const platform = (policy: RawResource) => platformOf([policy, carrier].map(readResource));
    const { added, removed } = exposureChange(
      platform(policyTo("tag:core:804")),
      platform(policyTo("192.168.1.0/24:22")),
    );
    expect([added.map(keyOf), removed.map(keyOf)]).toEqual([
      [`port core 22/tcp in 192.168.1.0/24 ${from}`],
      [`port core 804/tcp ${from}`],
    ]);
  });

  it("is in the report and in the diagram, with whom it is open to and where it leads", () => {
    const platform = platformOf([policyTo("192.168.1.0/24:443"), carrier, ...guarded].map(readResource));
    const who = ["group:admins", "tag:edge"];
    expect(exposureMatrix(platform)).toEqual([
      {
        ...{ host: "core", kind: "port", what: "443/tcp in 192.168.1.0/24", service: "192.168.1.0/24", access: "mesh" },
        from: { internet: { reaches: "no" }, mesh: { reaches: "yes", who }, addresses: { reaches: "no" } },
      },
    ]);
    const labels = ["443/tcp in 192.168.1.0/24 (group:admins, tag:edge)"];
    expect(topologyOf(platform).edges).toEqual([{ from: "mesh", to: "h/core", labels, reach: "mesh" }]);
  });

  it("lets nobody into a route of the member itself", () => {
    const [row] = exposureMatrix({
      hosts: platformOf([policyTo("192.168.1.0/24:443"), carrier, ...guarded].map(readResource)).hosts.map((host) => ({
        ...host,
        routes: [{ hostname: "n8n.example.org", access: "mesh", proxy: "edge", service: "n8n", port: "1" }],
        openings: [...host.openings, { firewall: "mesh", port: "22/tcp", from: ["group:admins"] }],
      })),
      names: [],
    }).filter(({ kind }) => kind === "route");
    expect(row?.from.mesh).toEqual({ reaches: "no" });
  });
});

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
  const hub = [resource("quayside:host:MeshPolicy", "policy", { ...host, policy }), closed("hub")];
  expect(exposed(firewall, member, ...hub)).toEqual([
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

describe("a route for named addresses", () => {
  const edge = (ranges: string) => [
    resource("quayside:host:DockerNetwork", "frontend", { ...core, name: "frontend", subnet: "172.20.1.0/24" }),
    resource("quayside:host:ComposeProject", "edge", {
      ...{ ...core, project: "edge", compose: { services: { app: { image: "app" } } } },
      files: {
        "files/Caddyfile": {
          content: `a.example.org {\n\t@who client_ip ${ranges}\n\thandle @who {\n\t\treverse_proxy edge:1\n\t}\n}\n`,
        },
      },
    }),
    resource("quayside:host:Firewall", "firewall", { ...core, rules: { ssh: { port: 22, from: ["100.64.0.0/10"] } } }),
  ];
  const platform = (ranges: string) => platformOf(edge(ranges).map(readResource));
  const wider = "100.64.0.0/10 172.20.1.0/24 198.51.100.0/24";

  it("is another exposure than one for the mesh alone, which says whose it is", () => {
    const { added, removed } = exposureChange(platform("100.64.0.0/10 172.20.1.0/24"), platform(wider));
    expect([removed.map(keyOf), added.map(keyOf)]).toEqual([
      ["route core https://a.example.org the mesh"],
      ["route core https://a.example.org the mesh, 198.51.100.0/24"],
    ]);
    expect(exposed(...edge("198.51.100.7/32"))).toContain("route core https://a.example.org 198.51.100.7");
    expect(exposed(...edge("100.64.0.0/10 0.0.0.0/0"))).toContain("route core https://a.example.org anywhere");
  });

  it("is such a one in the report and in the diagram", () => {
    const [row] = exposureMatrix(platform(wider)).filter(({ kind }) => kind === "route");
    expect(row).toMatchObject({
      access: "addresses",
      from: {
        internet: { reaches: "no" },
        mesh: { reaches: "yes" },
        addresses: { reaches: "yes", who: ["198.51.100.0/24"] },
      },
    });
    expect(row?.from.mesh.who).toBeUndefined();
    const edges = topologyOf(platform(wider)).edges.filter(({ labels }) => labels.includes("a.example.org"));
    expect(edges.map(({ from, reach }) => [from, reach])).toEqual([
      ["addresses", "addresses"],
      ["mesh", "mesh"],
    ]);
  });
});

describe("a host without a firewall", () => {
  const server = { ...resource("quayside:server:ExistingServer", "core", {}), custom: false };
  const app = resource("quayside:host:ComposeProject", "app", {
    ...{ ...core, project: "app" },
    compose: { services: { app: { image: "app", ports: ["0.0.0.0:8080:80/tcp", "127.0.0.1:9000:90/tcp"] } } },
  });
  const firewall = (inputs: object = {}) =>
    resource("quayside:host:Firewall", "firewall", {
      ...{ ...core, rules: { ssh: { port: 22, from: ["203.0.113.7"] } } },
      ...inputs,
    });
  const cloud = resource("hcloud:index/firewall:Firewall", "cloud", {
    ...core,
    rules: [{ direction: "in", protocol: "tcp", port: "8080", sourceIps: ["198.51.100.0/24"] }],
  });
  const everything = "port core everything it listens on anywhere";
  const [ssh, own] = ["port core 22/tcp 203.0.113.7", "port core 8080/tcp anywhere"];

  it("is open with everything that it listens on, until it has one", () => {
    expect(exposed(server)).toEqual([everything]);
    expect(exposed(server, app)).toEqual([everything, own]);
    expect(exposed(server, app, firewall())).toEqual([ssh]);
    expect(exposed(server, app, cloud)).toEqual(["port core 8080/tcp 198.51.100.0/24"]);
  });

  it("is one whose firewall filters nothing, but for the cloud's", () => {
    for (const inputs of [{ enabled: false }, { incoming: "allow" }]) {
      expect(exposed(server, app, firewall(inputs))).toEqual([everything, own]);
      expect(exposed(server, app, firewall(inputs), cloud)).toEqual(["port core 8080/tcp 198.51.100.0/24"]);
    }
  });

  it("is not one whose firewall lets the world in to a port, in one piece or in two", () => {
    for (const from of [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"]]) {
      const rules = { all: { port: "1:65535", from } };
      expect(exposed(server, firewall({ rules }))).toEqual(["port core 1:65535/tcp anywhere"]);
    }
  });

  it("is not one whose firewall leaves containers to Docker, but these are open", () => {
    expect(exposed(server, app, firewall({ containers: "unguarded" }))).toEqual([ssh, own]);
  });

  it("stands in the report and in the diagram, and losing its firewall is a change", () => {
    const [hardened, bare] = [[server, firewall()], [server]].map((all) => platformOf(all.map(readResource)));
    if (!hardened || !bare) throw new Error("there are two");
    const { added, removed } = exposureChange(hardened, bare);
    expect([added.map(keyOf), removed.map(keyOf)]).toEqual([[everything], [ssh]]);
    expect(exposureMatrix(bare)).toMatchObject([{ what: EVERYTHING, access: "public" }]);
    expect(topologyOf(bare).edges).toEqual([{ from: "internet", to: "h/core", labels: [EVERYTHING], reach: "public" }]);
  });
});
