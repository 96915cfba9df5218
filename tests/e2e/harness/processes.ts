import { execFile } from "node:child_process";
import { promisify } from "node:util";

const runFile = promisify(execFile);

/** Runs a program on this machine. @returns its standard output */
export async function execute(program: string, args: string[]): Promise<string> {
  return (await runFile(program, args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** The processes of this machine that descend from `root`, itself included. */
export async function processesBelow(root: number): Promise<{ pid: number; command: string }[]> {
  const all = (await execute("ps", ["-eo", "pid=,ppid=,args="])).split("\n").flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid ? [{ pid: Number(pid), parent: Number(parent), command }] : [];
  });
  const below = new Set([root]);
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter(({ pid }) => below.has(pid));
}
