import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface FileArgs extends HostResourceArgs {
  /** Absolute path on the host; another path is another file. */
  path: pulumi.Input<string>;
  /** What is in it: text, or a file of this project as an asset. Secrets stay secret in state and in messages. */
  content: pulumi.Input<string | pulumi.asset.Asset>;
  /** Octal mode. @default "0644" */
  mode?: pulumi.Input<string>;
  /** User that owns it. @default "root" */
  owner?: pulumi.Input<string>;
  /** Group that owns it. @default "root" */
  group?: pulumi.Input<string>;
  /**
   * Command that has to accept the new content before it takes the file's place; `{}` stands for the temporary file.
   * Example: `visudo -cf {}`.
   */
  validate?: pulumi.Input<string>;
  /** systemd units to reload (or restart, where they cannot reload) when the content changed, if they are running. */
  reload?: pulumi.Input<pulumi.Input<string>[]>;
  /** Leave the file on the host when it is no longer declared. @default false */
  retain?: pulumi.Input<boolean>;
}

/** A file on a host. Written to a temporary name, flushed, validated, then renamed into place. */
export class File extends HostResource {
  /** Absolute path on the host. */
  declare readonly path: pulumi.Output<string>;
  /** Octal mode that it has. */
  declare readonly mode: pulumi.Output<string>;

  constructor(name: string, args: FileArgs, opts?: pulumi.CustomResourceOptions) {
    super("File", name, args, [], opts);
  }
}
