import { afterAll, beforeAll, expect, test } from "vitest";
import type { MeshReleases } from "../../components/mesh/releases.ts";
import { ensureMeshReleases } from "../../lab/mesh/releases.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { meshProgram } from "./harness/mesh.ts";
import { processesBelow } from "./harness/processes.ts";
import { Project } from "./harness/project.ts";
import { reaches } from "./harness/reach.ts";

let releases: MeshReleases;
let hub: TestHost;
let core: TestHost;
let project: Project;

beforeAll(async () => {
  await startRegistry();
  releases = await ensureMeshReleases();
  [hub, core] = await Promise.all([makeHost("hub"), makeHost("core")]);
  await core.sh(`echo '${hub.publicKey}' >>/root/.ssh/authorized_keys`);
  project = await Project.create({ host: hub.connection, keyFile: hub.keyFile });
}, 600_000);
afterAll(async () => {
  await project?.remove();
  await Promise.all([hub, core].map((host) => host?.remove()));
});

interface Stage {
  /** Where core's SSH is in the mesh; it is reached from outside without. */
  inside?: string;
  ports?: number[];
  /** Where core's firewall lets SSH in from. */
  from?: ("outside" | "mesh")[];
  rules?: string;
}

function stage({ inside, ports = [22], from = ["outside"], rules }: Stage = {}): string {
  const known = ({ connection: { address, hostKey } }: TestHost) => JSON.stringify({ address, hostKey });
  const openings = {
    outside: `outside: { port: 22, from: ["10.210.0.1"] }`,
    mesh: `mesh: { port: 804, from: ["100.64.0.0/10", "fd7a:115c:a1e0::/48"] }`,
  };
  const ssh = inside ? `{ address: "${inside}", port: 804, jump: hub }` : "undefined";
  return meshProgram(
    {},
    releases,
    `const hub = new ExistingServer("hub", ${known(hub)});
    const core = new ExistingServer("core", { ...${known(core)}, ssh: ${ssh} });
    const mesh = new Mesh("mesh", {
      hub, releases, domain: "mesh.test", tls: internalAuthority(),
      members: { hub: { host: hub, tag: "hub" }, core: { host: core, tag: "core" } },
      rules: [${rules ?? `allow(tag("hub"), tag("core"), tcp(804))`}],
    });
    const dependsOn = [mesh];
    const sshd = new quayside.SshDaemon("sshd", { host: core.connection, ports: ${JSON.stringify(ports)} }, { dependsOn });
    new quayside.Firewall("firewall", {
      host: core.connection,
      rules: { ${from.map((one) => openings[one]).join()}, peers: { port: 41641, protocol: "udp" } },
    }, { dependsOn: [sshd] });`,
  );
}

const meshAddress = async () => (await core.sh("tailscale ip -4")).trim();
const BY_NAME = "core.mesh.test";
const FINAL: Stage = { inside: BY_NAME, ports: [804], from: ["mesh"] };

test("killed in the middle of a join, the next run converges with one node for each host", async () => {
  await project.program(stage());
  let pid = 0;
  const running = project.up({
    mayFail: true,
    onStart: (started) => {
      pid = started.pid;
    },
  });
  const joining = () => core.sh("pgrep -f 'tailscale up' >/dev/null && echo yes || :");
  while ((await joining()) === "") await new Promise((resolve) => setTimeout(resolve, 20));
  const victims = (await processesBelow(pid)).filter(({ command }) =>
    /provider\/main\.ts|^(\S*\/)?pulumi /.test(command),
  );
  for (const victim of victims) process.kill(victim.pid, "SIGKILL");
  expect(victims.length).toBeGreaterThan(0);
  expect((await running).code).not.toBe(0);

  await project.cancel();
  await project.up();
  const nodes = JSON.parse(await hub.sh("headscale nodes list -o json")) as { given_name: string }[];
  expect(nodes.map(({ given_name }) => given_name).sort()).toEqual(["core", "hub"]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("SSH moves to a port that only the mesh reaches in one run, and the deployer follows through the hub", async () => {
  const { address } = core.connection;
  expect(await reaches(address, 804)).toBe(false);
  expect(await reaches(address, 22)).toBe(true);
  await project.program(stage(FINAL));
  const moved = await project.up();
  expect(moved.steps.map(({ name, op }) => [name, op]).sort()).toEqual([
    ["firewall", "update"],
    ["sshd", "update"],
  ]);
  expect(await Promise.all([22, 804].map((port) => reaches(address, port)))).toEqual([false, false]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("a policy that would shut the deployer out is taken back by the hub", async () => {
  const before = await hub.sh("headscale policy get");
  const rules = `allow(tag("core"), tag("hub"), tcp(443))`;
  const inside = await meshAddress();
  await project.program(stage({ ...FINAL, inside, rules }));
  const refused = await project.up({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("the mesh's policy would have locked this deployment out");
  expect(refused.output).toMatch(
    /core \(root@[\d.]+:804\): cannot connect through hub \(root@[\d.]+:22\): it does not answer, nor at root@[\d.]+:22: /,
  );
  expect(JSON.parse(await hub.sh("headscale policy get"))).toEqual(JSON.parse(before));
  await project.program(stage({ ...FINAL, inside }));
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("a member is not taken out of the mesh while that is the way in", async () => {
  await project.program(stage({ ...FINAL, rules: "" }).replace(', core: { host: core, tag: "core" }', ""));
  const refused = await project.preview({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("members lack core, whose SSH is at core.mesh.test, in this mesh");
  await project.program(stage(FINAL));
  await project.up();
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("a hub that is out of reach is one clear error", async () => {
  await hub.sh("systemctl stop ssh.socket ssh.service");
  const failed = await project.preview({ refresh: true, mayFail: true });
  expect(failed.code).not.toBe(0);
  const reasons = failed.output.match(/hub \(root@[\d.]+:22\): cannot connect: nothing listens on that port/g) ?? [];
  expect(reasons).toHaveLength(1);
  const behind = /core \(root@core.mesh.test:804\): cannot connect through hub \(root@[\d.]+:22\): nothing listens/g;
  expect(failed.output.match(behind) ?? []).toHaveLength(1);
  expect(failed.output).toContain("not reached, as another error of this run says why");
  await hub.sh("systemctl start ssh.service");
});

test("SSH comes back out of the mesh, and the host may leave it then", async () => {
  await project.program(stage({ ...FINAL, ports: [22, 804], from: ["outside", "mesh"] }));
  await project.up();
  await project.program(stage({ rules: "" }).replace(', core: { host: core, tag: "core" }', ""));
  await project.up();
  expect(await reaches(core.connection.address, 22)).toBe(true);
  expect(await hub.sh("headscale nodes list -o json")).not.toContain('"given_name": "core"');
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});
