import type { ServerSpec } from "./driver.ts";

/**
 * cloud-init's NoCloud meta-data for a server. JSON is YAML, and quotes names and keys safely.
 *
 * @param instance - changes whenever the disk is a new one, so that cloud-init takes it for a first boot.
 */
export function metaData(spec: Pick<ServerSpec, "name" | "sshKeys">, instance: string): string {
  const data = { "instance-id": instance, "local-hostname": spec.name, "public-keys": spec.sshKeys };
  return `${JSON.stringify(data, null, 2)}\n`;
}

/** The seed's user-data: the given one byte for byte, else a cloud-config that asks for nothing. */
export function userData(given: string | undefined): string {
  return given === undefined || given === "" ? "#cloud-config\n{}\n" : given;
}

/**
 * Resolvers for a host: this machine's own, without those that only this machine can reach (a stub on 127.0.0.53).
 *
 * @param files - contents of resolv.conf candidates, best first
 */
export function resolvConf(files: string[]): string {
  for (const file of files) {
    const lines = file.split("\n").filter((line) => /^(nameserver|search|options)\s/.test(line));
    const reachable = lines.filter((line) => !/^nameserver\s+(127\.|::1\s*$)/.test(line));
    if (reachable.some((line) => line.startsWith("nameserver"))) return `${reachable.join("\n")}\n`;
  }
  return "nameserver 9.9.9.9\nnameserver 1.1.1.1\n";
}

/** An attached volume's block device. */
export interface VolumeDevice {
  id: number;
  major: number;
  minor: number;
}

/** Device nodes that the host's first process makes at boot, one `id major minor` a line. */
export function deviceList(devices: VolumeDevice[]): string {
  return devices.map(({ id, major, minor }) => `${id} ${major} ${minor}\n`).join("");
}
