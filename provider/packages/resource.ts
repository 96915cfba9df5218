import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

/** An apt repository, as a deb822 file in /etc/apt/sources.list.d. */
export interface AptSource {
  /** Where it is: `["https://download.docker.com/linux/debian"]`. */
  uris: pulumi.Input<pulumi.Input<string>[]>;
  /** Releases: `["trixie"]`. */
  suites: pulumi.Input<pulumi.Input<string>[]>;
  /** Parts of it: `["stable"]`. Empty for a flat repository, whose suite ends in a slash. @default [] */
  components?: pulumi.Input<pulumi.Input<string>[]>;
  /** Debian architectures. @default the host's own */
  architectures?: pulumi.Input<pulumi.Input<string>[]>;
  /** The ASCII-armored public key that signs it, or the absolute path of a keyring on the host. */
  signedBy: pulumi.Input<string>;
}

export interface PackagesArgs extends HostResourceArgs {
  /**
   * Debian packages that have to be installed: `"curl"` in whatever version, or `"redis-server=5:8.0.2-3"` in exactly
   * that one.
   */
  packages: pulumi.Input<pulumi.Input<string>[]>;
  /** Repositories that they come from besides the host's own, by file name (without `.sources`). */
  sources?: pulumi.Input<Record<string, pulumi.Input<AptSource>>>;
  /** Leave the packages and sources on the host when they are no longer declared. @default false */
  retain?: pulumi.Input<boolean>;
}

/**
 * Packages installed with apt. Waits for whoever holds apt's lock, fetches package lists only when needed, and
 * restarts nothing by itself. A package that is no longer declared is removed only if this project installed it and
 * nothing else on the host needs it.
 */
export class Packages extends HostResource {
  constructor(name: string, args: PackagesArgs, opts?: pulumi.CustomResourceOptions) {
    super("Packages", name, args, [], opts);
  }
}
