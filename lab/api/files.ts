import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import { readSecretForCli } from "../../secrets/read.ts";

/** Where a lab keeps what the emulated cloud needs, below the lab's state folder. */
export interface ApiFiles {
  folder: string;
  state: string;
  token: string;
  port: string;
  pid: string;
  log: string;
  /** Private key with which deployments log in to the lab's hosts; the public one is beside it. */
  deployKey: string;
}

export function apiFiles(labFolder: string): ApiFiles {
  const folder = join(labFolder, "api");
  return {
    folder,
    state: join(folder, "state.json"),
    token: join(folder, "token"),
    port: join(folder, "port"),
    pid: join(folder, "api.pid"),
    log: join(folder, "api.log"),
    deployKey: join(labFolder, "deploy-key"),
  };
}

/**
 * Makes the lab's own secrets once, readable by their owner only: the API's token, and the deploy key that the lab
 * stack's secrets (committed for this purpose) register at the cloud, so that people log in with the key that deploys.
 */
export function ensureSecrets(files: ApiFiles): void {
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  chmodSync(files.folder, 0o700);
  if (!existsSync(files.token)) {
    // As long as a real one: clients check the length of a token before they send it.
    writeFileSync(files.token, randomBytes(32).toString("hex"), { mode: 0o600 });
  }
  if (!existsSync(files.deployKey)) {
    const key = readSecretForCli("lab", "ssh.privateKey");
    if (key === undefined)
      throw new Error("secrets/lab.sops.yaml has no ssh.privateKey that secrets/lab.age.key opens");
    const parsed = ssh2.utils.parseKey(key);
    if (parsed instanceof Error) throw new Error(`ssh.privateKey in secrets/lab.sops.yaml: ${parsed.message}`);
    const wire = parsed.getPublicSSH();
    writeFileSync(`${files.deployKey}.pub`, `${parsed.type} ${wire.toString("base64")} quayside-lab\n`);
    writeFileSync(files.deployKey, `${key.trimEnd()}\n`, { mode: 0o600 });
  }
}

export function readToken(files: ApiFiles): string {
  return readFileSync(files.token, "utf8").trim();
}

/** The lab's name: `QUAYSIDE_LAB_NAME`. Labs of different names and state folders live side by side. */
export function labName(env: Record<string, string | undefined> = process.env): string {
  const name = env.QUAYSIDE_LAB_NAME || "lab";
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) {
    throw new Error(`QUAYSIDE_LAB_NAME is '${name}': it may have lower case letters, digits and hyphens, at most 31`);
  }
  return name;
}
