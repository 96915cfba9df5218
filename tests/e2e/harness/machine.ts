import { randomInt } from "node:crypto";
import { join } from "node:path";
import { run } from "../../../lab/command.ts";
import { ensureEngine } from "../../../lab/engine.ts";
import { createDriver } from "../../../lab/hosts/docker-driver.ts";
import { ensureHostImage } from "../../../lab/hosts/host-image.ts";
import { containerName } from "../../../lab/hosts/machine.ts";

/** A machine of the lab that belongs to one test file. */
export interface Machine {
  address: string;
  /** Runs a script as root inside, without SSH. */
  execute(script: string): Promise<string>;
  remove(): Promise<void>;
}

/** Apart from the labs that people run, whose machines a reset removes. */
const LAB = "e2e";

/** Boots a server as the emulated cloud does, with `publicKey` let in as root. @param folder for what it is seeded with */
export async function makeMachine(name: string, publicKey: string, folder: string): Promise<Machine> {
  await ensureEngine();
  await ensureHostImage();
  const driver = createDriver(LAB, join(folder, "machine"));
  const id = randomInt(1_000_000, 2_000_000_000);
  // Addresses that no lab gives to its servers.
  const ipv4 = `10.210.${randomInt(240, 250)}.${randomInt(2, 250)}`;
  const sshKeys = [publicKey.trim()];
  await driver.create({
    ...{ id, name, image: "debian-13", cores: 2, memoryGb: 4, sshKeys, ipv4 },
    ...{ networks: [], volumes: [] },
  });
  const container = containerName(LAB, id);
  return {
    address: ipv4,
    execute: (script) => run("docker", ["exec", "-i", container, "sh", "-euc", 'eval "$(cat)"'], { input: script }),
    remove: () => driver.destroy(id),
  };
}
