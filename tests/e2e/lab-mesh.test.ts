/** The `lab` stack with its mesh, from nothing to nothing, by the commands that a person types. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prove } from "../../lab/prove.ts";
import { CLOUD_LISTS, LabPlatform } from "./harness/lab-platform.ts";
import { MeshDevice } from "./harness/mesh-device.ts";
import { type Captured, quayCommand } from "./harness/quay.ts";

let lab: LabPlatform;
const devices: MeshDevice[] = [];

beforeAll(async () => {
  lab = await LabPlatform.start("lab-mesh", 2, { mesh: true });
});
afterAll(async () => {
  await Promise.all(devices.map((device) => device.stop()));
  await lab?.remove();
});

const join = (...args: string[]): Promise<Captured> => quayCommand(["mesh", "join", "lab", ...args], { mayFail: true });

async function onHub<T>(command: string): Promise<T> {
  const hub = await lab.machine("hub");
  return JSON.parse(await hub.sh(`headscale ${command} -o json`)) as T;
}
const nodes = () => onHub<{ given_name: string; user: { name: string }; online?: boolean }[]>("nodes list");

/** The line that was printed, and how it ends on a device that trusts what was printed with it. */
async function enter({ stdout, stderr }: Captured) {
  const authority = /-----BEGIN CERTIFICATE-----[\s\S]*-----END CERTIFICATE-----/.exec(stderr)?.[0] ?? "";
  const device = await MeshDevice.start(authority);
  devices.push(device);
  return { device, ...(await device.run(`${stdout.trim()} --hostname laptop --timeout 20s`)) };
}

test("a stack that has no mesh yet lets no device in", async () => {
  const refused = await join("alice");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    "quay: stack lab has no mesh.\n      Declare one (new Mesh(…)) and run: quay up lab\n",
  );
});

test("hub, core and application server join the mesh, and all that the lab promises is so", async () => {
  const run = await lab.up();
  expect(run.urns.filter((urn) => urn.includes("quayside:host:MeshMember::")).length).toBe(3);
  const proofs = [];
  for await (const proof of prove()) proofs.push(proof);
  expect(proofs.filter(({ ok }) => !ok)).toEqual([]);
  expect(proofs.map(({ name }) => name).join()).toMatch(/member of the mesh.*relay/);
});

let short: Captured;

test("the line that quay prints lets one device of a person in, to what the person's groups may", async () => {
  // For later: by then nobody can use it any more.
  short = await join("alice", "--expiration", "1m");
  const printed = await join("alice");
  expect(printed.stdout).toMatch(
    /^tailscale up --login-server https:\/\/10\.210\.[\d.]+:8443 --auth-key hskey-auth-\S+\n$/,
  );
  expect(printed.stderr).toContain("for one device of alice, within 1h");
  expect(printed.stderr).toContain("alice may do what group:operators may.");

  const { device, output, code } = await enter(printed);
  expect(code, output).toBe(0);
  expect(await nodes()).toContainEqual(
    expect.objectContaining({ given_name: "laptop", user: expect.objectContaining({ name: "alice" }) }),
  );
  const targets = ["hub 22", "core 22", "apps 22", "core 80", "core 443"].map((target) => target.split(" "));
  const heard = targets.map(([name, port]) => device.hears(`${name}.mesh.lab.test`, Number(port)));
  expect(await Promise.all(heard)).toEqual(["SSH-2.0-", "SSH-2.0-", "SSH-2.0-", "", ""]);

  expect(await enter(printed)).toMatchObject({ code: 1, output: expect.stringContaining("authkey already used") });
  expect((await nodes()).filter(({ given_name }) => given_name.startsWith("laptop"))).toHaveLength(1);
});

test("nothing is left to do, on the hosts neither", async () => {
  expect((await lab.up()).steps).toEqual([]);
  expect((await lab.preview({ args: ["--refresh"] })).steps).toEqual([]);
});

test("who is in no group, a Headscale that is stopped and a hub that does not answer are one clear error each", async () => {
  const hub = await lab.machine("hub");
  const stranger = await join("carol");
  await hub.sh("systemctl stop headscale");
  const stopped = await join("alice");
  await hub.sh("systemctl stop ssh.socket ssh.service");
  const silent = await join("alice");
  await hub.sh("systemctl start headscale ssh; until headscale users list >/dev/null 2>&1; do sleep 0.2; done");
  expect([stranger, stopped, silent].map(({ code, stdout }) => [code, stdout])).toEqual([
    [1, ""],
    [1, ""],
    [1, ""],
  ]);
  expect(stranger.stderr).toMatch(
    /^quay: carol is in no group of the mesh, .*people there are alice\.\n {6}Add carol .*: quay up lab\n$/,
  );
  expect(stopped.stderr).toMatch(/^quay: hub \(root@[\d.]+:22\): Headscale does not run here\..*\n$/);
  expect(silent.stderr).toMatch(/^quay: hub \(root@[\d.]+:22\): cannot connect: nothing listens on that port .*\n$/);
});

test("a key that nobody used in time is worth nothing", async () => {
  const keys = await onHub<{ expiration: { seconds: number }; used?: boolean }[]>("preauthkeys list");
  const ends = Math.min(...keys.filter(({ used }) => !used).map(({ expiration }) => expiration.seconds));
  await sleep(Math.max(0, (ends + 1) * 1000 - Date.now()));
  expect(await enter(short)).toMatchObject({ code: 1, output: expect.stringContaining("authkey expired") });
  expect((await nodes()).filter(({ user }) => user.name === "alice")).toHaveLength(1);
});

test("destroy leaves nothing behind", async () => {
  await lab.destroy();
  const left = await Promise.all(CLOUD_LISTS.map(async (list) => [list, (await lab.cloud(list)).length]));
  expect(left.filter(([, count]) => count !== 0)).toEqual([]);
});
