import type * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "../host.ts";
import { HostResource, type HostResourceArgs } from "../resource.ts";

/** A policy as Headscale reads it, as far as it is generated here. */
export interface MeshPolicyDocument {
  /** People by group: `{ "group:admins": ["alice@"] }`. */
  groups: Record<string, string[]>;
  /** Who may give a tag to a device: nobody but the hub itself, so the lists are empty. */
  tagOwners: Record<string, string[]>;
  /** What is allowed; everything else is refused. */
  acls: { action: "accept"; proto?: string; src: string[]; dst: string[] }[];
  /** What has to hold. Headscale takes no policy for which one of these does not. */
  tests: MeshPolicyTest[];
}

/** From one source: what has to be reached, and what must not be. */
export interface MeshPolicyTest {
  /** `tag:edge`, `group:admins`. */
  src: string;
  /** `tcp`, `udp` or `icmp`. */
  proto: string;
  /** What has to be reached: `tag:core:22`. */
  accept?: string[];
  /** What must not be reached: `tag:core:5432`. */
  deny?: string[];
}

export interface MeshPolicyArgs extends HostResourceArgs {
  /** The policy, whole. */
  policy: pulumi.Input<MeshPolicyDocument>;
  /** People who have to exist, by the names that groups use without the `@`. None is ever removed. @default [] */
  users?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Members' own connections. One that leads through the mesh and works has to work under a changed policy, too, or the
   * hub takes the change back by itself. @default []
   */
  reach?: pulumi.Input<pulumi.Input<HostConnection>[]>;
}

/**
 * Who reaches what in a mesh, on the host where Headscale runs (`policy.mode: database`). Headscale runs the policy's
 * tests before it takes it; a test whose source or target has no device yet cannot be run and waits. Deleting the policy
 * leaves one that lets nobody reach anybody, as without one everything would be allowed.
 */
export class MeshPolicy extends HostResource {
  constructor(name: string, args: MeshPolicyArgs, opts?: pulumi.CustomResourceOptions) {
    super("MeshPolicy", name, args, [], opts);
  }
}
