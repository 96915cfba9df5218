import { type ChildProcess, spawn } from "node:child_process";
import { UserError } from "./errors.ts";

const running = new Set<ChildProcess>();
const interrupted = new AbortController();

/** Aborted when the person interrupts; long work that is not a child process listens to it. */
export const interruption: AbortSignal = interrupted.signal;

/**
 * Makes an interrupt end what runs before it ends this process: Pulumi, told once, finishes the step it is at and saves
 * its state. A second interrupt ends it at once.
 */
export function handleInterrupts(): void {
  let count = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      count++;
      interrupted.abort();
      endEarlyBuild();
      // A terminal sends its interrupt to the whole group, so children have it already; other signals reach only us.
      if (signal !== "SIGINT" || !process.stdin.isTTY) for (const child of running) child.kill("SIGINT");
      if (count > 1) for (const child of running) child.kill("SIGKILL");
      if (running.size === 0 || count > 2) process.exit(130);
    });
  }
}

/** The build of the engine that `quay` started before there was TypeScript; a group of its own. */
function endEarlyBuild(): void {
  const group = Number(process.env["QUAYSIDE_BUILD_GROUP"]);
  if (!Number.isInteger(group) || group <= 1) return;
  try {
    process.kill(-group, "SIGTERM");
  } catch {
    // Finished long ago.
  }
}

export interface ChildOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** `inherit` shows the output; `capture` returns it. @default "inherit" */
  output?: "inherit" | "capture";
  /** Told how to interrupt it. */
  onStart?: (interrupt: () => void) => void;
}

export interface ChildResult {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @throws UserError when it cannot be started, or when the person interrupted.
 */
export async function runChild(
  program: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult> {
  const capture = options.output === "capture";
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: capture ? ["ignore", "pipe", "pipe"] : "inherit",
  });
  running.add(child);
  options.onStart?.(() => child.kill("SIGINT"));
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", (error) => reject(new UserError(`${program} could not be started: ${error.message}`)));
      child.on("close", (code) => resolve(code ?? 130));
    });
    if (interruption.aborted) throw new UserError("interrupted");
    return { code, stdout: Buffer.concat(stdout).toString("utf8"), stderr: Buffer.concat(stderr).toString("utf8") };
  } finally {
    running.delete(child);
  }
}
