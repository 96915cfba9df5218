import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

/** One opening (or refusal) of a host's firewall. */
export interface FirewallRule {
  /** Port or range: `443`, `"443"`, `"6000:6010"`. Without it every port, which needs `from` or `interface`. */
  port?: pulumi.Input<string | number>;
  /** @default "tcp", and without a port "any" */
  protocol?: pulumi.Input<"tcp" | "udp" | "any">;
  /** Who it is for: `"any"`, or addresses and networks (IPv4, IPv6 or both) such as `["100.64.0.0/10"]`. @default "any" */
  from?: pulumi.Input<string | pulumi.Input<string>[]>;
  /** Only what comes in on this interface, such as `tailscale0`. @default every interface */
  interface?: pulumi.Input<string>;
  /**
   * What happens to it. `limit` lets in but refuses an address that connects six times within 30 seconds.
   * Refusals come before openings.
   * @default "allow"
   */
  action?: pulumi.Input<"allow" | "limit" | "deny" | "reject">;
  /** Shown by `ufw status`. @default the rule's key */
  comment?: pulumi.Input<string>;
}

export interface FirewallArgs extends HostResourceArgs {
  /**
   * Every rule of the host, by a name of your choice. A rule that is not here is taken away. One of them has to let
   * SSH in on the port that the deployer connects to.
   */
  rules: pulumi.Input<Record<string, pulumi.Input<FirewallRule>>>;
  /** What no rule lets in. @default "deny" */
  incoming?: pulumi.Input<"deny" | "reject" | "allow">;
  /** What no rule lets out. @default "allow" */
  outgoing?: pulumi.Input<"deny" | "reject" | "allow">;
  /** What is forwarded between interfaces without a rule. @default "deny" */
  routed?: pulumi.Input<"deny" | "reject" | "allow">;
  /** How much is logged. @default "low" */
  logging?: pulumi.Input<"off" | "low" | "medium" | "high" | "full">;
  /**
   * Whether ports that containers publish need a rule too; otherwise Docker opens them to everybody.
   * @default "guarded"
   */
  containers?: pulumi.Input<"guarded" | "unguarded">;
  /** Whether it filters at all. @default true */
  enabled?: pulumi.Input<boolean>;
  /**
   * Interfaces behind which containers are; `+` stands for the rest of a name. What comes from them is left to Docker,
   * what goes to them from elsewhere needs a rule for the published port.
   * @default ["docker+", "br-+"]
   */
  containerInterfaces?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * The whole rule set of a host: UFW for what the host itself serves, and Docker's DOCKER-USER chain for the ports that
 * containers publish, which UFW alone leaves open. IPv4 and IPv6. A change that would lock the deployer out is taken
 * back by the host itself.
 */
export class Firewall extends HostResource {
  constructor(name: string, args: FirewallArgs, opts?: pulumi.CustomResourceOptions) {
    super("Firewall", name, args, [], opts);
  }
}
