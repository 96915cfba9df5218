/** What a run of Pulumi for one stack needs around it: engine, backend, passphrase, and for the lab its cloud. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { presentSecrets, readStack } from "../secrets/read.ts";
import { isBuiltHere } from "../toolchain/engine.ts";
import { cacheRoot, compileCache, engineFolder, root } from "../toolchain/places.ts";
import { backendUrl, copySettings, ensureStack, folderOf, NoSuchStack, stackFile } from "./backend.ts";
import { UserError } from "./errors.ts";
import { makeScratch, removeAbandoned } from "./interrupted/scratch.ts";
import { kindOf } from "./stack-kind.ts";

/**
 * What is going to be done. A preview works with nothing at hand; a change needs the passphrase, and makes a stack that is
 * missing; `deployed` is about what a stack has deployed (drift, refresh, destroy), so that one which is not there is refused.
 */
export type Purpose = "preview" | "change" | "deployed";

export interface StackEnvironment {
  /** Added to the environment of Pulumi. */
  env: Record<string, string>;
  /** Options of Pulumi that go with it. */
  args: string[];
  /** The settings among these: a copy, which the engine may write its salt to. */
  settings?: string;
  /** What the reader should know about this run. */
  notes: string[];
  /** The folder that holds the state; undefined when the backend is of another kind. */
  folder?: string;
  /** Private files of this run. */
  scratch: string;
  /** The stack's cloud, as far as its token is known. */
  hetzner?: { endpoint: string; token: string };
  /** Removes what was made for this run. */
  cleanup(): void;
}

export interface StackEnvironmentOptions {
  purpose: Purpose;
  /** Keeps what would be removed after a run, in the cache folder: for `quay env`. @default false */
  lasting?: boolean;
}

/** Engine, Node and flags: the same for every stack. */
export function engineEnvironment(): Record<string, string> {
  return {
    PATH: [engineFolder(), join(root, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // A short run collects less garbage where there is room: in Go, and in Node with a larger young generation.
    GOGC: process.env["GOGC"] || "400",
    GOMEMLIMIT: process.env["GOMEMLIMIT"] || "1GiB",
    NODE_OPTIONS: [process.env["NODE_OPTIONS"], "--max-semi-space-size=32"].filter(Boolean).join(" "),
    // A third of a short preview is Node compiling the same modules as the time before.
    NODE_COMPILE_CACHE: compileCache(),
    // What could not be downloaded at set-up is not tried again, with its time-outs, at every run.
    ...(isBuiltHere() ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
  };
}

/**
 * @throws UserError when there is no passphrase for a state that is to be changed or looked at.
 * @throws NoSuchStack when that state is in no folder where it should be.
 * @throws SecretsError when the stack's secrets were tampered with or the given key does not fit.
 */
export async function stackEnvironment(stack: string, options: StackEnvironmentOptions): Promise<StackEnvironment> {
  removeAbandoned();
  const scratch = options.lasting ? join(cacheRoot(), "plain-pulumi", stack) : makeScratch();
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const result: StackEnvironment = {
    env: engineEnvironment(),
    args: ["--stack", stack],
    notes: [],
    scratch,
    cleanup: () => {
      if (!options.lasting) rmSync(scratch, { recursive: true, force: true });
    },
  };
  try {
    const secrets = openSecrets(stack);
    Object.assign(result.env, sshKey(secrets, scratch));
    const given = passphraseFromEnvironment() ? {} : passphrase(secrets, scratch);
    const folder = await backendFolder(stack);
    if (!given && options.purpose !== "preview") {
      throw new UserError(
        `stack ${stack} has no passphrase, which its state is encrypted with.`,
        `Set PULUMI_CONFIG_PASSPHRASE_FILE, or give the key to secrets/${stack}.sops.yaml: SOPS_AGE_KEY_FILE=<key file>`,
      );
    }
    if (options.purpose === "deployed") await refuseAbsent(stack);
    Object.assign(result.env, given ?? { PULUMI_CONFIG_PASSPHRASE: "" });
    const unknown = folder !== undefined && !existsSync(stackFile(folder, stack));
    if (!given || (options.purpose === "preview" && !options.lasting && unknown)) {
      // A state encrypted for someone else cannot be read, and a preview leaves no state behind.
      useEmptyState(result, stack, given ? `there is no state of ${stack} here` : "there is no key");
    } else if (folder !== undefined) {
      useFolder(result, folder, stack);
    } else {
      useSettings(result, settingsFolder(), stack);
    }
    const access = stack === "lab" ? await labAccess() : hetznerAccess(secrets);
    if (access) result.hetzner = access;
    if (access && stack === "lab") {
      Object.assign(result.env, { HCLOUD_ENDPOINT: access.endpoint, HCLOUD_TOKEN: access.token });
    }
    return result;
  } catch (error) {
    result.cleanup();
    throw error;
  }
}

/** Compares with an empty stack instead of one that is not there. */
export function useEmptyState(result: StackEnvironment, stack: string, why: string): void {
  useFolder(result, join(result.scratch, "state"), stack);
  result.notes.push(`compared with an empty stack: ${why}.`);
}

function useFolder(result: StackEnvironment, folder: string, stack: string): void {
  ensureStack(folder, stack);
  result.folder = folder;
  result.env["PULUMI_BACKEND_URL"] = backendUrl(folder);
  useSettings(result, folder, stack);
}

function useSettings(result: StackEnvironment, folder: string, stack: string): void {
  result.settings = copySettings(root, folder, stack, passphraseFromEnvironment());
  result.args = ["--stack", stack, "--config-file", result.settings];
}

/** Where this machine keeps the settings of stacks whose state is in no folder, one place for each backend. */
function settingsFolder(): string {
  const url = process.env["PULUMI_BACKEND_URL"] ?? "";
  return join(cacheRoot(), "settings", createHash("sha256").update(url).digest("hex").slice(0, 16));
}

/** The settings that the engine adds its salt to: a copy, as the repository's are the same for everybody. */
export async function settingsFile(stack: string): Promise<string> {
  return join((await backendFolder(stack)) ?? settingsFolder(), `Pulumi.${stack}.yaml`);
}

/** The folder that holds a stack's state; undefined when PULUMI_BACKEND_URL names another kind of backend. */
export async function backendFolder(stack: string): Promise<string | undefined> {
  if (stack === "lab") {
    const { labRoot } = await import("../lab/places.ts");
    return join(labRoot(), "pulumi");
  }
  const url = process.env["PULUMI_BACKEND_URL"];
  if (!url) return join(root, ".state");
  return folderOf(url);
}

/**
 * For what is about a stack that is deployed.
 *
 * @throws NoSuchStack when the backend is a folder that does not have it; about another only the engine knows.
 */
export async function refuseAbsent(stack: string): Promise<void> {
  const folder = await backendFolder(stack);
  if (folder === undefined || existsSync(stackFile(folder, stack))) return;
  throw new NoSuchStack(stack, { url: process.env["PULUMI_BACKEND_URL"], folder });
}

function passphraseFromEnvironment(): boolean {
  return (
    process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined
  );
}

type OpenSecrets = ReadonlyMap<string, string>;

/** A stack's secrets by name; none without its key, or without a file. */
function openSecrets(stack: string): OpenSecrets {
  const kind = kindOf(stack);
  if (!existsSync(join(root, "secrets", `${kind}.sops.yaml`))) return new Map();
  const present = presentSecrets(readStack(kind, { project: root }));
  return new Map(present.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])));
}

/** In files, as the environment of a process is for others to read. */
function passphrase(secrets: OpenSecrets, folder: string): Record<string, string> | undefined {
  const found = secrets.get("pulumi.passphrase");
  return found === undefined ? undefined : { PULUMI_CONFIG_PASSPHRASE_FILE: secretFile(folder, "passphrase", found) };
}

/** The key that hosts are logged in to with, unless the person brings one. */
function sshKey(secrets: OpenSecrets, folder: string): Record<string, string> {
  const found = secrets.get("ssh.privateKey");
  if (found === undefined || process.env["QUAYSIDE_SSH_KEY_FILE"]) return {};
  return { QUAYSIDE_SSH_KEY_FILE: secretFile(folder, "ssh-key", `${found.trimEnd()}\n`) };
}

function secretFile(folder: string, name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

/** How the lab stack reaches the emulated cloud; nothing while the lab is stopped. */
async function labAccess(): Promise<StackEnvironment["hetzner"]> {
  const { labStatus } = await import("../lab/main.ts");
  const { api } = await labStatus();
  return api ? { endpoint: api.endpoint, token: api.token } : undefined;
}

function hetznerAccess(secrets: OpenSecrets): StackEnvironment["hetzner"] {
  const token = secrets.get("hcloud.token");
  return token === undefined ? undefined : { endpoint: "https://api.hetzner.cloud/v1", token };
}
