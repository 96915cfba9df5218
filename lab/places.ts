import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Record<string, string | undefined>;

function folder(value: string | undefined, otherwise: string): string {
  return value === undefined || value === "" ? otherwise : value;
}

/** What can be made again: downloads, built images. `QUAYSIDE_CACHE`, else below `XDG_CACHE_HOME`. */
export function cacheRoot(env: Environment = process.env): string {
  return folder(env.QUAYSIDE_CACHE, join(folder(env.XDG_CACHE_HOME, join(homedir(), ".cache")), "quayside"));
}

/** What a running lab remembers. `QUAYSIDE_LAB_DIR`, else below `XDG_STATE_HOME`. */
export function labRoot(env: Environment = process.env): string {
  const state = folder(env.XDG_STATE_HOME, join(homedir(), ".local", "state"));
  return folder(env.QUAYSIDE_LAB_DIR, join(state, "quayside", "lab"));
}
