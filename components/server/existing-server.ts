import * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "../../provider/index.ts";
import { Component, type Fault, refuse } from "../component.ts";
import { type Architecture, type Host, type HostFacilities, noFacilities } from "./host.ts";
import { DEFAULT_RELEASE, type OsRelease } from "./os-release.ts";
import { connectionBy, portFaults, type SshWay, sshFaults, standBehind } from "./ssh-way.ts";

export interface ExistingServerArgs {
  /** IPv4 or IPv6 address, or DNS name, that SSH reaches it by. */
  address: string;
  /** Public IPv6 address, for DNS records, where `address` is its IPv4 address. @default none */
  address6?: string;
  /** Public host key as in `known_hosts`. @default recorded on the first connection, then pinned */
  hostKey?: string;
  /** Login name; anyone but `root` needs passwordless sudo. @default "root" */
  user?: string;
  /** SSH port. @default 22 */
  port?: number;
  /** Processor architecture. @default "amd64" */
  arch?: Architecture;
  /** What it runs. @default { distribution: "ubuntu", codename: "noble" } */
  release?: OsRelease;
  /** Host to go through (ProxyJump), for a machine without a public address. */
  jump?: Host;
  /**
   * Where SSH is once the machine has joined a mesh; `address` and `port` are the way in before that, and `address` is
   * what the world knows it by. @default there is no other way
   */
  ssh?: SshWay;
}

/**
 * A machine that exists already and stays when the stack goes: a VPS at OVH or Ionos, a Raspberry Pi at home.
 *
 * @example
 * new ExistingServer("sese-ai", { address: "203.0.113.10", hostKey: "ssh-ed25519 AAAA…" });
 */
export class ExistingServer extends Component implements Host {
  readonly connection: pulumi.Output<HostConnection>;
  readonly arch: Architecture;
  readonly release: OsRelease;
  readonly address: pulumi.Output<string>;
  readonly address6: pulumi.Output<string> | undefined;
  readonly deletedWith = undefined;
  readonly ssh: SshWay | undefined;
  readonly facilities: HostFacilities = noFacilities();

  constructor(name: string, args: ExistingServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("server:ExistingServer", name, opts);
    refuse("ExistingServer", name, faultsOf(args));
    this.arch = args.arch ?? "amd64";
    this.release = args.release ?? DEFAULT_RELEASE;
    this.address = pulumi.output(args.address);
    this.address6 = args.address6 === undefined ? undefined : pulumi.output(args.address6);
    this.ssh = args.ssh;
    const { address, hostKey, user, port } = args;
    const direct = pulumi.output(args.jump?.connection).apply((jump) => ({
      name,
      address,
      ...(hostKey && { hostKey }),
      ...(user && { user }),
      ...(port && { port }),
      ...(jump && { jump }),
    }));
    this.connection = connectionBy(direct, args.ssh);
    standBehind(name, args, args.ssh);
    this.registerOutputs({});
  }
}

function faultsOf(args: ExistingServerArgs): Fault[] {
  const faults: Fault[] = [...portFaults("port", args.port), ...sshFaults(args.ssh)];
  if (!args.address) faults.push({ path: "address", reason: "is empty; an IP address or a DNS name is needed" });
  if (args.hostKey !== undefined && !/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/=]+/.test(args.hostKey)) {
    faults.push({
      path: "hostKey",
      reason: "is no public key; it looks like `ssh-ed25519 AAAA…` (ssh-keyscan prints it)",
    });
  }
  return faults;
}
