import { describe, expect, test } from "vitest";
import { DockerNetworks } from "../../components/docker/networks.ts";
import { Mesh } from "../../components/mesh/mesh.ts";
import type { MeshArgs } from "../../components/mesh/mesh-args.ts";
import { allow, group, tag, tcp } from "../../components/mesh/rules.ts";
import { behindProxy, internalAuthority } from "../../components/mesh/tls.ts";
import { ExistingServer } from "../../components/server/existing-server.ts";
import { faultsOf, recordResources, resourcesOf } from "./mocks.ts";

recordResources();

function mesh(more: Partial<MeshArgs> = {}) {
  const hub = new ExistingServer("seko-vpn", { address: "203.0.113.20" });
  const core = new ExistingServer("sese-ai", { address: "203.0.113.10", arch: "arm64" });
  const net = new DockerNetworks("networks", { host: hub, networks: { frontend: { subnet: "172.20.1.0/24" } } });
  return new Mesh("mesh", {
    hub,
    domain: "mesh.example.org",
    hostname: "vpn.example.org",
    tls: behindProxy(net.frontend),
    members: { hub: { host: hub, tag: "hub" }, core: { host: core, tag: "core", routes: ["192.168.1.0/24"] } },
    groups: { admins: ["alice"] },
    rules: [allow(group("admins"), tag("core"), tcp(443)), allow(tag("hub"), tag("core"), tcp(804))],
    records: { "n8n.example.org": "core" },
    ...more,
  });
}

const names = (resources: Record<string, unknown>) => Object.keys(resources).filter((name) => name.startsWith("mesh-"));

describe("Mesh", () => {
  test("behind a proxy: what is made, by name; no key of any kind is among the inputs", async () => {
    const resources = await resourcesOf(() => mesh());
    expect(names(resources).sort()).toEqual([
      "mesh-backup",
      "mesh-backup-timer",
      "mesh-config",
      "mesh-core",
      "mesh-core-forwarding",
      "mesh-core-membership",
      "mesh-core-tailscale",
      "mesh-core-tailscaled",
      "mesh-headscale",
      "mesh-hub",
      "mesh-hub-membership",
      "mesh-hub-tailscale",
      "mesh-hub-tailscaled",
      "mesh-policy",
      "mesh-records",
      "mesh-service",
      "mesh-user",
    ]);
    expect(resources["mesh-core-membership"]?.inputs).toMatchObject({
      host: { name: "sese-ai" },
      hub: { name: "seko-vpn" },
      server: "https://vpn.example.org",
      node: "core",
      tags: ["tag:core"],
      routes: ["192.168.1.0/24"],
    });
    expect(resources["mesh-core-tailscale"]?.inputs.url).toContain("_arm64.tgz");
    expect(resources["mesh-policy"]?.inputs).toMatchObject({
      users: ["alice"],
      policy: { tagOwners: { "tag:core": [], "tag:hub": [] } },
      reach: [{ name: "seko-vpn" }, { name: "sese-ai" }],
    });
    const config = JSON.parse(String(resources["mesh-config"]?.inputs.content));
    expect(config).toMatchObject({ server_url: "https://vpn.example.org", listen_addr: "0.0.0.0:8085" });
    expect(JSON.stringify(resources)).not.toMatch(/authkey|auth-key|hskey/);
  });

  test("with an authority of its own, members are taught to trust it", async () => {
    const resources = await resourcesOf(() => {
      const made = mesh({ tls: internalAuthority({ port: 8444 }) });
      expect(() => made.http).toThrow("its hub ends TLS itself: give it tls: behindProxy(network)");
    });
    expect(names(resources)).toEqual(
      expect.arrayContaining(["mesh-certificate", "mesh-hub-authority", "mesh-core-authority"]),
    );
    expect(resources["mesh-hub-membership"]?.inputs.server).toBe("https://vpn.example.org:8444");
    expect(resources["mesh-certificate"]?.inputs.names).toEqual(["vpn.example.org", "203.0.113.20"]);
  });

  test("a proxy before the hub is led to the host itself, on the proxy's own network", async () => {
    await resourcesOf(() => {
      expect(mesh().http).toMatchObject({ service: "172.20.1.1", port: 8085 });
      expect(() => mesh().memberAddress("waza")).toThrow('waza is no member of the mesh "mesh": hub, core are.');
    });
  });

  test("a membership and the policy can be adjusted", async () => {
    const resources = await resourcesOf(() =>
      mesh({ transform: { member: { membership: { acceptDns: false } }, policy: { users: ["alice", "bob"] } } }),
    );
    expect(resources["mesh-hub-membership"]?.inputs.acceptDns).toBe(false);
    expect(resources["mesh-policy"]?.inputs.users).toEqual(["alice", "bob"]);
  });

  test("all that is wrong is said at once", async () => {
    const faults = await faultsOf(() => mesh({ domain: "mesh", rules: [allow(tag("db"), tag("core"), tcp(0))] }));
    expect(faults).toEqual([
      'domain is "mesh"; a DNS name is needed',
      'rules[0] names the tag "db", which no member has; known are core, hub',
      'rules[0] names the port 0; 1 to 65535, or a range such as "6000-6010"',
    ]);
  });
});
