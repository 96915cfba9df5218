/** `kill -9` of the engine and of providers in the middle of a deployment; the next run converges. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prove } from "../../lab/prove.ts";
import { CLOUD_LISTS, LabPlatform } from "../e2e/harness/lab-platform.ts";
import { processesBelow } from "../e2e/harness/processes.ts";
import { type QuayOptions, repository } from "../e2e/harness/quay.ts";
import type { Run } from "../e2e/harness/run.ts";

const ENGINE = /\/pulumi (up|destroy) /;
const HCLOUD = /pulumi-resource-hcloud/;
const QUAYSIDE = /provider\/main\.ts/;

let lab: LabPlatform;

beforeAll(async () => {
  lab = await LabPlatform.start("kill", 1);
});
afterAll(() => lab?.remove());

/** Runs a command, and ends one of its processes without warning as soon as `moment` has come. */
async function interrupt(
  command: (options: QuayOptions) => Promise<Run>,
  victim: RegExp,
  moment: () => Promise<boolean>,
): Promise<Run> {
  let pid = 0;
  let ended = false;
  const running = command({
    mayFail: true,
    onStart: (process) => {
      pid = process.pid;
    },
  }).finally(() => {
    ended = true;
  });
  while (!(await moment().catch(() => false))) {
    if (ended) throw new Error(`it ended before the moment had come:\n${(await running).output}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const victims = (await processesBelow(pid)).filter((process) => victim.test(process.command));
  expect(victims.length, `processes like ${victim}`).toBeGreaterThan(0);
  for (const process_ of victims) process.kill(process_.pid, "SIGKILL");
  const run = await running;
  expect(run.code).not.toBe(0);
  return run;
}

const up = (options: QuayOptions) => lab.up(options);

// One deployment, interrupted again and again, each time a bit further.
test("the engine is killed when the first address was made, which its state does not have", async () => {
  await interrupt(up, ENGINE, async () => (await lab.cloud("primary_ips")).length > 0);
  expect((await lab.state()).pending_operations).not.toEqual([]);
  // What is written beside the state can be torn, and with that the state cannot be read.
  expect(await readdir(dirname(lab.stateFile))).toEqual(["lab.json", "lab.json.bak"]);
});

test("the cloud's provider is killed when the first server was made, and that server is known all the same", async () => {
  const run = await interrupt(up, HCLOUD, async () => (await lab.cloud("servers")).length > 0);
  expect(run.output).toMatch(/the run was interrupted after Hetzner had made .*-server/);
  const held = (await lab.state()).resources.filter(({ type }) => type.endsWith(":Server"));
  expect(held.map(({ outputs }) => outputs?.["name"]).sort()).toEqual(
    (await lab.cloud("servers")).map(({ name }) => name).sort(),
  );
});

test("the hosts' provider is killed when it has begun with a host", async () => {
  await interrupt(up, QUAYSIDE, async () => {
    const core = await lab.machine("core");
    return (await core.sh("ls /etc/sysctl.d")).includes("60-quayside");
  });
});

test("the engine is killed when the first image was pulled", async () => {
  await interrupt(up, ENGINE, async () => (await (await lab.machine("core")).sh("docker image ls -q")) !== "");
});

test("the next run converges, nothing is there twice and nothing is lost", async () => {
  const last = await lab.up();
  const { resources, pending_operations } = await lab.state();
  expect(pending_operations).toEqual([]);
  const urns = await readFile(join(repository, "tests/preview/urns/lab.txt"), "utf8");
  expect(last.urns).toEqual(urns.trim().split("\n"));
  const held = resources.map(({ urn }) => urn);
  expect(held.filter((urn) => last.urns.includes(urn)).sort()).toEqual(last.urns);

  const there = await Promise.all(CLOUD_LISTS.map(async (list) => [list, (await lab.cloud(list)).length]));
  expect(Object.fromEntries(there)).toEqual({
    servers: 2,
    primary_ips: 4,
    volumes: 1,
    networks: 1,
    firewalls: 2,
    ssh_keys: 1,
    placement_groups: 1,
  });
  const containers = async (name: string) =>
    (await lab.machine(name)).sh("docker ps --all --format '{{.Names}} {{.State}}' | sort");
  expect(await containers("core")).toBe(
    "app running\nedge running\nedge-front running\npostgres running\nredis running\n",
  );
  expect(await containers("apps")).toBe("apps-edge running\napps-edge-front running\nsite running\n");

  expect((await lab.up({ args: ["--refresh"] })).steps).toEqual([]);
  const proofs = [];
  for await (const proof of prove()) proofs.push(proof);
  expect(proofs.filter(({ ok }) => !ok)).toEqual([]);
});

test("a destroy that was killed is finished by the next", async () => {
  await interrupt(
    (options) => lab.destroy(options),
    ENGINE,
    async () => (await lab.cloud("servers")).length < 2,
  );
  await lab.destroy();
  const left = await Promise.all(CLOUD_LISTS.map(async (list) => [list, await lab.cloud(list)]));
  expect(left).toEqual(CLOUD_LISTS.map((list) => [list, []]));
  const { resources, pending_operations } = await lab.state();
  expect([...resources.filter(({ type }) => type !== "pulumi:pulumi:Stack"), ...pending_operations]).toEqual([]);
});
