import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../server/host.ts";

/** Where a domain's mail goes. */
export interface MailServer {
  /** Lower ones are tried first, 0 to 65535. */
  preference: number;
  /** Hostname of the mail server; `.` says that the domain takes no mail. */
  server: string;
}

/** Where a service is found. */
export interface ServiceLocation {
  /** Lower ones are tried first, 0 to 65535. */
  priority: number;
  /** Share among those of one priority, 0 to 65535. */
  weight: number;
  /** 0 to 65535. */
  port: number;
  /** Hostname that serves. */
  target: string;
}

/** Who may issue certificates. */
export interface CertificateAuthority {
  /** `issue`, `issuewild` or `iodef`. */
  tag: "issue" | "issuewild" | "iodef";
  /** `letsencrypt.org`, `;` for nobody, or an address for reports. */
  value: string;
  /** 128 for what an authority has to understand. @default 0 */
  flags?: number;
}

/** What is published under one name. */
export interface RecordsArgs {
  /** Machines: their IPv4 addresses, and IPv6 addresses where they have them. */
  host?: Host | readonly Host[];
  /** IPv4 addresses. */
  A?: pulumi.Input<string> | readonly pulumi.Input<string>[];
  /** IPv6 addresses. */
  AAAA?: pulumi.Input<string> | readonly pulumi.Input<string>[];
  /** The name that this one is another name of; nothing else can be published beside it. */
  CNAME?: string;
  /** Texts, as they are: without quotes, of any length. */
  TXT?: pulumi.Input<string> | readonly pulumi.Input<string>[];
  /** Mail servers. */
  MX?: MailServer | readonly MailServer[];
  /** Certificate authorities. */
  CAA?: CertificateAuthority | readonly CertificateAuthority[];
  /** Places of a service; the name is `_service._protocol` and the domain's. */
  SRV?: ServiceLocation | readonly ServiceLocation[];
  /** Seconds that others may remember it. @default the zone's */
  ttl?: number;
  /** Whether Cloudflare stands before it, for web traffic only. @default false */
  proxied?: boolean;
}

/** Records by full hostname, such as `www.example.org`; `*.example.org` is every name without records of its own. */
export type Records = Readonly<Record<string, RecordsArgs>>;

/** A type of records. */
export type RecordType = "A" | "AAAA" | "CNAME" | "TXT" | "MX" | "CAA" | "SRV";

/** One value of a set. */
export interface RecordValue {
  /** What tells it from the others of its set, for the names of resources. */
  key: string;
  /** As in a zone file: `10 mail.example.org.`, `"v=spf1 -all"`. */
  text: pulumi.Input<string>;
  /** Its parts, for APIs that want them one by one. */
  parts?: { priority?: number; data?: Record<string, string | number> };
}

/** All records of one name and type. */
export interface RecordSet {
  /** `www.example.org` */
  hostname: string;
  /** `www`; `@` for the domain itself. */
  name: string;
  type: RecordType;
  ttl: number;
  proxied: boolean;
  values: readonly RecordValue[];
}
