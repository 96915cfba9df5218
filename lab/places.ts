import { homedir } from "node:os";
import { join } from "node:path";

export { cacheRoot } from "../toolchain/places.ts";

type Environment = Record<string, string | undefined>;

function folder(value: string | undefined, otherwise: string): string {
  return value === undefined || value === "" ? otherwise : value;
}

/** What a running lab remembers. `QUAYSIDE_LAB_DIR`, else below `XDG_STATE_HOME`. */
export function labRoot(env: Environment = process.env): string {
  const state = folder(env.XDG_STATE_HOME, join(homedir(), ".local", "state"));
  return folder(env.QUAYSIDE_LAB_DIR, join(state, "quayside", "lab"));
}
