import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { apiFiles } from "../../lab/api/files.ts";
import { startApi } from "../../lab/api/process.ts";
import { run } from "../../lab/command.ts";
import { docker } from "../../lab/engine.ts";
import { labStatus, resetLab, startLab, stopLab } from "../../lab/main.ts";
import type { LabStatus } from "../../lab/status.ts";
import { Project } from "./harness/project.ts";
import { hcloudPython } from "./hcloud-api/python.ts";

// A lab of its own: what is tested here stops, kills and removes it.
const NAME = "e2e-hcloud";
const folder = mkdtempSync(join(tmpdir(), "quayside-hcloud-"));
const before = { name: process.env.QUAYSIDE_LAB_NAME, folder: process.env.QUAYSIDE_LAB_DIR };
let lab: LabStatus;
let api: NonNullable<LabStatus["api"]>;

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a client does.
type Json = any;

async function call(method: string, path: string, body?: unknown): Promise<Json> {
  const response = await fetch(path.startsWith("/_lab") ? api.endpoint.replace("/v1", path) : api.endpoint + path, {
    method,
    headers: { Authorization: `Bearer ${api.token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** Polls until a condition holds, for at most a minute. */
async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
    const value = await look();
    if (value) return value;
  }
  throw new Error(`${what}: not within a minute`);
}

async function ended(actions: { id: number }[]): Promise<void> {
  const ids = actions.map((action) => `id=${action.id}`).join("&");
  const all = await until("actions end", async () => {
    const found = (await call("GET", `/actions?${ids}`)).actions;
    return found.every((action: Json) => action.status !== "running") && found;
  });
  expect(all.map((action: Json) => action.error)).toEqual(all.map(() => null));
}

async function order(name: string, more: object = {}): Promise<Json> {
  const answer = await call("POST", "/servers", {
    name,
    server_type: "cx23",
    image: "debian-13",
    location: "fsn1",
    ssh_keys: ["deploy"],
    ...more,
  });
  await ended([answer.action, ...answer.next_actions]);
  return (await call("GET", `/servers/${answer.server.id}`)).server;
}

async function ssh(address: string, script: string): Promise<string> {
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=3"];
  const args = [...options.flatMap((option) => ["-o", option]), "-i", apiFiles(folder).deployKey, `root@${address}`];
  return (await run("ssh", [...args, "sh"], { input: script })).trim();
}

/** Runs a script as soon as the machine lets in. */
async function reachable(address: string, script = "true"): Promise<string> {
  const answer = await until(`ssh to ${address}`, async () => {
    const text = await ssh(address, script).catch(() => undefined);
    return text === undefined ? undefined : { text };
  });
  return answer.text;
}

async function machines(): Promise<string[]> {
  const names = await docker(["ps", "--all", "--filter", `label=quayside.lab=${NAME}`, "--format", "{{.Names}}"]);
  return names.split("\n").filter((name) => name !== "");
}

beforeAll(async () => {
  process.env.QUAYSIDE_LAB_NAME = NAME;
  process.env.QUAYSIDE_LAB_DIR = folder;
  await resetLab();
  lab = await startLab(() => {}, { registry: false, s3: true });
  if (!lab.api) throw new Error("the lab has no API");
  api = lab.api;
});

afterAll(async () => {
  await resetLab();
  rmSync(folder, { recursive: true, force: true });
  for (const [variable, value] of [
    ["QUAYSIDE_LAB_NAME", before.name],
    ["QUAYSIDE_LAB_DIR", before.folder],
  ] as const) {
    if (value === undefined) delete process.env[variable];
    else process.env[variable] = value;
  }
});

describe("the official Python library", () => {
  let python = "";
  beforeAll(async () => {
    python = await hcloudPython();
  });

  const scenario = (name: string): Promise<string> => {
    const script = join(import.meta.dirname, "hcloud-api/library.py");
    return run(python, [script, api.endpoint, name], { input: api.token });
  };

  it.each(["catalogue", "pagination", "servers", "volumes", "networks", "firewalls", "primary_ips"])(
    "%s",
    async (name) => {
      await scenario(name);
      expect(await machines()).toEqual([]);
    },
  );

  it("hears of an action that fails", async () => {
    await call("POST", "/_lab/faults", { kind: "action", command: "create_server" });
    await scenario("failed_action");
    expect(await machines()).toEqual([]);
  });

  it("waits when the request budget is used up", async () => {
    await call("PUT", "/_lab/rate-limit", { remaining: 2 });
    const started = Date.now();
    await scenario("catalogue");
    expect(Date.now() - started).toBeGreaterThan(1000);
    await call("PUT", "/_lab/rate-limit", { remaining: 3600 });
  });
});

describe("servers of the cloud", () => {
  beforeEach(async () => {
    const key = readFileSync(`${apiFiles(folder).deployKey}.pub`, "utf8");
    await call("POST", "/ssh_keys", { name: "deploy", public_key: key });
  });
  afterEach(async () => {
    for (const [path, key] of [
      ["servers", "servers"],
      ["volumes", "volumes"],
      ["networks", "networks"],
      ["ssh_keys", "ssh_keys"],
    ] as const) {
      for (const item of (await call("GET", `/${path}`))[key]) {
        const answer = await call("DELETE", `/${path}/${item.id}`);
        if (answer?.action) await ended([answer.action]);
      }
    }
  });

  it("are machines that take the key, run the user data and have what was ordered", async () => {
    const subnets = [{ type: "cloud", ip_range: "10.78.1.0/24", network_zone: "eu-central" }];
    const { network } = await call("POST", "/networks", { name: "net", ip_range: "10.78.0.0/16", subnets });
    const created = await call("POST", "/volumes", { name: "data", size: 10, location: "fsn1", format: "ext4" });
    await ended([created.action]);
    const volume = created.volume;
    const userData = "#cloud-config\nwrite_files:\n  - path: /etc/marker\n    content: from user data\n";
    const [one, two] = await Promise.all([
      order("one", { networks: [network.id], volumes: [volume.id], automount: true, user_data: userData }),
      order("two", { networks: [network.id] }),
    ]);
    const address = one.public_net.ipv4.ip;
    await reachable(address);
    await until("user data", async () => (await ssh(address, "cat /etc/marker").catch(() => "")) === "from user data");
    expect(await ssh(address, "hostname")).toBe("one");
    expect(await ssh(address, `test -b ${volume.linux_device} && echo block`)).toBe("block");
    await until("mount", async () =>
      (await ssh(address, "findmnt --noheadings --types ext4 --output TARGET").catch(() => "")).includes(
        `/mnt/HC_Volume_${volume.id}`,
      ),
    );
    await ssh(address, `ping -c 1 -W 5 ${two.private_net[0].ip}`);

    await ssh(address, `echo kept > /mnt/HC_Volume_${volume.id}/file; sync`);
    await ended([(await call("DELETE", `/servers/${one.id}`)).action]);
    const heir = await order("heir", { volumes: [volume.id], automount: true });
    await reachable(heir.public_net.ipv4.ip);
    expect(await ssh(heir.public_net.ipv4.ip, `cat /mnt/HC_Volume_${volume.id}/file`)).toBe("kept");
  });

  it("are behind their cloud firewall", async () => {
    const allow = (port: string) => ({ direction: "in", protocol: "tcp", port, source_ips: ["0.0.0.0/0"] });
    const { firewall } = await call("POST", "/firewalls", { name: "fw", rules: [allow("22")] });
    const server = await order("walled", { firewalls: [{ firewall: firewall.id }] });
    const address = server.public_net.ipv4.ip;
    await reachable(address, "ufw disable");
    const connects = (port: number): Promise<boolean> =>
      run("timeout", ["2", "bash", "-c", `</dev/tcp/${address}/${port}`]).then(
        () => true,
        () => false,
      );
    // sshd serves a second port: a program that every machine has.
    await ssh(address, "systemd-run --quiet --collect --unit second-sshd /usr/sbin/sshd -D -p 8081");
    await until("second sshd", () => ssh(address, "ss -ltn | grep -q :8081 && echo yes").catch(() => ""));
    expect([await connects(22), await connects(8081)]).toEqual([true, false]);
    const opened = await call("POST", `/firewalls/${firewall.id}/actions/set_rules`, {
      rules: [allow("22"), allow("8081")],
    });
    await ended(opened.actions);
    expect(await connects(8081)).toBe(true);
    await ended((await call("POST", `/firewalls/${firewall.id}/actions/set_rules`, { rules: [allow("22")] })).actions);
    expect(await connects(8081)).toBe(false);
    await ended([(await call("DELETE", `/servers/${server.id}`)).action]);
    await call("DELETE", `/firewalls/${firewall.id}`);
  });

  it("are switched on and off, from outside and from within", async () => {
    const server = await order("power");
    const address = server.public_net.ipv4.ip;
    const status = async (): Promise<string> => (await call("GET", `/servers/${server.id}`)).server.status;
    await reachable(address, "echo kept > /root/file");
    await ended([(await call("POST", `/servers/${server.id}/actions/reboot`)).action]);
    expect(await reachable(address, "cat /root/file")).toBe("kept");
    await ssh(address, "systemctl poweroff").catch(() => {});
    await until("off", async () => (await status()) === "off");
    await ended([(await call("POST", `/servers/${server.id}/actions/poweron`)).action]);
    expect(await reachable(address, "cat /root/file")).toBe("kept");
    await ended([(await call("POST", `/servers/${server.id}/actions/rebuild`, { image: "debian-13" })).action]);
    expect(await reachable(address, "test -e /root/file || echo fresh")).toBe("fresh");
  });

  it("take another address, another size and a grown volume", async () => {
    const server = await order("changing", { networks: [] });
    const act = async (path: string, body: object = {}): Promise<void> =>
      ended([(await call("POST", path, body)).action]);
    const created = await call("POST", "/volumes", { name: "grow", size: 10, server: server.id });
    await ended([created.action, ...created.next_actions]);
    await act(`/volumes/${created.volume.id}/actions/resize`, { size: 12 });
    const address = server.public_net.ipv4.ip;
    expect(await reachable(address, `blockdev --getsize64 ${created.volume.linux_device}`)).toBe(
      String(12 * 1024 ** 3),
    );

    const other = await call("POST", "/primary_ips", { name: "other", type: "ipv4", location: "fsn1" });
    await act(`/servers/${server.id}/actions/poweroff`);
    await act(`/primary_ips/${server.public_net.ipv4.id}/actions/unassign`);
    await act(`/servers/${server.id}/actions/poweron`);
    await act(`/servers/${server.id}/actions/poweroff`);
    await act(`/servers/${server.id}/actions/change_type`, { server_type: "cx33", upgrade_disk: false });
    const assign = { assignee_id: server.id, assignee_type: "server" };
    await act(`/primary_ips/${other.primary_ip.id}/actions/assign`, assign);
    await act(`/servers/${server.id}/actions/poweron`);
    expect(await reachable(other.primary_ip.ip, "hostname")).toBe("changing");
    await expect(ssh(address, "hostname")).rejects.toThrow();
    const [machine = ""] = await machines();
    expect(await docker(["inspect", "--format", "{{.HostConfig.Memory}}", machine])).toBe(String(8 * 1024 ** 3));
    await ended([(await call("DELETE", `/servers/${server.id}`)).action]);
    for (const ip of (await call("GET", "/primary_ips")).primary_ips) await call("DELETE", `/primary_ips/${ip.id}`);
  });

  it("survive a killed API, which finishes what it had begun", async () => {
    const kept = await order("kept");
    const begun = await call("POST", "/servers", { name: "begun", server_type: "cx23", image: "debian-13" });
    process.kill(Number(readFileSync(apiFiles(folder).pid, "utf8")), "SIGKILL");
    await until("API gone", async () => !(await labStatus()).running);
    expect(await startApi(apiFiles(folder))).toEqual(api);
    await ended([begun.action, ...begun.next_actions]);
    const servers = (await call("GET", "/servers")).servers;
    expect(servers.map((it: Json) => [it.name, it.status])).toEqual([
      ["kept", "running"],
      ["begun", "running"],
    ]);
    expect(servers[0].public_net).toEqual(kept.public_net);
    expect(await machines()).toHaveLength(2);
  });

  it("stop and start with the lab", async () => {
    const server = await order("sleeper", { labels: { role: "core" } });
    const address = server.public_net.ipv4.ip;
    await reachable(address, "echo kept > /root/file");
    // The hosts reach it, too.
    expect(await ssh(address, `curl --silent --max-time 20 ${lab.s3?.endpoint}/health`)).not.toBe("");
    await stopLab();
    const stopped = await labStatus();
    expect(stopped).toMatchObject({ running: false, api: null, s3: { running: false } });
    expect(stopped.hosts).toMatchObject([{ name: "sleeper", address, state: "stopped" }]);
    expect(await docker(["ps", "--quiet", "--filter", `label=quayside.lab=${NAME}`])).toBe("");
    const started = await startLab(() => {}, { registry: false });
    expect(started.api).toEqual(api);
    // Once asked for, the S3 server comes back, at its place.
    expect(lab.s3).toMatchObject({ endpoint: expect.stringMatching(/^http:\/\/10\.210\.0\.1:\d+$/), running: true });
    expect(started.s3).toEqual(lab.s3);
    await until("host runs", async () => (await labStatus()).hosts[0]?.state === "running");
    expect(started.hosts).toMatchObject([{ name: "sleeper", address, user: "root", labels: { role: "core" } }]);
    expect(await reachable(address, "cat /root/file")).toBe("kept");
  });
});

describe("the official Pulumi plugin", () => {
  const program = (tier: string) => `
    import * as hcloud from "@pulumi/hcloud";
    const number = (id) => id.apply(Number);
    const key = new hcloud.SshKey("key", { publicKey: ${JSON.stringify(readFileSync(`${apiFiles(folder).deployKey}.pub`, "utf8").trim())} });
    const ip = new hcloud.PrimaryIp("ip", { type: "ipv4", assigneeType: "server", location: "fsn1", autoDelete: false });
    const network = new hcloud.Network("network", { ipRange: "10.77.0.0/16" });
    const subnet = new hcloud.NetworkSubnet("subnet", {
      networkId: number(network.id), type: "cloud", networkZone: "eu-central", ipRange: "10.77.1.0/24",
    });
    const anywhere = ["0.0.0.0/0", "::/0"];
    const firewall = new hcloud.Firewall("firewall", { rules: [
      { direction: "in", protocol: "tcp", port: "22", sourceIps: anywhere, description: "ssh" },
      { direction: "in", protocol: "icmp", sourceIps: anywhere },
    ] });
    const group = new hcloud.PlacementGroup("group", { type: "spread" });
    const volume = new hcloud.Volume("volume", { size: 10, location: "fsn1", format: "ext4" });
    const server = new hcloud.Server("server", {
      name: "plugin", serverType: "cx23", image: "debian-13", location: "fsn1", sshKeys: [key.id],
      userData: "#cloud-config\\n", firewallIds: [number(firewall.id)], placementGroupId: number(group.id),
      labels: { tier: "${tier}" }, publicNets: [{ ipv4Enabled: true, ipv4: number(ip.id), ipv6Enabled: true }],
    });
    new hcloud.ServerNetwork("member", { serverId: number(server.id), subnetId: subnet.id });
    new hcloud.VolumeAttachment("attachment", { serverId: number(server.id), volumeId: number(volume.id), automount: true });
    new hcloud.Rdns("name", { serverId: number(server.id), ipAddress: server.ipv4Address, dnsPtr: "web.example.org" });
    export const address = server.ipv4Address;
  `;

  it("creates, leaves alone, refreshes, updates and destroys", async () => {
    const project = await Project.create({ env: { HCLOUD_TOKEN: api.token, HCLOUD_ENDPOINT: api.endpoint } });
    try {
      await project.program(program("test"));
      const up = await project.up();
      expect(up.steps.map((step) => step.op)).toEqual(Array(11).fill("create"));
      const [server] = (await call("GET", "/servers")).servers;
      expect(server).toMatchObject({ name: "plugin", status: "running", labels: { tier: "test" } });
      expect(server.private_net[0].ip).toBe("10.77.1.1");
      await reachable(server.public_net.ipv4.ip);

      expect((await project.up({ args: ["--expect-no-changes"] })).steps).toEqual([]);
      await project.refresh({ args: ["--expect-no-changes"] });

      await project.program(program("prod"));
      const update = await project.up();
      expect(update.steps.map(({ op, name, diff }) => [op, name, Object.keys(diff)])).toEqual([
        ["update", "server", ["labels.tier"]],
      ]);
      expect((await call("GET", `/servers/${server.id}`)).server.labels).toEqual({ tier: "prod" });

      await project.destroy();
      for (const collection of [
        "servers",
        "volumes",
        "networks",
        "firewalls",
        "primary_ips",
        "ssh_keys",
        "placement_groups",
      ]) {
        expect((await call("GET", `/${collection}`))[collection]).toEqual([]);
      }
      expect(await machines()).toEqual([]);
    } finally {
      await project.remove();
    }
  });

  it("waits out a budget that is used up", async () => {
    const project = await Project.create({ env: { HCLOUD_TOKEN: api.token, HCLOUD_ENDPOINT: api.endpoint } });
    try {
      await project.program(
        'import * as hcloud from "@pulumi/hcloud"; new hcloud.PlacementGroup("g", { type: "spread" });',
      );
      await call("PUT", "/_lab/rate-limit", { remaining: 0 });
      expect((await project.up()).steps.map((step) => step.op)).toEqual(["create"]);
      await project.destroy();
    } finally {
      await call("PUT", "/_lab/rate-limit", { remaining: 3600 });
      await project.remove();
    }
  });

  it("passes on that a server type is sold out", async () => {
    const project = await Project.create({ env: { HCLOUD_TOKEN: api.token, HCLOUD_ENDPOINT: api.endpoint } });
    try {
      await call("POST", "/_lab/faults", { kind: "unavailable", serverType: "cx23", location: "fsn1" });
      const server = '{ name: "s", serverType: "cx23", image: "debian-13", location: "fsn1" }';
      await project.program(`import * as hcloud from "@pulumi/hcloud"; new hcloud.Server("s", ${server});`);
      const run = await project.up({ mayFail: true });
      expect(run.code).not.toBe(0);
      expect(run.output).toContain("resource_unavailable");
      expect((await call("GET", "/servers")).servers).toEqual([]);
    } finally {
      await call("DELETE", "/_lab/faults");
      await project.remove();
    }
  });
});
