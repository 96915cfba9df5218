import * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "../../provider/index.ts";
import type { Fault } from "../component.ts";
import type { Host } from "./host.ts";

/** Where SSH reaches a host that is a member of a mesh. */
export interface SshWay {
  /** The host's name or address in the mesh, such as `core.mesh.example.org`. */
  address: string;
  /** SSH port. @default 22 */
  port?: number;
  /** Host to go through (ProxyJump): the mesh's hub. @default none, for a deployer that is in the mesh itself */
  jump?: Host;
}

/**
 * The connection that goes by `ssh`, and from outside as long as that leads nowhere: before the host has joined.
 *
 * @param outside whether there is a way in from outside at all
 */
export function connectionBy(
  direct: pulumi.Output<HostConnection>,
  ssh: SshWay | undefined,
  outside = true,
): pulumi.Output<HostConnection> {
  if (!ssh) return direct;
  return pulumi.all([direct, ssh.jump?.connection]).apply(([first, jump]) => {
    const { jump: _, ...host } = first;
    const { address, port = 22 } = ssh;
    return { ...host, address, port, ...(jump && { jump }), ...(outside && { otherwise: first }) };
  });
}

/** Tells the host that is gone through who is behind it, for the mesh whose hub it is. */
export function standBehind(name: string, ...ways: readonly (SshWay | undefined)[]): void {
  for (const way of ways) way?.jump?.facilities.behind.set(name, way.address);
}

export function sshFaults(ssh: SshWay | undefined): Fault[] {
  if (!ssh) return [];
  const faults = portFaults("ssh.port", ssh.port);
  if (!ssh.address)
    faults.push({ path: "ssh.address", reason: "is empty; the host's name or address in the mesh is needed" });
  return faults;
}

export function portFaults(path: string, port: number | undefined): Fault[] {
  if (port === undefined || (Number.isInteger(port) && port > 0 && port < 65536)) return [];
  return [{ path, reason: `is ${port}; 1 to 65535 are allowed` }];
}
