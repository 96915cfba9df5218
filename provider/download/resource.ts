import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface DownloadArgs extends HostResourceArgs {
  /** Where it is published, over HTTP or HTTPS; the host itself fetches it. */
  url: pulumi.Input<string>;
  /** SHA-256 of what is fetched, in hexadecimal: anything else is refused before it is looked into. */
  sha256: pulumi.Input<string>;
  /**
   * What of it becomes which file: `{ "/usr/local/bin/tailscale": "tailscale_1.102.4_amd64/tailscale" }` for a member of
   * a tar archive (gzip or plain), `{ "/usr/local/bin/headscale": "" }` for what was fetched itself.
   */
  files: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Octal mode of the files. @default "0755" */
  mode?: pulumi.Input<string>;
}

/** Files of a published release, held to a pinned checksum. A file that was altered since is fetched again. */
export class Download extends HostResource {
  /** SHA-256 of the release that the files are from. */
  declare readonly sha256: pulumi.Output<string>;

  constructor(name: string, args: DownloadArgs, opts?: pulumi.CustomResourceOptions) {
    super("Download", name, args, [], opts);
  }
}
