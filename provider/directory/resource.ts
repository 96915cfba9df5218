import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface DirectoryArgs extends HostResourceArgs {
  /** Absolute path on the host; another path is another directory. Missing parents are made, mode 0755. */
  path: pulumi.Input<string>;
  /** Octal mode. @default "0755" */
  mode?: pulumi.Input<string>;
  /** User that owns it. @default "root" */
  owner?: pulumi.Input<string>;
  /** Group that owns it. @default "root" */
  group?: pulumi.Input<string>;
  /** Leave the directory on the host when it is no longer declared, even when it is empty. @default false */
  retain?: pulumi.Input<boolean>;
  /**
   * Delete what is in it, too, when it is no longer declared. Without this only an empty directory goes; one that holds
   * anything stays, with a warning. @default false
   */
  deleteContents?: pulumi.Input<boolean>;
}

/** A directory on a host. What is in it is not its business. */
export class Directory extends HostResource {
  /** Absolute path on the host. */
  declare readonly path: pulumi.Output<string>;
  /** Octal mode that it has. */
  declare readonly mode: pulumi.Output<string>;

  constructor(name: string, args: DirectoryArgs, opts?: pulumi.CustomResourceOptions) {
    super("Directory", name, args, [], opts);
  }
}
