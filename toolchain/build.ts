import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheRoot, root } from "./places.ts";

/** What `build.sh` can build. */
export type BuildName =
  | "engine"
  | "language-nodejs"
  | "caddy"
  | "caddy-dns"
  | "pebble"
  | "github"
  | "sops"
  | "headscale"
  | "versitygw";

/** How far a build is: packages compiled of packages needed (those that are cached are not compiled again). */
export interface BuildProgress {
  name: BuildName;
  compiled: number;
  total: number;
}

/**
 * Builds programs of the toolchain unless they are in the cache, and waits for a build of the same that already runs.
 *
 * @returns The folder of each name's programs.
 * @throws Error with the end of the build's log.
 */
export async function build(
  names: readonly BuildName[],
  onProgress: (progress: BuildProgress) => void = () => {},
  signal?: AbortSignal,
): Promise<string[]> {
  // A group of its own, as Go's compilers are grandchildren that a signal to the script alone would not reach.
  const child = spawn(join(root, "toolchain", "build.sh"), names, {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-4000);
  });
  const stop = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
  };
  signal?.addEventListener("abort", stop);
  const timer = setInterval(() => {
    for (const name of names) {
      const progress = readProgress(name);
      if (progress) onProgress(progress);
    }
  }, 1000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    if (code !== 0) throw new Error(stderr.trim() || `toolchain/build.sh was ended (exit code ${code})`);
    return names.map(builtFolder);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** The folder that the programs of `name` are in once they are built. */
export function builtFolder(name: BuildName): string {
  return join(cacheRoot(), "toolchain", name);
}

/** Names the content that `name` was built from; changes when it is built anew. */
export function builtKey(name: BuildName): string {
  return basename(realpathSync(builtFolder(name)));
}

function readProgress(name: BuildName): BuildProgress | undefined {
  const folder = join(cacheRoot(), "toolchain");
  const total = join(folder, `${name}.total`);
  if (!existsSync(total)) return undefined;
  return { name, ...countProgress(readFileSync(join(folder, `${name}.log`), "utf8"), readFileSync(total, "utf8")) };
}

/** Counts the packages in the log of `go build -v`, which also tells of downloads. */
export function countProgress(log: string, total: string): { compiled: number; total: number } {
  const compiled = log.split("\n").filter((line) => /^[\w.~-]+(\/\S+)*$/.test(line)).length;
  return { compiled, total: Number(total) };
}
