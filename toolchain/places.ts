import { homedir } from "node:os";
import { join } from "node:path";
import { readPins } from "./pins.ts";

type Environment = Record<string, string | undefined>;

/** The repository. */
export const root: string = join(import.meta.dirname, "..");

/** What can be made again: built programs, downloads. The same rule as in `places.sh`. */
export function cacheRoot(env: Environment = process.env): string {
  const base = env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  return env["QUAYSIDE_CACHE"] || join(base, "quayside");
}

/** Where Node keeps what it compiled. */
export function compileCache(env: Environment = process.env): string {
  return env["NODE_COMPILE_CACHE"] || join(cacheRoot(env), "node-compile");
}

/** Where Pulumi keeps engines and plugins. */
export function engineHome(env: Environment = process.env): string {
  return env["PULUMI_HOME"] || join(env["HOME"] || homedir(), ".pulumi");
}

/** The folder of the pinned engine and its language host; the npm package `pulumi` looks for them there. */
export function engineFolder(env: Environment = process.env): string {
  return join(engineHome(env), "versions", readPins().PULUMI_VERSION, "bin");
}

/** The folder in which the engine looks for a resource plugin. */
export function pluginFolder(name: string, version: string, env: Environment = process.env): string {
  return join(engineHome(env), "plugins", `resource-${name}-v${version}`);
}
