import { randomBytes, randomInt } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../lab/command.ts";
import { docker, ensureEngine } from "../../lab/engine.ts";
import { createDriver } from "../../lab/hosts/docker-driver.ts";
import type { FirewallRule, ServerDriver, ServerSpec } from "../../lab/hosts/driver.ts";
import { ensureHostImage } from "../../lab/hosts/host-image.ts";
import { watchReboots } from "../../lab/hosts/reboots.ts";
import { removeEverything } from "../../lab/hosts/reset.ts";

// Several runs may share a machine: each has its own name and its own part of the address ranges.
const lab = `hosts-test-${randomBytes(3).toString("hex")}`;
const octet = randomInt(211, 255);
const alpha = `10.210.${octet}.11`;
const beta = `10.210.${octet}.12`;
const inside = `10.${octet}`;

let folder: string;
let driver: ServerDriver;
let publicKey: string;
let hostKey: { private: string; public: string };

async function until<T>(what: string, seconds: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const result = await attempt();
      if (result !== undefined) return result;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new Error(`${what}: not within ${seconds} s`, { cause: last });
}

/** A command over SSH, with the host key checked against the one that user data gave. */
function ssh(address: string, command: string): Promise<string> {
  const options = ["BatchMode=yes", "ConnectTimeout=2", "StrictHostKeyChecking=yes"];
  const known = `UserKnownHostsFile=${join(folder, "known_hosts")}`;
  const args = [...options, known].flatMap((option) => ["-o", option]);
  return run("ssh", ["-i", join(folder, "key"), ...args, `root@${address}`, command]).then((text) => text.trim());
}

const booted = (address: string): Promise<string> =>
  until(`${address} boots`, 60, () => ssh(address, "cloud-init status --wait >/dev/null; hostname"));

/** Whether a TCP connection to the port opens, from this machine. */
async function opens(address: string, port: number): Promise<boolean> {
  return run("timeout", ["1", "bash", "-c", `exec 3<>/dev/tcp/${address}/${port}`]).then(
    () => true,
    () => false,
  );
}

function spec(id: number, name: string, ipv4: string | undefined, more: Partial<ServerSpec> = {}): ServerSpec {
  const base = { image: "debian-13", cores: 2, memoryGb: 2, sshKeys: [publicKey], networks: [], volumes: [] };
  return { ...base, id, name, ...(ipv4 === undefined ? {} : { ipv4 }), ...more };
}

function hostKeyUserData(): string {
  const indent = hostKey.private.trimEnd().replaceAll("\n", "\n    ");
  return `#cloud-config
ssh_keys:
  ed25519_private: |
    ${indent}
  ed25519_public: ${hostKey.public}
write_files:
  - { path: /etc/marker, content: from user data }
runcmd:
  - [sh, -c, "echo $(hostname) >/root/ran"]
`;
}

const allow = (protocol: FirewallRule["protocol"], port: string, sourceIps: string[]): FirewallRule => ({
  direction: "in",
  protocol,
  port,
  sourceIps,
  destinationIps: [],
});

beforeAll(async () => {
  await ensureEngine();
  await ensureHostImage();
  folder = await mkdtemp(join(tmpdir(), "quayside-hosts-"));
  for (const name of ["key", "host"]) {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", join(folder, name)]);
  }
  publicKey = (await readFile(join(folder, "key.pub"), "utf8")).trim();
  const hostPublic = (await readFile(join(folder, "host.pub"), "utf8")).trim();
  hostKey = { private: await readFile(join(folder, "host"), "utf8"), public: hostPublic };
  await run("sh", ["-c", `for a in ${alpha} ${beta}; do echo "$a ${hostPublic}"; done >"${folder}/known_hosts"`]);
  await removeEverything(lab, folder);
  driver = createDriver(lab, folder);
  await driver.createNetwork(1, `${inside}.0.0/16`);
  await driver.createVolume(5, 10, "ext4");
  const networks = (ip: string) => [{ id: 1, ip }];
  const userData = hostKeyUserData();
  await Promise.all([
    driver.create(
      spec(1, "alpha", alpha, { userData, networks: networks(`${inside}.1.1`), volumes: [{ id: 5, automount: true }] }),
    ),
    driver.create(spec(2, "beta", beta, { userData, networks: networks(`${inside}.1.2`) })),
    driver.create(spec(3, "gamma", undefined, { networks: networks(`${inside}.1.3`) })),
  ]);
});

afterAll(async () => {
  await removeEverything(lab, folder);
  await rm(folder, { recursive: true, force: true });
});

describe("a server", () => {
  test("boots with its user data, host name and the host key it was given", async () => {
    expect(await booted(alpha)).toBe("alpha");
    expect(await ssh(alpha, "cat /etc/marker /root/ran")).toBe("from user dataalpha");
    expect(await ssh(alpha, "systemctl is-system-running --wait")).toBe("running");
  });

  test("runs its own Docker with compose", async () => {
    expect(await ssh(alpha, "docker info --format '{{.Driver}}' && docker compose version --short")).toMatch(
      /^overlay2\n2\./,
    );
  });

  test("that reboots itself comes back with its disk", async () => {
    const errors: Error[] = [];
    const stop = watchReboots(lab, (error) => errors.push(error));
    try {
      const before = await ssh(alpha, "touch /root/kept; cat /proc/1/stat | cut -d' ' -f22");
      await ssh(alpha, "reboot").catch(() => "");
      const started = () => ssh(alpha, "cat /proc/1/stat | cut -d' ' -f22");
      await until("alpha reboots", 60, async () => ((await started()) === before ? undefined : true));
      expect(await ssh(alpha, "ls /root/kept")).toBe("/root/kept");
      expect(errors).toEqual([]);
    } finally {
      stop();
    }
  });

  test("is off after a stop and runs after a start", async () => {
    await driver.stop(2, true);
    expect(await driver.status(2)).toBe("off");
    await driver.start(2);
    expect(await booted(beta)).toBe("beta");
  });

  test("cannot be made from an image that the lab does not have", async () => {
    await expect(driver.create(spec(9, "other", `10.210.${octet}.19`, { image: "windows" }))).rejects.toThrow(
      /"windows" does not boot in the lab.*debian-13/,
    );
    expect(await driver.status(9)).toBe("missing");
  });
});

describe("a private network", () => {
  test("connects its members, and leads nowhere else", async () => {
    await ssh(alpha, `ping -c 1 -W 2 ${inside}.1.2`);
    await ssh(alpha, `ping -c 1 -W 2 ${inside}.1.3`);
    const gamma = (command: string) => docker(["exec", `quayside-${lab}-3`, "sh", "-c", command]);
    await gamma(`ping -c 1 -W 2 ${inside}.1.1`);
    await expect(gamma(`ping -c 1 -W 1 ${alpha}`)).rejects.toThrow();
  });

  test("can be left and joined while the server runs", async () => {
    await driver.detachNetwork(2, 1);
    await expect(ssh(alpha, `ping -c 1 -W 1 ${inside}.1.2`)).rejects.toThrow();
    await driver.attachNetwork(2, 1, `${inside}.1.22`);
    await ssh(alpha, `ping -c 1 -W 2 ${inside}.1.22`);
  });
});

describe("a volume", () => {
  test("is mounted where the cloud mounts it, and again after a reboot", async () => {
    await booted(alpha);
    await ssh(alpha, "mountpoint /mnt/HC_Volume_5 && echo data >/mnt/HC_Volume_5/file");
    await driver.reboot(1);
    await booted(alpha);
    expect(await ssh(alpha, "cat /mnt/HC_Volume_5/file")).toBe("data");
  });

  test("moves to another server with its data", async () => {
    await driver.detachVolume(1, 5);
    await expect(ssh(alpha, "mountpoint -q /mnt/HC_Volume_5")).rejects.toThrow();
    const device = await driver.attachVolume(2, 5, false);
    expect(device).toBe("/dev/disk/by-id/scsi-0HC_Volume_5");
    expect(await ssh(beta, `mkdir -p /data && mount ${device} /data && cat /data/file`)).toBe("data");
  });
});

describe("the cloud firewall", () => {
  const listen = "systemd-run --quiet --unit=listen --collect sh -c 'while :; do echo hi | nc -l -N -p 8080; done'";

  test("denies what no rule allows, and keeps answers to what the host asked for", async () => {
    await ssh(alpha, listen);
    await until("the port answers without a firewall", 10, async () => (await opens(alpha, 8080)) || undefined);
    await driver.applyFirewall(1, [allow("tcp", "22", ["0.0.0.0/0", "::/0"])]);
    expect(await opens(alpha, 8080)).toBe(false);
    expect(await ssh(alpha, "echo reachable")).toBe("reachable");
    expect(await ssh(alpha, `timeout 2 bash -c 'exec 3<>/dev/tcp/${beta}/22; head -c 3 <&3'`)).toBe("SSH");
  });

  test("does not guard private networks", async () => {
    expect(await ssh(beta, `timeout 2 bash -c 'exec 3<>/dev/tcp/${inside}.1.1/22; head -c 3 <&3'`)).toBe("SSH");
  });

  test("tells sources apart", async () => {
    await driver.applyFirewall(1, [allow("tcp", "22", ["10.210.0.1/32"]), allow("tcp", "8080", [`${beta}/32`])]);
    expect(await opens(alpha, 8080)).toBe(false);
    await until("beta reaches the port", 5, () => ssh(beta, `timeout 1 bash -c 'exec 3<>/dev/tcp/${alpha}/8080'`));
    await expect(ssh(beta, `timeout 1 bash -c 'exec 3<>/dev/tcp/${alpha}/22'`)).rejects.toThrow();
  });

  test("stands again after a reboot, and goes when it is removed", async () => {
    await driver.applyFirewall(1, [allow("tcp", "22", ["10.210.0.1/32"])]);
    await driver.reboot(1);
    await booted(alpha);
    await ssh(alpha, listen);
    expect(await opens(alpha, 8080)).toBe(false);
    await driver.applyFirewall(1, null);
    await until("the port answers again", 5, async () => (await opens(alpha, 8080)) || undefined);
  });

  test("limits what goes out once there is an outbound rule", async () => {
    const out: FirewallRule = { direction: "out", protocol: "tcp", port: "80", sourceIps: [], destinationIps: [] };
    await driver.applyFirewall(1, [allow("tcp", "22", []), out]);
    await expect(ssh(alpha, `timeout 1 bash -c 'exec 3<>/dev/tcp/${beta}/22'`)).rejects.toThrow();
    await driver.applyFirewall(1, null);
  });
});

test("a rebuilt server has a fresh disk and its firewall", async () => {
  await driver.applyFirewall(2, [allow("tcp", "22", [])]);
  await ssh(beta, "touch /root/old");
  await driver.rebuild(spec(2, "beta", beta, { userData: hostKeyUserData(), volumes: [{ id: 5, automount: true }] }));
  await booted(beta);
  expect(await ssh(beta, "ls /root; cat /mnt/HC_Volume_5/file")).toBe("ran\ndata");
  expect(await ssh(beta, "nft list table inet quayside_cloud")).toContain("tcp dport 22");
});

test("destroying servers, networks and volumes leaves nothing behind", async () => {
  const anonymous = await docker(["inspect", "--format", "{{range .Mounts}}{{.Name}} {{end}}", `quayside-${lab}-1`]);
  for (const id of [1, 2, 3]) await driver.destroy(id);
  expect(await driver.status(1)).toBe("missing");
  await driver.destroyVolume(5);
  expect(await run("losetup", ["--all"])).not.toContain(folder);
  await driver.destroyNetwork(1);
  const ours = ["--filter", `label=quayside.lab=${lab}`];
  expect(await docker(["ps", "--all", "--quiet", ...ours])).toBe("");
  const networks = (await docker(["network", "ls", ...ours, "--format", "{{.Name}}"])).split("\n");
  expect(networks.filter((name) => name !== "quayside-lab" && name !== "")).toEqual([]);
  const volumes = (await docker(["volume", "ls", "--quiet"])).split("\n");
  expect(volumes.filter((name) => anonymous.split(" ").includes(name) && name !== "")).toEqual([]);
  expect(await readdir(join(folder, "servers"))).toEqual([]);
  expect(await readdir(join(folder, "volumes"))).toEqual([]);
});
