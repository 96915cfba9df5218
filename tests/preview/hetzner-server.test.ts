import { expect, test } from "vitest";
import { Hardening } from "../../components/hardening/hardening.ts";
import { Mesh } from "../../components/mesh/mesh.ts";
import { meshSources } from "../../components/mesh/openings.ts";
import { allow, tag, tcp } from "../../components/mesh/rules.ts";
import { internalAuthority } from "../../components/mesh/tls.ts";
import { ExistingServer } from "../../components/server/existing-server.ts";
import { HetznerCloud } from "../../components/server/hetzner-cloud.ts";
import { HetznerServer, type HetznerServerArgs } from "../../components/server/hetzner-server.ts";
import { faultsOf, recordResources, resourcesOf } from "./mocks.ts";

recordResources({ privateKey: "key", publicKey: "ssh-ed25519 AAAA", ipAddress: "203.0.113.10" });

const deployer = "203.0.113.7/32";

function declare({ hub, ...more }: Partial<HetznerServerArgs> & { hub?: ExistingServer }): HetznerServer {
  const cloud = new HetznerCloud("hetzner", { token: "t".repeat(64), deployKey: "ssh-ed25519 AAAA" });
  const ssh = hub && { address: "core.mesh.example.org", port: 804, jump: hub };
  return new HetznerServer("core", { cloud, type: ["cx23"], location: ["fsn1"], ...(ssh && { ssh }), ...more });
}

/** A hub, a server whose SSH is in the mesh, and what it is hardened with. */
function meshOf(more: Partial<HetznerServerArgs>): void {
  const hub = new ExistingServer("hub", { address: "203.0.113.20" });
  const core = declare({ hub, ...more });
  new Hardening("core-hardening", { host: core, ssh: { from: meshSources } });
  new Mesh("mesh", {
    ...{ hub, domain: "mesh.example.org", tls: internalAuthority() },
    members: { hub: { host: hub, tag: "hub" }, core: { host: core, tag: "core" } },
    rules: [allow(tag("hub"), tag("core"), tcp(804))],
  });
}

const ports = (rules: { protocol: string; port?: string }[]) => rules.map(({ protocol, port }) => port ?? protocol);

test("SSH in the mesh: by the hub, from outside until that leads there; sshd, firewall and fail2ban agree", async () => {
  const resources = await resourcesOf(() => meshOf({ sshFrom: [deployer] }));
  expect(resources["core-hardening-sshd"]?.inputs).toMatchObject({
    ports: [804],
    host: {
      ...{ name: "core", address: "core.mesh.example.org", port: 804, patience: 180 },
      jump: { name: "hub", address: "203.0.113.20" },
      otherwise: { name: "core", patience: 180 },
    },
  });
  expect(resources["core-hardening-firewall"]?.inputs.rules).toEqual({ ssh: { port: 804, from: [...meshSources] } });
  expect(JSON.stringify(resources["core-hardening-settings"]?.inputs.files)).toContain("port = 804");
  expect(ports(resources["core-firewall"]?.inputs.rules)).toEqual(["22", "icmp"]);
});

test("once it has joined, nothing of it needs to be open to SSH from outside", async () => {
  const resources = await resourcesOf(() => meshOf({}));
  expect(ports(resources["core-firewall"]?.inputs.rules)).toEqual(["icmp"]);
  expect(resources["core-hardening-sshd"]?.inputs.host).not.toHaveProperty("otherwise");
});

test("the hub forgets a server of a cloud, which goes without logging out", async () => {
  const resources = await resourcesOf(() => meshOf({}));
  expect(resources["mesh-core-node"]?.inputs).toMatchObject({ host: { name: "hub" } });
  expect(resources).not.toHaveProperty("mesh-hub-node");
});

test("a server that nobody could come to is refused, and so is a port that is none", () => {
  expect(faultsOf(() => declare({}))).toEqual([
    "sshFrom is empty, and there is no `ssh` in a mesh; nobody could deploy to it",
  ]);
  expect(faultsOf(() => declare({ sshFrom: ["0.0.0.0/0"], ssh: { address: "", port: 0 } }))).toEqual([
    "ssh.port is 0; 1 to 65535 are allowed",
    "ssh.address is empty; the host's name or address in the mesh is needed",
    "sshFrom[0] is 0.0.0.0/0; SSH open to the world is refused, name addresses",
  ]);
});

test("SSH is not among the public ports, and these are ports", () => {
  const publicPorts = [443, 22, 804, 0, 70_000, "3478/udp", "22/udp", "0/udp"] as const;
  expect(faultsOf(() => declare({ hub: new ExistingServer("hub", { address: "203.0.113.20" }), publicPorts }))).toEqual(
    [
      "publicPorts[1] is 22, SSH's port; SSH open to the world is refused, name addresses in `sshFrom`",
      "publicPorts[2] is 804, SSH's port; SSH open to the world is refused, name addresses in `sshFrom`",
      'publicPorts[3] is 0; a TCP port such as 443, or one such as "3478/udp", between 1 and 65535 is needed',
      'publicPorts[4] is 70000; a TCP port such as 443, or one such as "3478/udp", between 1 and 65535 is needed',
      'publicPorts[7] is 0/udp; a TCP port such as 443, or one such as "3478/udp", between 1 and 65535 is needed',
    ],
  );
});
