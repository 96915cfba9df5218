import { cpus } from "node:os";
import type { ServerSpec } from "./driver.ts";
import { labLabel, publicNetwork } from "./public-network.ts";

/** Container of a server. */
export function containerName(labName: string, server: number): string {
  return `quayside-${labName}-${server}`;
}

/** Docker network of a private network. */
export function networkName(labName: string, network: number): string {
  return `quayside-${labName}-net-${network}`;
}

/** Where a server's folder of this machine is seen in the host (read-only). */
export const folderInHost = "/var/lib/quayside-lab";

/**
 * Arguments of `docker create` for a server's machine: systemd as process 1, with every capability that an unprivileged
 * engine can give, so that it can run its own dockerd, firewall and mounts.
 *
 * @param folder - the server's folder on this machine, with the cloud-init seed
 * @param image - local image to boot
 * @param cpuCount - processors of this machine; a limit above it would be refused
 */
export function createArguments(
  labName: string,
  spec: Pick<ServerSpec, "id" | "name" | "cores" | "memoryGb" | "ipv4">,
  folder: string,
  image: string,
  cpuCount = cpus().length,
): string[] {
  const publicly = spec.ipv4 === undefined ? ["--network", "none"] : ["--network", publicNetwork, "--ip", spec.ipv4];
  return [
    "create",
    ...["--name", containerName(labName, spec.id), "--hostname", spec.name],
    ...["--label", `${labLabel}=${labName}`, "--label", `${labLabel}.server=${spec.id}`],
    ...publicly,
    ...["--cap-add", "ALL"],
    // Not in the bounding set of machines that are containers or jailed themselves; nothing in a host needs it.
    ...["--cap-drop", "SYS_RESOURCE"],
    ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
    ...["--security-opt", "systempaths=unconfined"],
    ...["--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"],
    ...["--tmpfs", "/run", "--tmpfs", "/run/lock"],
    // overlay2 cannot be stacked on the container's own overlay; an anonymous volume goes with the container.
    ...["--volume", "/var/lib/docker"],
    ...["--volume", `${folder}:${folderInHost}:ro`],
    ...["--device", "/dev/net/tun"],
    // Volumes are loop devices (major 7) and come and go while the host runs.
    ...["--device-cgroup-rule", "b 7:* rwm"],
    ...["--env", "container=docker"],
    ...limitArguments(spec, cpuCount),
    image,
  ];
}

/** Arguments of `docker create` and `docker update` for a server's size. */
export function limitArguments(spec: Pick<ServerSpec, "cores" | "memoryGb">, cpuCount = cpus().length): string[] {
  const memory = `${Math.round(spec.memoryGb * 1024)}m`;
  // Swap is limited to twice the memory unless told; an update has to name it, as it may not be below the memory.
  const swap = `${Math.round(spec.memoryGb * 2048)}m`;
  return ["--memory", memory, "--memory-swap", swap, "--cpus", String(Math.min(spec.cores, cpuCount))];
}
