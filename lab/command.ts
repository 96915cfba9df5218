import { spawn } from "node:child_process";

/** A command that ended with another code than 0. */
export class CommandError extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(command: string, code: number | null, stderr: string) {
    super(`${command} failed (${code === null ? "killed" : `exit code ${code}`}): ${stderr.trim() || "no message"}`);
    this.name = "CommandError";
    this.code = code;
    this.stderr = stderr;
  }
}

export interface RunOptions {
  /** Text for standard input. Secrets go this way, never as an argument. */
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Called with each line of standard output and standard error as it comes. */
  onLine?: (line: string) => void;
}

/**
 * Runs a program to its end and returns its standard output.
 *
 * @throws CommandError with the end of standard error; only the program and its first argument are named.
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    let stderr = "";
    const report = lines(options.onLine);
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout.push(chunk);
      report(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-4000);
      report(chunk);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new Error(`${program} is not installed on this machine`) : error);
    });
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(stdout).toString("utf8"));
      else reject(new CommandError(`${program} ${args[0] ?? ""}`.trim(), code, stderr));
    });
    // A program that ends before it has read everything shows in its exit code, not as EPIPE here.
    child.stdin?.on("error", () => {});
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

function lines(onLine: ((line: string) => void) | undefined): (chunk: Buffer) => void {
  let rest = "";
  return (chunk) => {
    if (onLine === undefined) return;
    const parts = (rest + chunk.toString("utf8")).split(/\r?\n/);
    rest = parts.pop() ?? "";
    for (const part of parts) if (part.trim() !== "") onLine(part);
  };
}
