import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that outlives the command that started it. */
export interface BackgroundProgram {
  program: string;
  args: string[];
  env?: Record<string, string>;
  pidFile: string;
  logFile: string;
}

async function commandOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}

/**
 * The process id in `pidFile` if that process still is `program`; pid files outlive reboots and ids are used again.
 */
export async function runningPid(pidFile: string, program: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const command = (await commandOf(pid)).split("\0")[0] ?? "";
  return command.split("/").at(-1) === program.split("/").at(-1) ? pid : undefined;
}

/** Starts the program unless it runs already; returns its process id. */
export async function startInBackground(what: BackgroundProgram): Promise<number> {
  const running = await runningPid(what.pidFile, what.program);
  if (running !== undefined) return running;
  await mkdir(dirname(what.pidFile), { recursive: true });
  await mkdir(dirname(what.logFile), { recursive: true });
  const log = await open(what.logFile, "a");
  try {
    const child = spawn(what.program, what.args, {
      cwd: "/",
      detached: true,
      env: { ...process.env, ...what.env },
      stdio: ["ignore", log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", () => reject(new Error(`${what.program} is not installed on this machine`)));
    });
    child.unref();
    const pid = child.pid as number;
    await writeFile(what.pidFile, `${pid}\n`);
    return pid;
  } finally {
    await log.close();
  }
}

/** Ends the program (SIGTERM, after `graceMs` SIGKILL) and removes its pid file. Does nothing when it does not run. */
export async function stopBackground(pidFile: string, program: string, graceMs = 10_000): Promise<void> {
  const pid = await runningPid(pidFile, program);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    const until = Date.now() + graceMs;
    while ((await commandOf(pid)) !== "" && Date.now() < until) await sleep(50);
    if ((await commandOf(pid)) !== "") process.kill(pid, "SIGKILL");
  }
  await rm(pidFile, { force: true });
}

/** The last lines of a log, for an error message. */
export async function logTail(logFile: string, count = 10): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
