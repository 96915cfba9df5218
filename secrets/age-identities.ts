import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type AgeIdentity, parseIdentity } from "./age.ts";
import { SecretsError } from "./errors.ts";

/** The private keys at hand. */
export interface AgeIdentities {
  /** Best source first, without duplicates. */
  readonly keys: readonly AgeIdentity[];
  /** Where keys were found, to be named in errors. */
  readonly sources: readonly string[];
  /** Whether someone asked for a key by name (an environment variable), so that a wrong one is a mistake. */
  readonly explicit: boolean;
}

/** What identity look-up depends on; tests replace it. */
export interface KeySearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** The process environment and the user's folders. */
export const thisMachine = (): KeySearch => ({ env: process.env, home: homedir(), platform: process.platform });

/** The key committed beside a file whose secrets protect nothing: `secrets/lab.sops.yaml` → `secrets/lab.age.key`. */
export function committedKeyFile(sopsFile: string): string {
  return sopsFile.replace(/\.sops\.yaml$/, ".age.key");
}

/** sops's own default key file of the user. */
export function userKeyFile({ env, home, platform }: KeySearch = thisMachine()): string {
  const config =
    env.XDG_CONFIG_HOME ||
    (platform === "darwin" ? join(home, "Library", "Application Support") : join(home, ".config"));
  return join(config, "sops", "age", "keys.txt");
}

/**
 * Finds private keys where sops does (SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, the user's keys.txt), and beside the file.
 *
 * @throws SecretsError kind `no-key` when an environment variable names a key that cannot be read or is none.
 */
export function findIdentities(sopsFile: string, search: KeySearch = thisMachine()): AgeIdentities {
  const { SOPS_AGE_KEY: inline, SOPS_AGE_KEY_FILE: named } = search.env;
  const found: { source: string; text: string }[] = [];
  if (inline) found.push({ source: "SOPS_AGE_KEY", text: inline });
  if (named) found.push({ source: `SOPS_AGE_KEY_FILE (${named})`, text: readNamed(sopsFile, named) });
  for (const path of [committedKeyFile(sopsFile), userKeyFile(search)]) {
    if (existsSync(path)) found.push({ source: path, text: readNamed(sopsFile, path) });
  }
  const sources: string[] = [];
  const keys = new Map<string, AgeIdentity>();
  for (const { source, text } of found) {
    const here = text.split(/\r?\n/).flatMap((line) => parseIdentity(line.trim()) ?? []);
    if (here.length === 0 && source.startsWith("SOPS_AGE_KEY")) {
      const problem = `${source} holds no age private key (a line that starts with AGE-SECRET-KEY-1)`;
      throw new SecretsError("no-key", sopsFile, [{ problem, remedy: "give it the right key, or unset it" }]);
    }
    if (here.length > 0) sources.push(source);
    for (const key of here) keys.set(key.recipient, key);
  }
  return { keys: [...keys.values()], sources, explicit: Boolean(inline || named) };
}

function readNamed(sopsFile: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new SecretsError("no-key", sopsFile, [
      {
        problem: `the key file ${path} cannot be read (${code})`,
        remedy: "correct SOPS_AGE_KEY_FILE, or the file's permissions",
      },
    ]);
  }
}

/** "SOPS_AGE_KEY_FILE (/keys/prod.txt), ~/.config/sops/age/keys.txt" */
export function describeSources(identities: AgeIdentities): string {
  return identities.sources.join(", ");
}

/** The places that {@link findIdentities} looks at, for errors about a key that is not there. */
export function searchedPlaces(sopsFile: string, search: KeySearch = thisMachine()): string {
  return ["SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", committedKeyFile(sopsFile), userKeyFile(search)].join(", ");
}
