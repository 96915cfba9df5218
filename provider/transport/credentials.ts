import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { HostError } from "./errors.ts";

/** How ssh2 proves who we are. */
export interface Credentials {
  privateKey?: string;
  passphrase?: string;
  agent?: string;
}

/** What the provider was configured with; the environment fills in the rest. */
export interface CredentialSettings {
  privateKey?: string;
}

/**
 * The first of: the provider's `privateKey`, the file that QUAYSIDE_SSH_KEY_FILE names, an SSH agent, the user's own
 * key files. Looked up when a connection is opened, never kept in state.
 */
export function findCredentials(settings: CredentialSettings, env = process.env): Credentials {
  if (settings.privateKey) return { privateKey: settings.privateKey };
  if (env.QUAYSIDE_SSH_KEY_FILE) return { privateKey: readKey(env.QUAYSIDE_SSH_KEY_FILE, "QUAYSIDE_SSH_KEY_FILE: ") };
  if (env.SSH_AUTH_SOCK && existsSync(env.SSH_AUTH_SOCK)) return { agent: env.SSH_AUTH_SOCK };
  for (const name of ["id_ed25519", "id_ecdsa", "id_rsa"]) {
    const file = join(homedir(), ".ssh", name);
    if (existsSync(file)) return { privateKey: readKey(file) };
  }
  return {};
}

/** @param from where the file's name comes from, for the message */
function readKey(file: string, from = ""): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why: Record<string, string> = {
      ENOENT: "there is no such file",
      EACCES: "this user may not read it",
      EISDIR: "it is a folder",
    };
    throw new HostError(
      `${from}cannot read the SSH key ${file}: ${why[code ?? ""] ?? code}. Put the deploy key there, or give it in another ` +
        "way: an SSH agent, QUAYSIDE_SSH_KEY_FILE, or `privateKey` of the quayside provider.",
    );
  }
}
