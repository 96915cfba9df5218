/** The private folders of runs: they hold keys in the clear, so that what a killed run left is removed by the next. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isStale, type Machine, thisMachine } from "./stale-locks.ts";

const PREFIX = "quayside-run";
const PATTERN = new RegExp(`^${PREFIX}-(\\d+)-(.+)-[^-]{6}$`);

/** Makes a folder that only this user may look into, named after this process. */
export function makeScratch(folder = tmpdir()): string {
  return mkdtempSync(join(folder, `${PREFIX}-${process.pid}-${hostname()}-`));
}

/** Removes the folders of processes of this machine that have ended without doing so themselves. */
export function removeAbandoned(folder = tmpdir(), machine: Machine = thisMachine): void {
  for (const name of readdirSync(folder)) {
    const [, pid, host] = PATTERN.exec(name) ?? [];
    if (pid === undefined || host === undefined) continue;
    const path = join(folder, name);
    try {
      // Another user's folder is that user's to remove: what lies in a shared place may be a trap.
      const { uid, mtime } = statSync(path);
      if (uid !== process.getuid?.()) continue;
      // Its owner wrote into it last, so a process of that id which began later is another one.
      const owner = { pid: Number(pid), username: "", hostname: host, timestamp: mtime.toISOString() };
      if (isStale(owner, machine) && !isInUse(path)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Its process removed it in between.
    }
  }
}

/** An engine outlives the command that started it, and reads its keys from there. */
function isInUse(path: string): boolean {
  return readdirSync("/proc").some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/environ`, "utf8").includes(path);
    } catch {
      // It ended, or belongs to someone else, as then does not this folder.
      return false;
    }
  });
}
