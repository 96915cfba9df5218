import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface UserArgs extends HostResourceArgs {
  /** Login name; another name is another user. */
  user: pulumi.Input<string>;
  /** Numeric id. @default the next free one */
  uid?: pulumi.Input<number>;
  /** Home directory. @default the host's rule: /home/<user> */
  home?: pulumi.Input<string>;
  /** Login shell. @default "/bin/bash", for a system user "/usr/sbin/nologin" */
  shell?: pulumi.Input<string>;
  /** Supplementary groups, exactly these; they have to exist. @default not managed */
  groups?: pulumi.Input<pulumi.Input<string>[]>;
  /** A user for a service: id below 1000, no home directory is made. Counts only when the user is made. @default false */
  system?: pulumi.Input<boolean>;
  /** Public keys that let in over SSH, exactly these. @default not managed */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether it may become root, and without a password. @default "none" */
  sudo?: pulumi.Input<"none" | "passwordless">;
  /** `locked`: no password opens it, keys still do. `unmanaged`: left as it is. @default "locked" */
  password?: pulumi.Input<"locked" | "unmanaged">;
  /** Delete the home directory along with the user. @default false */
  deleteHome?: pulumi.Input<boolean>;
}

/**
 * A user of a host. Deleting it keeps its home directory unless told otherwise.
 *
 * The one that a deployment logs in as (`host.user`) is not deleted, and what is changed of it has to be proven by a new
 * login that becomes root; otherwise the host takes it back.
 */
export class User extends HostResource {
  /** Login name. */
  declare readonly user: pulumi.Output<string>;
  /** Numeric id that it has. */
  declare readonly uid: pulumi.Output<number>;
  /** Home directory that it has. */
  declare readonly home: pulumi.Output<string>;

  constructor(name: string, args: UserArgs, opts?: pulumi.CustomResourceOptions) {
    super("User", name, args, ["uid", "home"], opts);
  }
}
