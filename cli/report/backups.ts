/** How old the newest backups are, as far as somebody knows. */
import { fetchWhole } from "../../provider/fetch-whole.ts";
import { type Answer, askHosts, connectionsOf } from "../hosts.ts";
import { hostOf, indexed } from "../plan-model/ownership.ts";
import type { Resource } from "../plan-model/resource.ts";

export interface Backup {
  /** What is backed up: a server, the mesh. */
  of: string;
  /** The host that it is of. */
  host: string;
  kind: string;
  /** When the newest was made; undefined where there is none yet, or nobody could say: `note` tells which. */
  newest?: string;
  note?: string;
}

/** What the lookups need; without it, that there are such backups is all that is known. */
export interface BackupAccess {
  hetzner?: { endpoint: string; token: string };
  /** Private key for the hosts. */
  keyFile?: string;
}

/**
 * The backups that a stack declares, and how old the newest of each is.
 *
 * @param access - Undefined when nothing is to be asked.
 */
export async function findBackups(resources: readonly Resource[], access?: BackupAccess): Promise<Backup[]> {
  const found = await Promise.all([hetznerBackups(resources, access), meshBackups(resources, access)]);
  return found.flat();
}

/** Those of the hosts that none of the backups is of, in their order. */
export function hostsWithout(backups: readonly Backup[], hosts: readonly { name: string }[]): string[] {
  const backedUp = new Set(backups.map(({ host }) => host));
  return hosts.map(({ name }) => name).filter((name) => !backedUp.has(name));
}

interface Image {
  created: string;
  created_from: { id: number; name: string } | null;
}

/** The backups that Hetzner makes of servers with `backups: true`. */
async function hetznerBackups(resources: readonly Resource[], access?: BackupAccess): Promise<Backup[]> {
  const servers = resources.filter(
    ({ type, inputs }) => type === "hcloud:index/server:Server" && inputs["backups"] === true,
  );
  if (servers.length === 0) return [];
  const images = access?.hetzner ? await backupImages(access.hetzner) : "not looked up: there is no token";
  const all = indexed(resources);
  return servers.map((server): Backup => {
    const { name, inputs } = server;
    const backup = { of: name, host: hostOf(server, all) ?? name, kind: "Hetzner's daily backup of the server" };
    if (typeof images === "string") return { ...backup, note: images };
    const own = images.filter(({ created_from: from }) => from?.name === inputs["name"]);
    return withNewest(
      backup,
      own.map(({ created }) => Date.parse(created)),
    );
  });
}

const withNewest = (backup: Backup, moments: readonly number[]): Backup =>
  moments.length === 0
    ? { ...backup, note: "none yet" }
    : { ...backup, newest: new Date(Math.max(...moments)).toISOString() };

/** @returns why not, where the API does not say. */
async function backupImages({ endpoint, token }: { endpoint: string; token: string }): Promise<Image[] | string> {
  const images: Image[] = [];
  for (let page: number | null = 1; page !== null; ) {
    const url = `${endpoint}/images?type=backup&per_page=50&page=${page}`;
    const options = { headers: { Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) };
    const answer: Response | Error = await fetchWhole(url, options).catch((error: Error) => error);
    if (answer instanceof Error) return `not looked up: ${endpoint} does not answer`;
    if (!answer.ok) return `not looked up: ${endpoint}/images answers ${answer.status}`;
    const found = (await answer.json()) as { images: Image[]; meta?: { pagination?: { next_page: number | null } } };
    images.push(...found.images);
    page = found.meta?.pagination?.next_page ?? null;
  }
  return images;
}

const MESH_FOLDER = "/var/backups/headscale";
/** When the newest was made, in seconds since 1970; nothing where there is none. */
const NEWEST = `find ${MESH_FOLDER} -name 'headscale-*.tar.gz' -printf '%T@\\n' 2>/dev/null | sort -n | tail -n 1`;

/** The copies of the mesh's database that its hub makes of it. */
async function meshBackups(resources: readonly Resource[], access?: BackupAccess): Promise<Backup[]> {
  const timers = resources.filter(
    ({ type, inputs }) => type === "quayside:host:SystemdUnit" && inputs["unit"] === "headscale-backup.timer",
  );
  if (timers.length === 0) return [];
  const kind = `copy of the mesh's database, in ${MESH_FOLDER}`;
  const all = indexed(resources);
  const names = [...new Set(timers.flatMap((timer) => hostOf(timer, all) ?? []))].sort();
  if (!access) return names.map((name) => ({ of: name, host: name, kind, note: "not looked up" }));
  const answers = await askHosts(connectionsOf(timers), NEWEST, access.keyFile);
  return names.map((name): Backup => {
    const answer = answers.find(({ host }) => host.name === name);
    return answer
      ? fromAnswer(answer, kind)
      : { of: name, host: name, kind, note: "not looked up: its address is not known yet" };
  });
}

function fromAnswer(answer: Answer, kind: string): Backup {
  const { name } = answer.host;
  const backup = { of: name, host: name, kind };
  if ("error" in answer) return { ...backup, note: `not looked up: ${answer.error}` };
  const seconds = Number.parseFloat(answer.result.stdout);
  return withNewest(backup, Number.isNaN(seconds) ? [] : [seconds * 1000]);
}
