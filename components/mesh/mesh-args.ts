import type * as pulumi from "@pulumi/pulumi";
import type { MeshPolicyArgs } from "../../provider/index.ts";
import type { Transform } from "../component.ts";
import type { Architecture, Host } from "../server/host.ts";
import type { MeshMemberArgs } from "./member.ts";
import type { MeshReleases } from "./releases.ts";
import type { Rule } from "./rules.ts";
import type { MeshTls } from "./tls.ts";

export interface MeshArgs {
  /** The host that Headscale runs on. It is in the mesh itself if it is among the members. */
  hub: Host;
  /** Domain of members' names: `core.mesh.example.org`. Not the domain that `hostname` is in. */
  domain: string;
  /** Name that leads to the hub: `vpn.example.org`. @default the hub's address */
  hostname?: string;
  /** How members know the hub: `behindProxy(net.frontend)`, or `internalAuthority()`. */
  tls: MeshTls;
  /** Hosts that join, by their name in the mesh. */
  members: Readonly<Record<string, MemberArgs>>;
  /** People by group: `{ admins: ["alice", "bob"] }`. They join with `quay mesh join prod alice`. @default {} */
  groups?: Readonly<Record<string, readonly string[]>>;
  /** Who reaches what; everything else is refused. */
  rules: readonly Rule[];
  /** Names that only the mesh resolves, with the member that they lead to: `{ "n8n.example.org": "core" }`. @default {} */
  records?: Readonly<Record<string, string>>;
  /** Name servers that members use for all other names. @default each keeps its own */
  nameservers?: readonly string[];
  /** Backup of the database and keys, on the hub in /var/backups/headscale. @default daily, 14 kept */
  backup?: {
    /** When, as systemd writes it: `daily`, `*-*-* 03:30`. @default "daily" */
    calendar?: string;
    /** How many are kept. @default 14 */
    keep?: number;
  };
  /** Where the programs come from. @default the official releases, by checksum */
  releases?: Partial<Record<Architecture, MeshReleases>>;
  /** Adjustments of the children. */
  transform?: { policy?: Transform<MeshPolicyArgs>; member?: MeshMemberArgs["transform"] };
}

/** A host that joins. */
export interface MemberArgs {
  /** The host that joins. */
  host: Host;
  /** What it is to the rules: one tag, or several. */
  tag: string | readonly string[];
  /** Networks behind it that it carries traffic to, approved at once: `["192.168.1.0/24"]`. @default [] */
  routes?: readonly string[];
  /** Offers its way to the internet, approved at once; who may use it says a rule to `internet`. @default false */
  exitNode?: boolean;
  /** Uses networks that other members carry traffic to. @default false */
  acceptRoutes?: boolean;
  /** Resolves the mesh's names. @default true */
  acceptDns?: boolean;
  /** What has to be there before it joins. @default nothing */
  needs?: readonly pulumi.Resource[];
}

/** The tags of a member. */
export function tagsOf(member: Pick<MemberArgs, "tag">): readonly string[] {
  return typeof member.tag === "string" ? [member.tag] : member.tag;
}
