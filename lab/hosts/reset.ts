import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { docker } from "../engine.ts";
import { machinesDir } from "./docker-driver.ts";
import { labLabel, publicNetwork } from "./public-network.ts";
import { closeDevice } from "./volumes.ts";

function words(output: string): string[] {
  return output.split("\n").filter((word) => word !== "");
}

/**
 * Removes every machine, network and volume of a lab, and nothing else: containers and networks by label, volumes by
 * their files in `stateDir`. The public network stays while another lab's hosts are on it.
 */
export async function removeEverything(labName: string, stateDir = machinesDir(labName)): Promise<void> {
  const ours = ["--filter", `label=${labLabel}=${labName}`];
  const containers = words(await docker(["ps", "--all", "--quiet", ...ours]));
  if (containers.length > 0) await docker(["rm", "--force", "--volumes", ...containers]);
  for (const name of words(await docker(["network", "ls", ...ours, "--format", "{{.Name}}"]))) {
    if (name === publicNetwork && (await inUse(name))) continue;
    await docker(["network", "rm", name]);
  }
  const volumes = join(stateDir, "volumes");
  for (const file of await readdir(volumes).catch(() => [])) await closeDevice(join(volumes, file));
  await rm(join(stateDir, "servers"), { recursive: true, force: true });
  await rm(volumes, { recursive: true, force: true });
}

async function inUse(network: string): Promise<boolean> {
  const attached = await docker(["ps", "--all", "--quiet", "--filter", `network=${network}`]);
  return attached !== "";
}
