import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { logTail, startInBackground, stopBackground } from "../background.ts";
import { run } from "../command.ts";
import { ensurePublicNetwork, publicGateway, publicNetwork } from "../hosts/public-network.ts";
import { withLock } from "../lock.ts";
import { cacheRoot, labRoot } from "../places.ts";
import { registryConfig } from "./config.ts";

const port = 5000;

/** Host and port of the registry, from this machine and from every lab host. */
export const registryAddress = `${publicGateway}:${port}`;
/** What lab hosts name in `registry-mirrors` of their `daemon.json`. */
export const registryMirror = `http://${registryAddress}`;

const program = "docker-registry";

/** The labs of a machine share one registry, whichever of them started it. */
function serviceFolder(): string {
  return join(cacheRoot(), "lab", "registry-service");
}

function pidFile(): string {
  return join(serviceFolder(), "registry.pid");
}

/** A file per lab that needs the registry, with the lab's folder in it. */
function usersFolder(): string {
  return join(serviceFolder(), "users");
}

/** Whether a lab needs the registry; one whose folder is gone does not. */
async function isUsed(): Promise<boolean> {
  for (const name of await readdir(usersFolder()).catch(() => [])) {
    if (existsSync(await readFile(join(usersFolder(), name), "utf8"))) return true;
  }
  return false;
}

function locked(work: () => Promise<void>): Promise<void> {
  return withLock(join(serviceFolder(), "lock"), work);
}

/** The packet filter's opening for lab hosts; a machine with UFW drops what its bridges send otherwise. */
function opening(): string[] {
  return ["INPUT", "-i", publicNetwork, "-d", publicGateway, "-p", "tcp", "--dport", String(port), "-j", "ACCEPT"];
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch(`${registryMirror}/v2/`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/**
 * Starts the lab's container registry on {@link registryAddress} unless it runs, detached; images stay in the cache.
 *
 * @throws Error with the end of its log when it does not answer within 15 s.
 */
export async function startRegistry(labName = "lab"): Promise<void> {
  await ensurePublicNetwork(labName);
  await locked(async () => {
    await mkdir(usersFolder(), { recursive: true });
    await writeFile(join(usersFolder(), labName), labRoot());
    await serve();
  });
}

async function serve(): Promise<void> {
  const folder = serviceFolder();
  const images = join(cacheRoot(), "lab", "registry");
  await mkdir(images, { recursive: true });
  await run("iptables", ["-w", "-C", ...opening()]).catch(() => run("iptables", ["-w", "-I", ...opening()]));
  if (await answers()) return;
  const config = join(folder, "config.yml");
  const logFile = join(folder, "registry.log");
  await writeFile(config, registryConfig(registryAddress, images));
  await startInBackground({ program, args: ["serve", config], pidFile: pidFile(), logFile });
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    if (await answers()) return;
    await sleep(50);
  }
  throw new Error(`The lab's registry does not answer at ${registryMirror}; its log ends:\n${await logTail(logFile)}`);
}

/** A lab needs the registry no more: stops it unless another one does; its images stay in the cache. */
export async function stopRegistry(labName: string): Promise<void> {
  await locked(async () => {
    await rm(join(usersFolder(), labName), { force: true });
    if (await isUsed()) return;
    await stopBackground(pidFile(), program);
    await run("iptables", ["-w", "-D", ...opening()]).catch(() => "");
  });
}

/** The digest that the registry serves for `path` (`library/postgres:18.4`), if it has it. */
export async function servedDigest(path: string): Promise<string | undefined> {
  const [repository, tag] = splitReference(path);
  const types = ["manifest.v2", "manifest.list.v2"].map((type) => `application/vnd.docker.distribution.${type}+json`);
  const oci = ["manifest", "index"].map((type) => `application/vnd.oci.image.${type}.v1+json`);
  const response = await fetch(`${registryMirror}/v2/${repository}/manifests/${tag}`, {
    method: "HEAD",
    headers: { accept: [...types, ...oci].join(", ") },
  });
  return response.ok ? (response.headers.get("docker-content-digest") ?? undefined) : undefined;
}

function splitReference(reference: string): [repository: string, tag: string] {
  const colon = reference.lastIndexOf(":");
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}
