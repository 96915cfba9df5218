import type * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "../../provider/index.ts";
import type { NeededPort, Openings } from "../hardening/openings.ts";
import type { OsRelease } from "./os-release.ts";
import type { SshWay } from "./ssh-way.ts";

/** Processor architecture, as Debian and Docker call it. */
export type Architecture = "amd64" | "arm64";

/** A machine that things are put on, however it came to be. `HetznerServer` and `ExistingServer` are hosts. */
export interface Host {
  /** Name of the component, and the host's identity in state. */
  readonly name: string;
  /** How the provider reaches it. The address may only be known after the server was created. */
  readonly connection: pulumi.Output<HostConnection>;
  /** Where SSH is in a mesh, for a host that is reached through one. */
  readonly ssh?: SshWay | undefined;
  /** Which builds of packages and images it runs. */
  readonly arch: Architecture;
  /** What it runs, for packages that are not the distribution's own; undefined where nobody can tell. */
  readonly release?: OsRelease | undefined;
  /** Public address, for DNS records and links. */
  readonly address: pulumi.Output<string>;
  /** Public IPv6 address beside it, where it has one. */
  readonly address6?: pulumi.Output<string> | undefined;
  /** The cloud server that takes everything on it along when it is deleted; none for a machine that we only use. */
  readonly deletedWith: pulumi.Resource | undefined;
  /** What the host has been given so far; components that build on each other find each other here. */
  readonly facilities: HostFacilities;
}

/** What components on one host share. Plain values, filled in while the stack is declared. */
export interface HostFacilities {
  /** Set by `DockerEngine`: what everything that runs containers waits for. */
  docker?: pulumi.Resource;
  /** Set by `Hardening`: what the firewall lets in, SSH included; undefined while nobody owns the firewall. */
  openings?: Openings;
  /** Set by `Hardening`: who is kept off the host by fail2ban. */
  bans?: {
    /** fail2ban itself. */
    resource: pulumi.Resource;
    /** Addresses and networks that are never banned. */
    never: readonly string[];
  };
  /** Set by `Caddy`: a host has one proxy, the owner of its public ports. */
  proxy?: {
    /** Name of its component. */
    name: string;
    /** What the firewall has to let in for it. */
    needs: readonly NeededPort[];
  };
  /** Set by `Mesh` on its members: what has to be there before SSH can be left to the mesh. */
  mesh?: pulumi.Resource;
  /** Hosts that are reached through this one, with the addresses that they have there. */
  behind: Map<string, string>;
  /** Ports that containers publish, with who publishes them. */
  publishedPorts: Map<string, string>;
}

/** Options of a resource that lives on a host: it goes when the host goes. */
export function onHost(host: Host, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return host.deletedWith ? { deletedWith: host.deletedWith, ...opts } : opts;
}

/** Facilities of a host that has been given nothing yet. */
export function noFacilities(): HostFacilities {
  return { behind: new Map(), publishedPorts: new Map() };
}
