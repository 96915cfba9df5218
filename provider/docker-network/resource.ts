import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface DockerNetworkArgs extends HostResourceArgs {
  /** The network's name in Docker; another name is another network. */
  name: pulumi.Input<string>;
  /** `bridge`, `macvlan`, `ipvlan`. A change makes the network anew. @default "bridge" */
  driver?: pulumi.Input<string>;
  /** IPv4 range in CIDR notation, such as `172.20.1.0/24`. A change makes it anew. @default one from Docker's address pools */
  subnet?: pulumi.Input<string>;
  /** The host's own address in the subnet. A change makes the network anew. @default the subnet's first address */
  gateway?: pulumi.Input<string>;
  /** IPv6 range in CIDR notation; gives the network IPv6. A change makes the network anew. @default none, IPv4 only */
  ipv6Subnet?: pulumi.Input<string>;
  /** No way out of this network and none in from outside. A change makes it anew. @default false */
  internal?: pulumi.Input<boolean>;
  /** Containers that are no part of a Swarm service may join. A change makes the network anew. @default false */
  attachable?: pulumi.Input<boolean>;
  /** Driver options, such as `{"com.docker.network.bridge.name": "br-front"}`. A change makes the network anew. @default {} */
  options?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Labels. A change replaces the network. @default {} */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A Docker network on a host. A network of that name which is there already is taken over when its settings are the
 * same. Docker cannot change a network, so every change makes it anew: the containers on it are disconnected, the
 * network is made again under its name, and the containers are connected again with their aliases. A network that is no
 * longer declared is removed; one that still has containers is an error that names them.
 */
export class DockerNetwork extends HostResource {
  /** The network's name in Docker. */
  declare readonly name: pulumi.Output<string>;
  /** IPv4 range in CIDR notation. */
  declare readonly subnet: pulumi.Output<string>;
  /** The host's own address in the subnet. */
  declare readonly gateway: pulumi.Output<string>;

  constructor(name: string, args: DockerNetworkArgs, opts?: pulumi.CustomResourceOptions) {
    super("DockerNetwork", name, args, ["subnet", "gateway"], opts);
  }
}
