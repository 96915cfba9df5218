import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostConnection } from "../../../provider/index.ts";
import { generateEd25519 } from "../../../secrets/ed25519.ts";
import { makeMachine } from "./machine.ts";

export interface TestHost {
  /** As a program declares it, host key pinned. */
  connection: HostConnection;
  /** Private key that root lets in. */
  keyFile: string;
  /** Its public half, in OpenSSH's format. */
  publicKey: string;
  /** Runs a POSIX sh script as root, past the provider; throws when it fails. @returns its standard output */
  sh(script: string): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Makes a real lab host of its own; ready when cloud-init is done. Call `remove` afterwards.
 *
 * @param name a hint for people who look at the machine
 */
export async function makeHost(name = "e2e"): Promise<TestHost> {
  const folder = await mkdtemp(join(tmpdir(), "quayside-e2e-host-"));
  const keyFile = join(folder, "id_ed25519");
  const keys = await generateEd25519();
  await writeFile(keyFile, keys.privateKey, { mode: 0o600 });
  const machine = await makeMachine(name, keys.publicKey, folder);
  const sh = (script: string) => machine.execute(script);
  try {
    await sh("cloud-init status --wait >/dev/null");
    const hostKey = (await sh("cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub")).trim();
    return {
      connection: { name, address: machine.address, hostKey },
      keyFile,
      publicKey: keys.publicKey,
      sh,
      remove: async () => {
        await machine.remove();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await machine.remove();
    throw error;
  }
}
