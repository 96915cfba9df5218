/** A server that is made anew, with the name, the addresses and the host key that it had: everything is on it again. */
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../lab/command.ts";
import { docker } from "../../lab/engine.ts";
import { labLabel } from "../../lab/hosts/public-network.ts";
import { resetLab, startLab } from "../../lab/main.ts";
import type { LabStatus } from "../../lab/status.ts";
import { generateEd25519 } from "../../secrets/ed25519.ts";
import { component } from "./harness/component-program.ts";
import { Project } from "./harness/project.ts";
import type { Run } from "./harness/run.ts";

// A lab of its own, of which only the cloud's API is used.
const NAME = "e2e-server-anew";
const folder = join(tmpdir(), `quayside-${NAME}`);
process.env["QUAYSIDE_LAB_NAME"] = NAME;
process.env["QUAYSIDE_LAB_DIR"] = folder;

let project: Project;
let api: NonNullable<LabStatus["api"]>;

beforeAll(async () => {
  await resetLab();
  const started = await startLab(() => {}, { registry: false });
  if (!started.api) throw new Error("the lab has no API");
  api = started.api;
  const keys = await generateEd25519();
  const keyFile = join(folder, "deployer");
  await writeFile(keyFile, keys.privateKey, { mode: 0o600 });
  project = await Project.create({ keyFile, env: { HCLOUD_TOKEN: api.token, HCLOUD_ENDPOINT: api.endpoint } });
  await project.program(`
    import { DockerNetworks } from ${component("docker/networks.ts")};
    import { Hardening } from ${component("hardening/hardening.ts")};
    import { HetznerCloud } from ${component("server/hetzner-cloud.ts")};
    import { HetznerServer } from ${component("server/hetzner-server.ts")};
    import { onHost } from ${component("server/host.ts")};
    const cloud = new HetznerCloud("hetzner", {
      token: process.env.HCLOUD_TOKEN, endpoint: process.env.HCLOUD_ENDPOINT,
      deployKey: ${JSON.stringify(keys.publicKey.trim())}, ephemeral: true,
    });
    const core = new HetznerServer("core", {
      cloud, type: ["cx23"], location: ["fsn1"], image: "debian-13", sshFrom: ["10.210.0.1/32"],
    });
    new Hardening("hardening", { host: core, ssh: { from: ["10.210.0.1/32"] }, sysctl: "network", audit: false });
    new DockerNetworks("networks", { host: core, networks: { backend: { subnet: "172.20.2.0/24" } } });
    const on = { host: core.connection };
    new quayside.User("deploy", { ...on, user: "deploy" }, onHost(core, {}));
    new quayside.Script("counted", {
      ...on, observe: "cat /etc/counted 2>/dev/null || echo none", wanted: "1", apply: "echo 1 >/etc/counted",
      revert: "rm -f /etc/counted",
    });
  `);
}, 600_000);
afterAll(async () => {
  await project?.remove();
  await resetLab();
  await rm(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a client does.
async function request(method: string, path: string): Promise<any> {
  const headers = { Authorization: `Bearer ${api.token}` };
  const answer = await fetch(`${api.endpoint}/${path}`, { method, headers });
  return answer.json();
}

const server = async (): Promise<{ id: number; status: string } | undefined> =>
  (await request("GET", "servers")).servers[0];

/** What the machine itself says of what was put on it, past SSH. */
async function machine(): Promise<string> {
  const containers = await docker(["ps", "--filter", `label=${labLabel}=${NAME}`, "--format", "{{.Names}}"]);
  const script = `ufw status | head -n 1; docker network ls --format '{{.Name}}' | grep backend; id -un deploy
    cat /etc/counted; ls /etc/ssh/sshd_config.d /etc/fail2ban/jail.d; systemctl is-active fail2ban`;
  return run("docker", ["exec", "-i", containers.trim(), "sh"], { input: script });
}

/** What a run puts on a machine anew. */
const again = (run: Run) =>
  run.steps
    .filter(({ diff }) => "host" in diff || "host.machine" in diff)
    .map(({ name }) => name)
    .sort();
const ON_IT = [
  ...["counted", "deploy", "hardening-fail2ban", "hardening-firewall", "hardening-packages", "hardening-settings"],
  ...["hardening-sshd", "networks-backend"],
];

let before: string;
let urn: string;

test("what a server has is put on it once", async () => {
  const first = await project.up();
  urn = first.urns.find((each) => each.includes("hcloud:index/server:Server::")) ?? "";
  before = await machine();
  expect(before).toContain("Status: active");
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("a server that is replaced has everything on it again", async () => {
  const old = await server();
  const args = ["--replace", urn];
  const preview = await project.preview({ args });
  expect(again(preview)).toEqual(ON_IT);
  const { steps } = await project.up({ args });
  expect(steps.filter(({ op }) => op === "delete-replaced").map(({ name }) => name)).toEqual(["core-server"]);
  expect((await server())?.id).not.toBe(old?.id);
  expect(await machine()).toBe(before);
  expect((await project.up({ refresh: true })).steps).toEqual([]);
});

test("so has one that was deleted behind our back, by the plan that said so", async () => {
  const old = await server();
  await request("DELETE", `servers/${old?.id}`);
  await expect.poll(server, { timeout: 60_000 }).toBeUndefined();
  await project.refresh({ args: ["--target", urn] });
  const plan = join(project.folder, "plan.json");
  expect(again(await project.preview({ args: ["--save-plan", plan] }))).toEqual(ON_IT);
  await project.up({ args: ["--plan", plan] });
  expect(await machine()).toBe(before);
  expect((await project.up({ refresh: true })).steps).toEqual([]);
});
