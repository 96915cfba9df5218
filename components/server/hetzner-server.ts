// One module each: the package's index loads all of its eighty.
import { Firewall, type FirewallArgs } from "@pulumi/hcloud/firewall.js";
import { PrimaryIp } from "@pulumi/hcloud/primaryIp.js";
import { Server, type ServerArgs } from "@pulumi/hcloud/server.js";
import { ServerNetwork } from "@pulumi/hcloud/serverNetwork.js";
import { Volume, type VolumeArgs } from "@pulumi/hcloud/volume.js";
import { VolumeAttachment } from "@pulumi/hcloud/volumeAttachment.js";
import * as pulumi from "@pulumi/pulumi";
import { type HostConnection, KeyPair, Placement } from "../../provider/index.ts";
import { Component, type Fault, refuse, type Transform, transformed } from "../component.ts";
import { parsePorts } from "../hardening/port-range.ts";
import { renderCloudInit } from "./cloud-init.ts";
import type { HetznerCloud } from "./hetzner-cloud.ts";
import { type Architecture, type Host, type HostFacilities, noFacilities } from "./host.ts";
import { DEFAULT_IMAGE, type OsRelease, releaseOf } from "./os-release.ts";
import { sshSourceFaults } from "./ssh-sources.ts";
import { connectionBy, type SshWay, sshFaults, standBehind } from "./ssh-way.ts";

export interface HetznerServerArgs {
  /** The project it is in. */
  cloud: HetznerCloud;
  /** Server types in order of preference, such as `["cx23", "cpx22"]`; all of one architecture. */
  type: readonly string[];
  /** Locations in order of preference, such as `["fsn1", "nbg1"]`. */
  location: readonly string[];
  /** Image that it is first installed with; later changes are ignored. @default "ubuntu-24.04" */
  image?: string;
  /** What the image is, where its name does not say. @default as the image is called; for a snapshot, Ubuntu noble */
  release?: OsRelease;
  /**
   * Who may reach SSH through the cloud firewall, as CIDRs. The world, or most of it, is refused: give the deployer's and
   * the operators' addresses. With `ssh` it is for the time before the server has joined, and can be left out after.
   * @default nobody, for a server with `ssh` that is a member already
   */
  sshFrom?: readonly string[];
  /**
   * Where SSH is once the server has joined a mesh: a new one is reached at its public address until then.
   * @default at its public address, port 22
   */
  ssh?: SshWay;
  /** Ports that the cloud firewall opens to everyone, for a host with a proxy: TCP, or `"3478/udp"`; never SSH's. @default none */
  publicPorts?: readonly (number | `${number}/udp`)[];
  /** A volume of its own, kept when the server goes; mounted under /mnt. @default none */
  volume?: {
    /** Size in GB, 10 to 10240. */
    size: number;
  };
  /** Adjusts single children beyond what is offered here. */
  transform?: {
    server?: Transform<ServerArgs>;
    firewall?: Transform<FirewallArgs>;
    volume?: Transform<VolumeArgs>;
  };
}

/**
 * A server at Hetzner Cloud, with addresses and a volume of their own that outlive it, behind a cloud firewall. Its host
 * key is made here and given by cloud-init, so that even the first connection is to a known host.
 *
 * Type and location are chosen once, by availability; nothing that happens later moves, resizes or reinstalls the server
 * unless the stack asks for it.
 *
 * @example
 * new HetznerServer("prod-apps", {
 *   cloud, type: ["cx23", "cpx22"], location: ["fsn1", "nbg1"],
 *   sshFrom: ["203.0.113.7/32"],
 *   ssh: { address: "apps.mesh.example.org", port: 804, jump: hub },
 * });
 */
export class HetznerServer extends Component implements Host {
  readonly connection: pulumi.Output<HostConnection>;
  readonly arch: Architecture;
  readonly release: OsRelease | undefined;
  readonly address: pulumi.Output<string>;
  readonly address6: pulumi.Output<string>;
  readonly deletedWith: pulumi.Resource;
  readonly ssh: SshWay | undefined;
  readonly facilities: HostFacilities = noFacilities();
  /** Where the volume is mounted, such as `/mnt/HC_Volume_123`; undefined without one. */
  readonly volumePath: pulumi.Output<string> | undefined;
  readonly #args: HetznerServerArgs;
  readonly #cloud: HetznerCloud;

  constructor(name: string, args: HetznerServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("server:HetznerServer", name, opts);
    refuse("HetznerServer", name, faultsOf(args));
    this.#args = args;
    this.#cloud = args.cloud;
    this.ssh = args.ssh;
    this.arch = architectureOf(args.type);
    this.release = args.release ?? releaseOf(args.image);
    const { type: types, location: locations, volume } = args;
    this.#cloud.declare({ name, types, locations, volumeGb: volume?.size ?? 0 });

    const hostKey = new KeyPair(`${name}-host-key`, { comment: name }, this.child());
    const placement = this.#createPlacement();
    const ipv4 = this.#createAddress("ipv4", placement);
    const ipv6 = this.#createAddress("ipv6", placement);
    const firewall = this.#createFirewall();
    const server = this.#createServer({ hostKey, placement, ipv4, ipv6, firewall });
    const network = this.#joinNetwork(server);
    this.volumePath = this.#createVolume(server, placement);

    this.deletedWith = server;
    this.address = ipv4.ipAddress;
    // Hetzner gives a network of which the server takes the first address.
    this.address6 = ipv6.ipAddress.apply((network) => network.replace(/::$/, "::1"));
    const outside = this.#sshFrom.length > 0;
    if (!outside) void this.#refuseNew(server);
    const direct = pulumi
      .all([ipv4.ipAddress, hostKey.publicKey, server.id, network?.id])
      .apply(([address, key, machine]): HostConnection => ({ name, address, hostKey: key, patience: 180, machine }));
    this.connection = connectionBy(direct, args.ssh, outside);
    standBehind(name, args.ssh);
    this.registerOutputs({});
  }

  #createPlacement(): Placement {
    const { type, location } = this.#args;
    return new Placement(
      `${this.name}-placement`,
      {
        server: this.#fullName,
        types: [...type],
        locations: [...location],
        token: this.#cloud.token,
        endpoint: this.#cloud.endpoint,
      },
      this.child(),
    );
  }

  #createAddress(type: "ipv4" | "ipv6", placement: Placement): PrimaryIp {
    return new PrimaryIp(
      `${this.name}-${type}`,
      {
        name: `${this.#fullName}-${type}`,
        type,
        assigneeType: "server",
        autoDelete: false,
        location: placement.location,
        labels: this.#cloud.labels,
      },
      this.#options({ protect: !this.#cloud.ephemeral, ignoreChanges: ["location"] }),
    );
  }

  #createFirewall(): Firewall {
    const world = ["0.0.0.0/0", "::/0"];
    const publicPorts = this.#args.publicPorts ?? [];
    const sourceIps = this.#sshFrom;
    const rules = [
      ...(sourceIps.length > 0
        ? [{ direction: "in", protocol: "tcp", port: "22", sourceIps, description: "SSH" }]
        : []),
      { direction: "in", protocol: "icmp", sourceIps: world, description: "ping and path MTU" },
      ...publicPorts.map((opening) => {
        const [port = "", protocol = "tcp"] = String(opening).split("/");
        return { direction: "in", protocol, port, sourceIps: world };
      }),
    ];
    const args = { name: this.#fullName, rules, labels: this.#cloud.labels };
    return new Firewall(...transformed(this.#args.transform?.firewall, `${this.name}-firewall`, args, this.#options()));
  }

  #createServer(parts: {
    hostKey: KeyPair;
    placement: Placement;
    ipv4: PrimaryIp;
    ipv6: PrimaryIp;
    firewall: Firewall;
  }): Server {
    const { hostKey, placement, ipv4, ipv6, firewall } = parts;
    const userData = pulumi
      .all([hostKey.privateKey, hostKey.publicKey])
      .apply(([privateKey, publicKey]) => renderCloudInit({ hostname: this.name, hostKey: { privateKey, publicKey } }));
    const args: ServerArgs = {
      name: this.#fullName,
      serverType: placement.type,
      location: placement.location,
      image: this.#args.image ?? DEFAULT_IMAGE,
      sshKeys: [this.#cloud.sshKey.id],
      placementGroupId: this.#cloud.placementGroup.id.apply(Number),
      publicNets: [{ ipv4: ipv4.id.apply(Number), ipv6: ipv6.id.apply(Number) }],
      firewallIds: [firewall.id.apply(Number)],
      labels: this.#cloud.labels,
      userData: pulumi.secret(userData),
      shutdownBeforeDeletion: true,
    };
    const opts = this.#options({
      protect: !this.#cloud.ephemeral,
      // Two of one name, or on one address, cannot be.
      deleteBeforeReplace: true,
      // Bootstrap only: a changed image, key or user data would reinstall the server.
      ignoreChanges: ["userData", "image", "sshKeys", "location"],
    });
    return new Server(...transformed(this.#args.transform?.server, `${this.name}-server`, args, opts));
  }

  /** A new server is in no mesh yet, and would stay as the cloud made it without a way in. A preview sees that it is new. */
  async #refuseNew(server: Server): Promise<void> {
    // Public at run time alone: the SDK's types leave it out.
    const { isKnown } = server.id as unknown as { isKnown: Promise<boolean> };
    if (!pulumi.runtime.isDryRun() || (await isKnown)) return;
    throw new pulumi.RunError(
      `HetznerServer "${this.name}" would be new, so in no mesh yet, and nobody is let in from outside: give the deployer's ` +
        "address in `sshFrom` until the server has joined.",
    );
  }

  #joinNetwork(server: Server): ServerNetwork | undefined {
    const subnet = this.#cloud.subnet;
    if (!subnet) return undefined;
    const args = { serverId: server.id.apply(Number), subnetId: subnet.id };
    return new ServerNetwork(`${this.name}-network`, args, this.#options({ deletedWith: server }));
  }

  #createVolume(server: Server, placement: Placement): pulumi.Output<string> | undefined {
    if (!this.#args.volume) return undefined;
    const args = {
      name: this.#fullName,
      size: this.#args.volume.size,
      format: "ext4",
      location: placement.location,
      labels: this.#cloud.labels,
    };
    const opts = this.#options({ protect: !this.#cloud.ephemeral, ignoreChanges: ["location", "format"] });
    const volume = new Volume(...transformed(this.#args.transform?.volume, `${this.name}-volume`, args, opts));
    const attachment = new VolumeAttachment(
      `${this.name}-volume-attachment`,
      { volumeId: volume.id.apply(Number), serverId: server.id.apply(Number), automount: true },
      this.#options(),
    );
    return pulumi.all([volume.id, attachment.id]).apply(([id]) => `/mnt/HC_Volume_${id}`);
  }

  get #sshFrom(): string[] {
    return [...(this.#args.sshFrom ?? [])];
  }

  /** Names at Hetzner are unique in a project; stacks may share one. */
  get #fullName(): string {
    return `${pulumi.getStack()}-${this.name}`;
  }

  #options(opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return this.#cloud.options(this, opts);
  }
}

/** Hetzner's Arm types are the `cax` line. */
function architectureOf(types: readonly string[]): Architecture {
  return types[0]?.startsWith("cax") ? "arm64" : "amd64";
}

function faultsOf(args: HetznerServerArgs): Fault[] {
  const { sshFrom = [] } = args;
  const faults: Fault[] = sshFaults(args.ssh);
  if (args.type.length === 0)
    faults.push({ path: "type", reason: 'is empty; name server types, such as ["cx23", "cpx22"]' });
  if (args.location.length === 0)
    faults.push({ path: "location", reason: 'is empty; name locations, such as ["fsn1"]' });
  if (new Set(args.type.map((type) => type.startsWith("cax"))).size > 1) {
    faults.push({
      path: "type",
      reason: `mixes Arm (cax…) and x86 types: ${args.type.join(", ")}; images differ between them`,
    });
  }
  if (sshFrom.length === 0 && !args.ssh) {
    faults.push({ path: "sshFrom", reason: "is empty, and there is no `ssh` in a mesh; nobody could deploy to it" });
  }
  faults.push(...sshSourceFaults("sshFrom", sshFrom), ...publicPortFaults(args));
  if (args.volume && !(Number.isInteger(args.volume.size) && args.volume.size >= 10 && args.volume.size <= 10240)) {
    faults.push({ path: "volume.size", reason: `is ${args.volume.size}; 10 to 10240 GB are allowed` });
  }
  return faults;
}

/** SSH is where the mesh reaches it, and at 22 until the server is hardened. */
function publicPortFaults({ publicPorts = [], ssh }: HetznerServerArgs): Fault[] {
  const sshPorts = new Set([22, ssh?.port ?? 22]);
  return publicPorts.flatMap((opening, index): Fault[] => {
    const path = `publicPorts[${index}]`;
    const [, port = "", udp] = /^(\d+)(\/udp)?$/.exec(String(opening)) ?? [];
    if (!parsePorts(port)) {
      const reason = `is ${opening}; a TCP port such as 443, or one such as "3478/udp", between 1 and 65535 is needed`;
      return [{ path, reason }];
    }
    if (udp || !sshPorts.has(Number(port))) return [];
    return [
      { path, reason: `is ${opening}, SSH's port; SSH open to the world is refused, name addresses in \`sshFrom\`` },
    ];
  });
}
