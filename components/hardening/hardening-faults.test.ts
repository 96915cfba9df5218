import { describe, expect, test } from "vitest";
import type { Host } from "../server/host.ts";
import { noFacilities } from "../server/host.ts";
import type { HardeningArgs } from "./hardening.ts";
import { hardeningFaults } from "./hardening-faults.ts";
import { web } from "./openings.ts";

const host = (more: Partial<Host> = {}) => ({ name: "core", facilities: noFacilities(), ...more }) as Host;
const operators = ["203.0.113.7/32"];

function faults(openings: HardeningArgs["openings"], more: Partial<HardeningArgs> = {}): string[] {
  const args = { host: host(), ssh: { from: operators }, ...(openings && { openings }), ...more };
  return hardeningFaults(args).map(({ path, reason }) => `${path} ${reason}`);
}

const world = (key: string, ports: string, ssh = "22/tcp") =>
  `openings.${key} lets the world in to ${ports}, and SSH is at ${ssh}; name addresses in its \`from\`, or leave SSH to \`ssh.from\``;

describe("SSH is not opened to the world by another name", () => {
  test.each([
    [{ port: 22 }, "22/tcp"],
    [{ port: "22", from: "any" }, "22/tcp"],
    [{ port: 22, from: ["203.0.113.7", "any"] }, "22/tcp"],
    [{ port: "1:65535" }, "1:65535/tcp"],
    [{ port: "20:30", protocol: "any" }, "20:30/any"],
    [{ port: 22, action: "limit" }, "22/tcp"],
    [{ port: 22, interface: "eth0" }, "22/tcp"],
  ] as const)("by %j", (opening, ports) => {
    const { from, ...rest } = { from: undefined, ...opening };
    const given = { ...rest, ...(from && { from: typeof from === "string" ? from : [...from] }) };
    expect(faults({ admin: given })).toEqual([world("admin", ports)]);
  });

  test("nor in pieces", () => {
    expect(faults({ admin: { port: 22, from: ["0.0.0.0/1", "128.0.0.0/1"] } })).toEqual([
      expect.stringMatching(/^openings.admin.from\[0\] is 0.0.0.0\/1, which is wider than \/8; SSH open to the world/),
      expect.stringMatching(/^openings.admin.from\[1\] is 128.0.0.0\/1, /),
    ]);
    expect(faults({}, { ssh: { from: ["0.0.0.0/1", "128.0.0.0/1"] } })).toHaveLength(2);
  });

  test("wherever SSH is: at its own port, or at the one that the mesh reaches", () => {
    const git = { git: { port: 22 }, admin: { port: 804 } };
    expect(faults(git, { ssh: { from: operators, port: 804 } })).toEqual([world("admin", "804/tcp", "804/tcp")]);
    const inMesh = host({ ssh: { address: "core.mesh.example.org", port: 804 } });
    expect(faults(git, { host: inMesh })).toEqual([world("admin", "804/tcp", "804/tcp")]);
  });

  test.each([
    web,
    { dns: { port: 22, protocol: "udp" } },
    { admin: { port: 22, from: ["198.51.100.0/24"] } },
    { all: { port: "1:65535", from: "10.0.0.0/8" } },
    { mesh: { port: 22, interface: "tailscale0" } },
    { nobody: { port: 22, action: "reject" } },
  ] as const)("%j is no such opening", (openings) => {
    expect(faults(openings as HardeningArgs["openings"])).toEqual([]);
  });
});

test("every fault at once", () => {
  const hardened = host();
  hardened.facilities.openings = {};
  expect(
    faults(
      { ssh: { port: 2222 }, none: { port: 0 }, backwards: { port: "30:20" }, hex: { port: "0x16" } },
      { host: hardened, ssh: { from: [], port: 70_000 } },
    ),
  ).toEqual([
    "ssh.port is 70000; 1 to 65535 are allowed",
    "ssh.from is empty; nobody could deploy to the host any more",
    "host core is hardened already; all its openings belong in one place",
    "openings.ssh is taken: `ssh.from` says who reaches SSH",
    "openings.none.port is 0; a port or a range such as 6000:6010 is needed",
    "openings.backwards.port is 30:20; a port or a range such as 6000:6010 is needed",
    "openings.hex.port is 0x16; a port or a range such as 6000:6010 is needed",
  ]);
});

test("a proxy that is declared already has to be let in to", () => {
  const behind = host();
  const needs = ["80/tcp", "443/tcp"].map((port) => ({ port, by: "everybody" as const }));
  behind.facilities.proxy = { name: "edge", needs };
  expect(faults(web, { host: behind })).toEqual([]);
  expect(faults({ all: { port: "80:443" } }, { host: behind })).toEqual([]);
  expect(faults({ http: { port: 80 }, https: { port: 443, from: "100.64.0.0/10" } }, { host: behind })).toEqual([
    'openings do not let everybody in to 443/tcp, which core\'s proxy "edge" needs; `...web` opens what a public one does',
  ]);
});
