/** A server at Hetzner whose SSH is in the mesh only: declared so from the beginning, from nothing to nothing. */
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MeshReleases } from "../../components/mesh/releases.ts";
import { resetLab, startLab } from "../../lab/main.ts";
import { ensureMeshReleases } from "../../lab/mesh/releases.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import type { LabStatus } from "../../lab/status.ts";
import { component } from "./harness/component-program.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { meshProgram } from "./harness/mesh.ts";
import { Project } from "./harness/project.ts";
import { reaches } from "./harness/reach.ts";

// A lab of its own, of which only the cloud's API is used.
const folder = join(tmpdir(), "quayside-e2e-mesh-ssh-hetzner");
process.env["QUAYSIDE_LAB_NAME"] = "e2e-mesh-ssh-hetzner";
process.env["QUAYSIDE_LAB_DIR"] = folder;

let releases: MeshReleases;
let hub: TestHost;
let project: Project;
let api: NonNullable<LabStatus["api"]>;

beforeAll(async () => {
  await resetLab();
  const started = await startLab(() => {}, { registry: false });
  if (!started.api) throw new Error("the lab has no API");
  api = started.api;
  await startRegistry();
  releases = await ensureMeshReleases();
  hub = await makeHost("hub");
  const env = { HCLOUD_TOKEN: api.token, HCLOUD_ENDPOINT: api.endpoint };
  project = await Project.create({ host: hub.connection, keyFile: hub.keyFile, env });
}, 600_000);
afterAll(async () => {
  await project?.remove();
  await hub?.remove();
  await resetLab();
  await rm(folder, { recursive: true, force: true });
});

/** A hub that is there already, and servers that are reached through it. */
function program({ servers = ["core", "apps"], outside = true, more = "" } = {}): string {
  const { address, hostKey } = hub.connection;
  const each = (text: (name: string) => string) => servers.map(text).join("\n");
  return meshProgram(
    {},
    releases,
    `import { Hardening } from ${component("hardening/hardening.ts")};
    import { meshSources } from ${component("mesh/openings.ts")};
    import { HetznerCloud } from ${component("server/hetzner-cloud.ts")};
    import { HetznerServer } from ${component("server/hetzner-server.ts")};
    const hub = new ExistingServer("hub", ${JSON.stringify({ address, hostKey })});
    const cloud = new HetznerCloud("hetzner", {
      token: process.env.HCLOUD_TOKEN, endpoint: process.env.HCLOUD_ENDPOINT,
      deployKey: ${JSON.stringify(hub.publicKey.trim())}, ephemeral: true,
    });
    ${each(
      (name) => `const ${name} = new HetznerServer("${name}", {
      cloud, type: ["cx23"], location: ["fsn1"], image: "debian-13", publicPorts: ["41641/udp"],
      ${outside ? 'sshFrom: ["10.210.0.1/32"],' : ""}
      ssh: { address: "${name}.mesh.test", port: 804, jump: hub },
    });
    new Hardening("${name}-hardening", {
      host: ${name}, ssh: { from: [...meshSources] }, openings: meshMemberOpenings, sysctl: "network", audit: false,
    });`,
    )}
    new Mesh("mesh", {
      hub, releases, domain: "mesh.test", tls: internalAuthority(),
      members: { hub: { host: hub, tag: "hub" }, ${each((name) => `${name}: { host: ${name}, tag: "${name}" },`)} },
      rules: [${each((name) => `allow(tag("hub"), tag("${name}"), tcp(804)),`)} allow(tag("hub"), tag("hub"), tcp(443))],
    });
    ${more}`,
  );
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a client does.
async function cloud(list: string): Promise<any[]> {
  const answer = await fetch(`${api.endpoint}/${list}`, { headers: { Authorization: `Bearer ${api.token}` } });
  return ((await answer.json()) as Record<string, unknown[]>)[list] ?? [];
}

const publicAddresses = async () => (await cloud("servers")).map(({ public_net }) => public_net.ipv4.ip as string);
const nodes = async () =>
  ((JSON.parse(await hub.sh("headscale nodes list -o json")) ?? []) as { given_name: string }[])
    .map(({ given_name }) => given_name)
    .sort();
const openPorts = async () => {
  const rules = (await cloud("firewalls")).flatMap((firewall) => firewall.rules);
  return [...new Set(rules.filter(({ protocol }) => protocol === "tcp").map(({ port }) => port))];
};

test("a new server that nobody could get into is refused in the preview", async () => {
  await project.program(program({ outside: false }));
  const refused = await project.preview({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("give the deployer's address in `sshFrom` until the server has joined");
});

test("from nothing in one run: in from outside, joined, and SSH is left to the mesh", async () => {
  await project.program(program());
  await project.up();
  const addresses = await publicAddresses();
  expect(addresses).toHaveLength(2);
  const tries = addresses.flatMap((address) => [22, 804].map((port) => reaches(address, port)));
  expect(await Promise.all(tries)).toEqual([false, false, false, false]);
  expect(await nodes()).toEqual(["apps", "core", "hub"]);
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("what is new on it comes through the mesh, and the cloud's firewall needs no SSH any more", async () => {
  expect(await openPorts()).toEqual(["22"]);
  const file = `new quayside.File("through", { host: core.connection, path: "/etc/came-from", content: "" });
    new quayside.Script("from", { host: core.connection, observe: 'echo "$SSH_CONNECTION"', wanted: "", apply: ":" });`;
  await project.program(program({ outside: false, more: file }));
  const run = await project.up({ mayFail: true });
  const done = run.steps.map(({ name, op }) => `${name} ${op}`).sort();
  expect(done).toEqual(expect.arrayContaining(["apps-firewall update", "core-firewall update", "through create"]));
  // The script's own words are where this came from and to.
  expect(run.output).toMatch(/printed "100\.64\.\d+\.\d+ \d+ 100\.64\.\d+\.\d+ 804"/);
  expect(await openPorts()).toEqual([]);
  await project.program(program({ outside: false }));
  await project.up();
});

test("a server that is made anew joins again, and is reached through the mesh again", async () => {
  const before = await cloud("servers");
  const urn = (await project.preview()).urns.find((each) => each.endsWith("::core-server")) ?? "";
  const args = ["--replace", urn];
  const refused = await project.preview({ args, mayFail: true });
  expect(refused.output).toContain("give the deployer's address in `sshFrom` until the server has joined");
  await project.program(program());
  await project.up({ args });
  const kept = new Set(before.map(({ id }) => id));
  expect((await cloud("servers")).filter(({ id }) => kept.has(id))).toHaveLength(1);
  expect(await nodes()).toEqual(["apps", "core", "hub"]);
  const tries = (await publicAddresses()).flatMap((address) => [22, 804].map((port) => reaches(address, port)));
  expect(await Promise.all(tries)).toEqual([false, false, false, false]);
  expect((await project.up({ refresh: true })).steps).toEqual([]);
  await project.program(program({ outside: false }));
  await project.up();
});

test("a server that is not declared any more goes with its place in the mesh", async () => {
  await project.program(program({ servers: ["core"], outside: false }));
  await project.up();
  expect(await cloud("servers")).toHaveLength(1);
  expect(await nodes()).toEqual(["core", "hub"]);
});

test("the mesh is not taken away from under a server that stays", async () => {
  const without = program({ servers: ["core"], outside: false }).replace(/new Mesh\([\s\S]*\}\);\s*$/, "");
  await project.program(without);
  const refused = await project.up({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("this deployment comes to core through the mesh");
  expect(await nodes()).toEqual(["core", "hub"]);
});

test("all of it is destroyed at once", async () => {
  await project.destroy();
  expect(await cloud("servers")).toEqual([]);
  expect(JSON.parse(await readFile(project.stateFile, "utf8")).checkpoint.latest.resources ?? []).toEqual([]);
});
