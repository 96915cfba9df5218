import type * as pulumi from "@pulumi/pulumi";
import { DockerNetwork, type DockerNetworkArgs } from "../../provider/docker-network/resource.ts";
import { Component, type Fault, refuse, type Transform, transformed } from "../component.ts";
import { type Host, onHost } from "../server/host.ts";
import { gatewayOf, parseCidr } from "./cidr.ts";
import { grantedTo } from "./grants.ts";
import { RESERVED_RANGES, subnetFaults, type WantedRange } from "./subnets.ts";

/** One Docker network of a host. */
export interface NetworkArgs {
  /** IPv4 range, such as `172.20.1.0/24`. Overlaps with no other network of the host, the mesh or Docker's own bridge. */
  subnet: string;
  /** IPv6 range, such as `fd00:20:1::/64`. @default none, IPv4 only */
  ipv6Subnet?: string;
  /** No way out and no way in: for databases and caches. @default false */
  internal?: boolean;
}

export interface DockerNetworksArgs<Name extends string> {
  /** The host that has them. */
  host: Host;
  /** By name, which is also the network's name in Docker. Lower-case letters, digits and hyphens. */
  networks: Record<Name, NetworkArgs>;
  /** Adjustments of the children. */
  transform?: { network?: Transform<DockerNetworkArgs> };
}

/** A network, as services refer to it. */
export interface Network {
  readonly name: string;
  /** The host it is on. */
  readonly host: Host;
  /** IPv4 range, such as `172.20.1.0/24`. */
  readonly subnet: string;
  /** The host's own address in the network. What comes from it may be anybody whose address was translated. */
  readonly gateway: string;
  /** IPv6 range, where it has one. */
  readonly ipv6Subnet?: string;
  /** The host's own IPv6 address in the network, where it has a range. */
  readonly ipv6Gateway?: string;
  /** Whether there is no way out of it. */
  readonly internal: boolean;
  /** What services on the network wait for. */
  readonly resource: DockerNetwork;
}

class NetworkSet<Name extends string> extends Component {
  constructor(name: string, args: DockerNetworksArgs<Name>, opts?: pulumi.ComponentResourceOptions) {
    super("docker:DockerNetworks", name, opts);
    const declared = Object.entries<NetworkArgs>(args.networks);
    refuse("DockerNetworks", name, [...nameFaults(this, args), ...rangeFaults(name, args)]);
    for (const [key, network] of declared)
      grantedTo(args.host).networks.set(key, { ...network, by: `network ${key} of "${name}"` });

    const networks = declared.map(([key, network]) => [key, this.#createNetwork(args, key, network)] as const);
    Object.assign(this, Object.fromEntries(networks));
    this.registerOutputs();
  }

  #createNetwork(args: DockerNetworksArgs<Name>, key: string, network: NetworkArgs): Network {
    const { host } = args;
    const internal = network.internal ?? false;
    const cidr = parseCidr(network.subnet);
    const gateway = cidr ? gatewayOf(cidr) : "";
    const resource = new DockerNetwork(
      ...transformed<DockerNetworkArgs>(
        args.transform?.network,
        `${this.name}-${key}`,
        { host: host.connection, name: key, subnet: network.subnet, gateway, ipv6Subnet: network.ipv6Subnet, internal },
        this.child(onHost(host, { dependsOn: host.facilities.docker })),
      ),
    );
    const ipv6 = network.ipv6Subnet ? parseCidr(network.ipv6Subnet) : undefined;
    const range = ipv6 && { ipv6Subnet: network.ipv6Subnet, ipv6Gateway: gatewayOf(ipv6) };
    return { name: key, host, subnet: network.subnet, gateway, ...range, internal, resource };
  }
}

function nameFaults(component: object, args: DockerNetworksArgs<string>): Fault[] {
  const faults: Fault[] = [];
  for (const key of Object.keys(args.networks)) {
    const path = `networks.${key}`;
    const owner = grantedTo(args.host).networks.get(key)?.by;
    if (!/^[a-z][a-z0-9-]*$/.test(key)) {
      faults.push({ path, reason: "is not a network name; lower-case letters, digits and hyphens are allowed" });
    } else if (["host", "none", "bridge", "default", "ingress"].includes(key)) {
      faults.push({ path, reason: `has the name of one of Docker's own networks; choose another name` });
    } else if (key in component) {
      faults.push({ path, reason: "has a name that every component uses itself; choose another name" });
    } else if (owner) {
      faults.push({ path, reason: `is there already: ${owner} on ${args.host.name}` });
    }
  }
  return faults;
}

function rangeFaults(name: string, args: DockerNetworksArgs<string>): Fault[] {
  const wanted = Object.entries(args.networks).flatMap(([key, network]): WantedRange[] => {
    const by = `network ${key} of "${name}"`;
    const ipv4: WantedRange = { path: `networks.${key}.subnet`, range: network.subnet, family: 4, by };
    if (network.ipv6Subnet === undefined) return [ipv4];
    return [ipv4, { path: `networks.${key}.ipv6Subnet`, range: network.ipv6Subnet, family: 6, by }];
  });
  const others = [...grantedTo(args.host).networks.values()].flatMap(({ subnet, ipv6Subnet, by }) => [
    { range: subnet, by },
    ...(ipv6Subnet ? [{ range: ipv6Subnet, by }] : []),
  ]);
  return subnetFaults(wanted, [...RESERVED_RANGES, ...others]);
}

/**
 * The Docker networks of a host, each a property under its own name.
 *
 * @example
 * ```ts
 * const net = new DockerNetworks("networks", {
 *   host: core,
 *   networks: {
 *     frontend: { subnet: "172.20.1.0/24" },
 *     backend: { subnet: "172.20.2.0/24", internal: true },
 *   },
 * });
 * new Redis("cache", { host: core, network: net.backend, password: secrets.redis.password });
 * ```
 */
export type DockerNetworks<Name extends string = string> = NetworkSet<Name> & { readonly [name in Name]: Network };

// A class cannot say that it has a property per key of its argument; a constructor's type can.
export const DockerNetworks = NetworkSet as unknown as new <Name extends string>(
  name: string,
  args: DockerNetworksArgs<Name>,
  opts?: pulumi.ComponentResourceOptions,
) => DockerNetworks<Name>;
