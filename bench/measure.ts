import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Command {
  program: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
}

export interface Measured {
  /** From the start of the process to its end. */
  seconds: number;
  /** Standard output and standard error. */
  output: string;
  /** Largest resident memory of the provider's process in MB, if one was there. */
  providerMb: number | undefined;
}

/** Runs a command to its end. @throws Error with what it printed, when it fails */
export function measure({ program, args, cwd, env }: Command): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const provider = child.pid === undefined ? undefined : new ProviderMemory(child.pid);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const seconds = (performance.now() - started) / 1000;
      const providerMb = provider?.stop();
      if (code === 0) resolve({ seconds, output, providerMb });
      else reject(new Error(`${program} ${args.join(" ")} failed:\n${output.slice(-4000)}`));
    });
  });
}

/** Watches the provider below an engine. The kernel keeps the peak itself, so looking now and then misses nothing. */
class ProviderMemory {
  readonly #engine: number;
  readonly #timer: NodeJS.Timeout;
  #provider: number | undefined;
  #peakKb: number | undefined;

  constructor(engine: number) {
    this.#engine = engine;
    this.#timer = setInterval(() => this.#look(), 100);
  }

  stop(): number | undefined {
    clearInterval(this.#timer);
    return this.#peakKb === undefined ? undefined : this.#peakKb / 1024;
  }

  #look(): void {
    this.#provider ??= descendants(this.#engine).find((pid) => /provider\/main\.(ts|js)\0/.test(read(pid, "cmdline")));
    if (this.#provider === undefined) return;
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(read(this.#provider, "status"))?.[1];
    if (peak !== undefined) this.#peakKb = Math.max(this.#peakKb ?? 0, Number(peak));
  }
}

/** The engine starts its children from any of its threads, and each thread lists its own. */
function descendants(pid: number): number[] {
  const threads = entries(pid, "task");
  const children = threads.flatMap((thread) =>
    read(pid, `task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function entries(pid: number, folder: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/${folder}`);
  } catch {
    return []; // ended meanwhile
  }
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // ended meanwhile
  }
}
