import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { backendUrl } from "../../cli/backend.ts";
import { type EmulatedCloud, startEmulatedCloud } from "./harness/emulated-cloud.ts";
import { Project } from "./harness/project.ts";
import { quayCommand, repository } from "./harness/quay.ts";

const [OLD, LIVE] = ["preprod-pr-7", "preprod-pr-8"];

let emulated: EmulatedCloud;
/** Two copies of a preprod, in one backend and one project at Hetzner. */
let old: Project;
let live: Project;
let env: Record<string, string>;

beforeAll(async () => {
  emulated = await startEmulatedCloud();
  old = await Project.create({ name: "quayside", stack: OLD, env: emulated.env });
  const PULUMI_BACKEND_URL = backendUrl(join(old.folder, "state"));
  env = { ...emulated.env, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE: "e2e" };
  live = await Project.create({ name: "quayside", stack: LIVE, env });
});
afterAll(async () => {
  await live?.remove();
  await old?.remove();
  await emulated?.stop();
});

const program = (index: number, priceCeiling: number) => {
  const component = (name: string, path: string) =>
    `import { ${name} } from ${JSON.stringify(join(repository, "components/server", path))};`;
  const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5p2SVkmPaIw1u0p8qTz3E0nX9bYc0o1m2d3e4f5g${index}h`;
  return `${component("HetznerCloud", "hetzner-cloud.ts")}
    ${component("HetznerServer", "hetzner-server.ts")}
    const { HCLOUD_TOKEN: token, HCLOUD_ENDPOINT: endpoint } = process.env;
    const cloud = new HetznerCloud("hetzner", { token, endpoint, deployKey: "${key}",
      network: { ipRange: "10.${index}.0.0/16" }, ephemeral: { lifetime: "8h", priceCeiling: ${priceCeiling} } });
    new HetznerServer("core", { cloud, type: ["cx23"], location: ["fsn1"], sshFrom: ["203.0.113.7/32"], volume: { size: 10 } });`;
};
const reap = (...args: string[]) => quayCommand(["reap", ...args], { env, mayFail: true });
const counts = (stack: string) => Object.values(emulated.thingsOf(stack)).map((things) => things.length);
const ALL = [1, 2, 1, 1, 1, 1, 1];
const NONE = ALL.map(() => 0);

/** As if the lifetime had passed. */
function age(stack: string): void {
  for (const { labels } of Object.values(emulated.thingsOf(stack)).flat()) labels["expires"] = "2026-01-01T00.00.00Z";
}

test("a preview above the price ceiling fails and names what costs what; all that is made says until when", async () => {
  await old.program(program(1, 5));
  const { code, output } = await old.preview({ mayFail: true });
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /may cost up to 6\.\d\d EUR a month \(net\), above its ceiling of 5.00: core: cx23 in fsn1 5.49, /,
  );
  expect(output).toContain("core: volume, 10 GB 0.");

  await old.program(program(1, 20));
  await live.program(program(2, 20));
  await old.up();
  await live.up();
  expect([counts(OLD), counts(LIVE)]).toEqual([ALL, ALL]);
  const all = Object.values(emulated.thingsOf(OLD)).flat();
  const moments = new Set(all.map(({ labels }) => labels["expires"]));
  expect(moments.size).toBe(1);
  const left = Date.parse([...moments][0]?.replaceAll(".", ":") ?? "") - Date.now();
  expect(Math.abs(left - 8 * 3_600_000)).toBeLessThan(10 * 60_000);
  // Time passes without a difference.
  expect((await old.preview()).steps).toEqual([]);
});

test("what lives is left alone; what has expired is shown first, and destroyed by its state when told to", async () => {
  const { stdout } = await reap("--yes", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ expired: [], alive: [{ stack: OLD }, { stack: LIVE }], faults: [] });

  age(OLD);
  const shown = JSON.parse((await reap("--json")).stdout);
  expect(shown).toMatchObject({ dryRun: true, expired: [{ stack: OLD, state: "there" }], alive: [{ stack: LIVE }] });
  expect(shown.expired[0].things).toContainEqual(expect.objectContaining({ kind: "volume" }));
  expect((await reap()).stdout).toMatch(/preprod-pr-7 expired \d+ days ago; destroyed by its state/);
  expect(counts(OLD)).toEqual(ALL);

  const before = JSON.stringify(emulated.thingsOf(LIVE));
  emulated.cloud.faults.add({
    kind: "http",
    status: 429,
    code: "rate_limit_exceeded",
    times: 2,
    request: "DELETE /v1",
  });
  const { code, stdout: said, stderr } = await reap("--yes");
  expect(code, said + stderr).toBe(0);
  expect(said).toContain(`${OLD} is gone.`);
  expect(counts(OLD)).toEqual(NONE);
  expect(JSON.stringify(emulated.thingsOf(LIVE))).toBe(before);
  expect(existsSync(old.stateFile)).toBe(false);
});

test("without its state a preprod goes by its labels; what cannot go is one clear error, and goes with the next run", async () => {
  expect((await old.pulumi(["stack", "init"])).code).toBe(0);
  await old.up();
  age(OLD);
  await rm(old.stateFile);
  const before = JSON.stringify(emulated.thingsOf(LIVE));
  const [volume] = emulated.thingsOf(OLD).volumes;
  const record = emulated.cloud.state.volumes[volume?.id ?? 0];
  if (!record) throw new Error("the stack has no volume");
  record.protection.delete = true;
  const { faults } = emulated.cloud;
  faults.add({ kind: "http", status: 429, code: "rate_limit_exceeded", times: 2, request: "GET /v1/volumes" });
  faults.add({ kind: "http", status: 503, times: 2, request: "DELETE /v1/primary_ips" });
  faults.add({ kind: "http", status: 423, code: "locked", times: 2, request: "DELETE /v1/servers" });

  const addresses = emulated.thingsOf(OLD).primaryIps.map(({ id }) => emulated.cloud.state.primaryIps[id]?.ip);
  expect(addresses).toHaveLength(2);
  const refused = await reap("--yes");
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/preprod-pr-7 expired .*; without its state, by its labels/);
  expect(refused.stdout).toMatch(/is not gone:\n {2}volume \S+ \(\d+\): the API answers 403, .*Somebody protected it/);
  expect(counts(OLD)).toEqual(NONE.with(2, 1));
  for (const ip of addresses) expect(refused.stdout).toMatch(new RegExp(`any that leads to .*${ip}`));

  record.protection.delete = false;
  const { code, stdout } = await reap("--yes", "--json");
  // Nobody could look for its names in DNS, which somebody has to be told.
  expect(code).toBe(1);
  const hostnames = `*.${OLD}.<zone>`;
  expect(JSON.parse(stdout)).toMatchObject({
    dryRun: false,
    expired: [
      { stack: OLD, state: "lost", gone: false, faults: [], notLookedAt: [{ what: "names in DNS", hostnames }] },
    ],
  });
  expect(counts(OLD)).toEqual(NONE);
  expect((await reap("--yes")).code).toBe(0);
  expect(JSON.stringify(emulated.thingsOf(LIVE))).toBe(before);
});
