import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { type EngineEvent, type Run, readRun } from "./run.ts";

export const repository = resolve(import.meta.dirname, "../../..");

export interface QuayOptions {
  /** Accept a run that fails; otherwise its output is thrown. */
  mayFail?: boolean;
  /** More environment; `undefined` takes a variable out. */
  env?: Record<string, string | undefined>;
  /** Called with the process as soon as it runs. */
  onStart?: (process: { pid: number }) => void;
  /** A command to run it through, such as `unshare --net`. */
  through?: readonly string[];
  /** The checkout whose quay it is. @default this one */
  at?: string;
}

/** Runs `quay <command> <stack> …` as a person does, and reads what the engine did from its event log. */
export async function quay(command: string, stack: string, args: string[], options: QuayOptions = {}): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), "quayside-e2e-log-"));
  const log = join(folder, "events.json");
  const started = performance.now();
  try {
    const line = [...(options.through ?? []), join(options.at ?? repository, "quay"), command, stack];
    const [program = "", ...rest] = [...line, "--non-interactive", "--color", "never", "--event-log", log, ...args];
    const { code, stdout, stderr } = await capture(program, rest, options);
    const output = stdout + stderr;
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0 && !options.mayFail) throw new Error(`quay ${command} ${stack} failed:\n${output}`);
    const lines = existsSync(log) ? (await readFile(log, "utf8")).split("\n") : [];
    return readRun(lines.flatMap(parse), { code, output, seconds });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An engine that was killed leaves the last line unfinished. */
function parse(line: string): EngineEvent[] {
  try {
    return [JSON.parse(line) as EngineEvent];
  } catch {
    return [];
  }
}

/** To run something through: a network of its own with nothing but itself in it. The engine and its plugins need no more. */
export const offline = ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$0" "$@"'] as const;

/** Runs `quay <args…>` for what is no run of the engine. */
export async function quayCommand(args: string[], options: QuayOptions = {}): Promise<Captured> {
  const captured = await capture(join(options.at ?? repository, "quay"), args, options);
  if (captured.code === 0 || options.mayFail) return captured;
  throw new Error(`quay ${args.join(" ")} failed:\n${captured.stdout}${captured.stderr}`);
}

export interface Captured {
  code: number;
  stdout: string;
  stderr: string;
}

function capture(program: string, args: string[], options: QuayOptions): Promise<Captured> {
  const env = { ...process.env, PULUMI_DEBUG_COMMANDS: "1", ...options.env }; // for --event-log
  const child = spawn(program, args, { cwd: options.at ?? repository, env, stdio: ["ignore", "pipe", "pipe"] });
  const collect = (stream: Readable): Buffer[] => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  };
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  if (child.pid !== undefined) options.onStart?.({ pid: child.pid });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({
        code: code ?? 255,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}
