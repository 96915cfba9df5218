import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

/** One file of a set. */
export interface FileEntry {
  /** What is in it: text, or a file of this project as an asset. Secrets stay secret in state and in messages. */
  content: pulumi.Input<string | pulumi.asset.Asset>;
  /** Octal mode. @default "0644" */
  mode?: pulumi.Input<string>;
  /** User that owns it. @default "root" */
  owner?: pulumi.Input<string>;
  /** Group that owns it. @default "root" */
  group?: pulumi.Input<string>;
}

export interface FilesArgs extends HostResourceArgs {
  /** The files by absolute path. One that is taken out of the set is removed from the host. */
  files: pulumi.Input<Record<string, pulumi.Input<FileEntry>>>;
  /**
   * Command that has to accept the set once it is in place, such as `nginx -t`. When it fails, every file becomes what
   * it was before, and nothing is reloaded.
   */
  validate?: pulumi.Input<string>;
  /**
   * systemd units to reload (or restart, where they cannot reload) when any content changed, if they are running. As a
   * map, each unit for the files that it names: `{ "fail2ban.service": ["/etc/fail2ban/jail.d/ssh.local"] }`.
   */
  reload?: pulumi.Input<pulumi.Input<string>[] | Record<string, pulumi.Input<pulumi.Input<string>[]>>>;
  /** Leave the files on the host when the whole set is no longer declared. @default false */
  retain?: pulumi.Input<boolean>;
}

/**
 * A set of files on a host that belong together, with a difference per file: observed by one script, written by one
 * script, so that sixty files cost about as much as one.
 */
export class Files extends HostResource {
  constructor(name: string, args: FilesArgs, opts?: pulumi.CustomResourceOptions) {
    super("Files", name, args, [], opts);
  }
}
