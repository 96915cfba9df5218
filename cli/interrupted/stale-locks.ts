import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { project } from "../backend.ts";

/** What the engine writes into the lock of a stack in a folder backend. */
interface Lock {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/** The machine that a lock is judged on. */
export interface Machine {
  hostname: string;
  /** When a process of this id began, in milliseconds since 1970; undefined when there is none. */
  startOf(pid: number): number | undefined;
}

/** Clocks of the file and of the process table differ by less. */
const TOLERANCE_MS = 2000;

/** Whether who locked is gone for certain: a process of this machine that has ended, or whose id another one has now. */
export function isStale(lock: Lock, machine: Machine): boolean {
  if (lock.hostname !== machine.hostname) return false;
  const start = machine.startOf(lock.pid);
  return start === undefined || start > Date.parse(lock.timestamp) + TOLERANCE_MS;
}

/**
 * Removes the locks that killed engines left on a stack. Locks of running engines, and of other machines, stay: the
 * engine itself says who holds them.
 *
 * @param folder - The backend.
 * @returns Who had left them, for people.
 */
export function removeStaleLocks(folder: string, stack: string, machine: Machine = thisMachine): string[] {
  const locks = join(folder, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(locks)) return [];
  const holders: string[] = [];
  for (const name of readdirSync(locks).filter((entry) => entry.endsWith(".json"))) {
    const lock = read(join(locks, name));
    if (!lock || !isStale(lock, machine)) continue;
    holders.push(`process ${lock.pid} of ${lock.username}, ${lock.timestamp}`);
    for (const file of [name, `${name}.attrs`]) rmSync(join(locks, file), { force: true });
  }
  return holders;
}

function read(file: string): Lock | undefined {
  try {
    const lock = JSON.parse(readFileSync(file, "utf8")) as Partial<Lock>;
    return typeof lock.pid === "number" && typeof lock.hostname === "string" ? (lock as Lock) : undefined;
  } catch {
    return undefined;
  }
}

export const thisMachine: Machine = {
  hostname: hostname(),
  startOf: (pid) => {
    try {
      // Field 22, counted behind the name, which may hold anything: ticks since boot, of which there are 100 a second.
      const ticks = Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19]);
      const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
      return boot * 1000 + ticks * 10;
    } catch {
      return undefined;
    }
  },
};
