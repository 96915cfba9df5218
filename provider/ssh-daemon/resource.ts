import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface SshDaemonArgs extends HostResourceArgs {
  /**
   * Ports that it listens on. To move to another port: declare both, then point `host.port` at the new one, then drop
   * the old one.
   * @default [22]
   */
  ports?: pulumi.Input<pulumi.Input<number>[]>;
  /** Addresses that it listens on. @default all */
  listenAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** @default "prohibit-password" */
  permitRootLogin?: pulumi.Input<"yes" | "no" | "prohibit-password" | "forced-commands-only">;
  /** @default false */
  passwordAuthentication?: pulumi.Input<boolean>;
  /** Keyboard-interactive authentication: PAM's own dialogue, a password again on most hosts. @default false */
  keyboardInteractiveAuthentication?: pulumi.Input<boolean>;
  /** Only these users (`name` or `name@network`) may log in. @default everybody */
  allowUsers?: pulumi.Input<pulumi.Input<string>[]>;
  /** Only members of these groups may log in. @default everybody */
  allowGroups?: pulumi.Input<pulumi.Input<string>[]>;
  /** Attempts per connection. @default 4 */
  maxAuthTries?: pulumi.Input<number>;
  /** Channels per connection; a deployment uses up to 8. @default 10 */
  maxSessions?: pulumi.Input<number>;
  /** Connections that have not logged in yet, `start:rate:full`. @default "10:30:100" */
  maxStartups?: pulumi.Input<string>;
  /** Seconds that a client has to log in. @default 30 */
  loginGraceTime?: pulumi.Input<number>;
  /** Seconds of silence after which a client is asked whether it is still there; 0 never asks. @default 60 */
  clientAliveInterval?: pulumi.Input<number>;
  /** Unanswered questions after which a client is gone. @default 3 */
  clientAliveCountMax?: pulumi.Input<number>;
  /** @default false */
  x11Forwarding?: pulumi.Input<boolean>;
  /** Needed on a host that others are reached through. @default true */
  allowTcpForwarding?: pulumi.Input<boolean>;
  /** @default false */
  allowAgentForwarding?: pulumi.Input<boolean>;
  /** Other keywords of sshd_config(5): `{ Ciphers: "aes256-gcm@openssh.com" }`. */
  extra?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The SSH daemon's settings, as `sshd -T` reports them in the end: a file of this project that is read first, checked
 * by `sshd -t` before it counts. A change that would lock the deployer out is taken back by the host itself.
 */
export class SshDaemon extends HostResource {
  constructor(name: string, args: SshDaemonArgs, opts?: pulumi.CustomResourceOptions) {
    super("SshDaemon", name, args, [], opts);
  }
}
