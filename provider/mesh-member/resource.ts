import type * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "../host.ts";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface MeshMemberArgs extends HostResourceArgs {
  /** Where Headscale runs: keys are made and nodes are looked up there, over a connection of the provider's own. */
  hub: pulumi.Input<HostConnection>;
  /** Headscale's address for members: `https://vpn.example.org`. */
  server: pulumi.Input<string>;
  /** Name in the mesh, and so in MagicDNS: `core`. */
  node: pulumi.Input<string>;
  /** What it is to the policy, at least one: `["tag:core"]`. */
  tags: pulumi.Input<pulumi.Input<string>[]>;
  /** Networks behind it that it carries traffic to, approved at once. @default [] */
  routes?: pulumi.Input<pulumi.Input<string>[]>;
  /** Offers its way to the internet to other members, approved at once. @default false */
  exitNode?: pulumi.Input<boolean>;
  /** Uses the networks that other members carry traffic to. @default false */
  acceptRoutes?: pulumi.Input<boolean>;
  /** Resolves names of the mesh, by MagicDNS. @default true */
  acceptDns?: pulumi.Input<boolean>;
}

/**
 * A host's membership in a mesh of Headscale; Tailscale has to run on it. It joins with a key that is made for this one
 * join, can be used once and ends after five minutes; the key is kept nowhere. Deleting it logs out and removes the node.
 */
export class MeshMember extends HostResource {
  /** Name in the mesh. */
  declare readonly node: pulumi.Output<string>;
  /** Its IPv4 address in the mesh; it keeps it for as long as it is a member. */
  declare readonly address: pulumi.Output<string>;
  /** Its addresses in the mesh, IPv4 first. */
  declare readonly addresses: pulumi.Output<string[]>;

  constructor(name: string, args: MeshMemberArgs, opts?: pulumi.CustomResourceOptions) {
    super("MeshMember", name, args, ["address", "addresses", "nodeId"], opts);
  }
}
