import { join } from "node:path";
import { docker } from "../engine.ts";
import { withLock } from "../lock.ts";
import { labRoot } from "../places.ts";

/** The network in which the emulated cloud's public addresses live, also the name of its bridge on this machine. */
export const publicNetwork = "quayside-lab";
export const publicSubnet = "10.210.0.0/16";
/** This machine, as the hosts see it. */
export const publicGateway = "10.210.0.1";

/** Label on every Docker object of a lab; its value is the lab's name. */
export const labLabel = "quayside.lab";

export async function networkExists(name: string): Promise<boolean> {
  // A name filter matches parts of names.
  const names = await docker(["network", "ls", "--filter", `name=${name}`, "--format", "{{.Name}}"]);
  return names.split("\n").includes(name);
}

/** Makes the public network unless it is there. Two labs on one machine share it. */
export async function ensurePublicNetwork(labName: string): Promise<void> {
  await withLock(join(labRoot(), "public-network.lock"), async () => {
    if (await networkExists(publicNetwork)) return;
    const create = docker([
      "network",
      "create",
      "--subnet",
      publicSubnet,
      "--gateway",
      publicGateway,
      "--opt",
      `com.docker.network.bridge.name=${publicNetwork}`,
      "--label",
      `${labLabel}=${labName}`,
      publicNetwork,
    ]);
    // A lab with another folder has another lock; it may have made the network in this moment.
    await create.catch(async (error: Error) => {
      if (!(await networkExists(publicNetwork))) throw error;
    });
  });
}
