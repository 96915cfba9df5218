import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { UserError } from "./errors.ts";

/** The project's name in Pulumi.yaml; part of each stack's file in a folder backend. */
export const project = "quayside";

/** The file that holds a stack's state in a backend that is a folder. */
export function stackFile(folder: string, stack: string): string {
  return join(folder, ".pulumi", "stacks", project, `${stack}.json`);
}

/**
 * The backend that a folder is, as PULUMI_BACKEND_URL. Without metadata, as the engine writes that into a file of its own
 * beside the state: killed in between, it leaves one that it cannot read again (`failed to load checkpoint: EOF`), whereas
 * the state itself is replaced at once.
 *
 * @param folder - Absolute.
 */
export const backendUrl = (folder: string): string => `${pathToFileURL(folder)}?metadata=skip`;

/** The folder that is a backend; undefined when PULUMI_BACKEND_URL names one of another kind. */
export function folderOf(url: string): string | undefined {
  return url.startsWith("file:///") ? fileURLToPath(url) : undefined;
}

/** A backend's address without what opens it, for people. */
export const withoutSecrets = (url: string): string => url.replace(/\/\/[^/@]*@/, "//");

/** What was to be looked at, refreshed or destroyed is not in the backend: perhaps in another. */
export class NoSuchStack extends UserError {
  /** @param url - PULUMI_BACKEND_URL, where it was given. @param folder - The backend, where it is a folder. */
  constructor(stack: string, { url, folder }: { url?: string | undefined; folder?: string | undefined }) {
    const place = folder ?? withoutSecrets(url ?? "");
    const other =
      url === undefined
        ? "PULUMI_BACKEND_URL is not set: set it to where the state is"
        : "Is it deployed from another backend? Then set PULUMI_BACKEND_URL to that";
    super(
      `there is no state of ${stack} in ${place}, so nobody knows here what it deployed.`,
      stack === "lab" ? "./quay up lab deploys it." : `${other}. If it was never deployed: ./quay up ${stack}`,
    );
    this.name = "NoSuchStack";
  }
}

/**
 * Makes an empty stack in a folder backend unless it is there. `pulumi stack init` would do the same and write a salt
 * into the stack's settings in the repository.
 */
export function ensureStack(folder: string, stack: string): void {
  const file = stackFile(folder, stack);
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const meta = join(folder, ".pulumi", "meta.yaml");
  if (!existsSync(meta)) writeFileSync(meta, "version: 1\n");
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { stack: `organization/${project}/${stack}` } }));
}

/**
 * The stack's settings with the salt of an earlier copy, or their own.
 *
 * @param own - Whether the person gave the passphrase that the settings' own salt belongs to. Settings with encrypted
 * values keep theirs in any case, as those could not be read without it.
 */
export function settingsWithSalt(settings: string, earlier: string, own = true): string {
  const values = (parse(settings) ?? {}) as Record<string, unknown>;
  if (!own && !/^\s+secure:/m.test(settings)) delete values["encryptionsalt"];
  const salt = ((parse(earlier) ?? {}) as Record<string, unknown>)["encryptionsalt"];
  if (values["encryptionsalt"] === undefined && salt !== undefined) values["encryptionsalt"] = salt;
  return stringify(values);
}

/**
 * Copies `Pulumi.<stack>.yaml` beside the state, where the engine may add the salt of its encryption without touching
 * the repository; returns the copy's path.
 */
export function copySettings(repository: string, folder: string, stack: string, ownSalt: boolean): string {
  const source = join(repository, `Pulumi.${stack}.yaml`);
  const copy = join(folder, `Pulumi.${stack}.yaml`);
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(copy, settingsWithSalt(read(source), read(copy), ownSalt));
  return copy;
}
