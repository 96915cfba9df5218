import * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "./host.ts";

/** What every resource on a host takes. */
export interface HostResourceArgs {
  /** The host, and how it is reached. */
  host: pulumi.Input<HostConnection>;
}

/** A thing on a host that the Quayside provider observes and keeps as declared. */
export abstract class HostResource extends pulumi.CustomResource {
  /** The host it is on. */
  declare readonly host: pulumi.Output<HostConnection>;

  /** @param outputs names of the properties that only the provider knows */
  protected constructor(
    type: string,
    name: string,
    args: HostResourceArgs,
    outputs: readonly string[],
    opts: pulumi.CustomResourceOptions = {},
  ) {
    const unknown = Object.fromEntries(outputs.map((output) => [output, undefined]));
    super(`quayside:host:${type}`, name, { ...unknown, ...args }, opts);
  }
}

export interface ProviderArgs {
  /**
   * Private key (OpenSSH or PEM) that opens every host. @default QUAYSIDE_SSH_KEY_FILE's content, else the SSH agent,
   * else the user's own key in ~/.ssh
   */
  privateKey?: pulumi.Input<string>;
}

/** An explicit instance of the provider, for a key that comes from the stack's secrets. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    super("quayside", name, { privateKey: args.privateKey && pulumi.secret(args.privateKey) }, opts);
  }
}
