import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface ScriptArgs extends HostResourceArgs {
  /**
   * POSIX sh that prints how things are and changes nothing. Runs before and after `apply` and at every refresh; a
   * non-zero exit is an error. A line break at the end of what it prints does not count.
   */
  observe: pulumi.Input<string>;
  /** What `observe` has to print. */
  wanted: pulumi.Input<string>;
  /** POSIX sh that makes it so; runs only when `observe` prints something else. Stops at the first failing command. */
  apply: pulumi.Input<string>;
  /** POSIX sh that takes it back when it is no longer declared. @default nothing is taken back */
  revert?: pulumi.Input<string>;
  /** Variables that the scripts see. They travel over the SSH connection's standard input; secrets stay secret. */
  input?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Something on a host that no other resource type knows: a script that looks, one that changes, one that takes back.
 *
 * @example
 * new Script("ip-forwarding", {
 *   host,
 *   observe: "sysctl -n net.ipv4.ip_forward",
 *   wanted: "1",
 *   apply: "sysctl -q -w net.ipv4.ip_forward=1",
 * });
 */
export class Script extends HostResource {
  constructor(name: string, args: ScriptArgs, opts?: pulumi.CustomResourceOptions) {
    super("Script", name, args, [], opts);
  }
}
