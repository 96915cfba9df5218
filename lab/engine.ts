import { access } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { logTail, startInBackground } from "./background.ts";
import { type RunOptions, run } from "./command.ts";
import { raiseInotifyLimit } from "./kernel-limits.ts";
import { labRoot } from "./places.ts";

/** One line about what is being done, for people who wait. */
export type Progress = (line: string) => void;

/** Runs the docker client; returns its standard output without the last line break. */
export async function docker(args: readonly string[], options?: RunOptions): Promise<string> {
  return (await run("docker", args, options)).trimEnd();
}

/** Whether a Docker engine answers on the client's default socket. */
export async function engineAnswers(): Promise<boolean> {
  try {
    await docker(["version", "--format", "{{.Server.Version}}"]);
    return true;
  } catch {
    return false;
  }
}

async function waitForEngine(seconds: number): Promise<boolean> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    if (await engineAnswers()) return true;
    await sleep(200);
  }
  return false;
}

/**
 * Arguments for a dockerd of the lab's own. Its bridges stay inside 192.168.0.0/16, away from the lab's public network
 * (10.210.0.0/16), the private networks of emulated clouds (10.0.0.0/8) and what services use inside hosts
 * (172.16.0.0/12).
 */
export function engineArguments(): string[] {
  return ["--bip", "192.168.127.1/24", "--default-address-pool", "base=192.168.128.0/17,size=24"];
}

/**
 * Makes sure that a Docker engine answers: the one that runs, else systemd's `docker` service, else a `dockerd` started
 * here, detached, with its pid and log under the lab's state root.
 *
 * @throws Error with the end of dockerd's log when it does not come up.
 */
export async function ensureEngine(progress: Progress = () => {}): Promise<void> {
  await raiseInotifyLimit();
  if (await engineAnswers()) return;
  const systemd = await access("/run/systemd/system").then(
    () => true,
    () => false,
  );
  if (systemd) {
    progress("Starting the Docker service");
    await run("systemctl", ["start", "docker"]);
    if (await waitForEngine(30)) return;
    throw new Error("Docker was started by systemd and does not answer; see: journalctl --unit docker");
  }
  progress("Starting a Docker engine");
  const folder = join(labRoot(), "engine");
  const logFile = join(folder, "dockerd.log");
  await startInBackground({
    program: "dockerd",
    args: engineArguments(),
    pidFile: join(folder, "dockerd.pid"),
    logFile,
  });
  if (await waitForEngine(60)) return;
  throw new Error(`The Docker engine did not come up; the end of ${logFile}:\n${await logTail(logFile)}`);
}
