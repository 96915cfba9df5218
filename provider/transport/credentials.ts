import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

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
  if (env.QUAYSIDE_SSH_KEY_FILE) return { privateKey: readFileSync(env.QUAYSIDE_SSH_KEY_FILE, "utf8") };
  if (env.SSH_AUTH_SOCK && existsSync(env.SSH_AUTH_SOCK)) return { agent: env.SSH_AUTH_SOCK };
  for (const name of ["id_ed25519", "id_ecdsa", "id_rsa"]) {
    const file = join(homedir(), ".ssh", name);
    if (existsSync(file)) return { privateKey: readFileSync(file, "utf8") };
  }
  return {};
}
