import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../component.ts";
import type { DnsProvider } from "../proxy/acme.ts";
import type { RecordSet, RecordType } from "./records.ts";

/** The zone, as far as its hoster has to know it. */
export interface ZonePlace {
  /** The component's name. */
  name: string;
  /** `example.org` */
  domain: string;
  /** Seconds for records that say nothing else. */
  ttl: number;
  /** What its resources belong to. */
  parent: pulumi.Resource;
}

/** Where in Cloudflare a zone is. */
export interface CloudflarePlace {
  /** Id of the account. */
  accountId: string;
  /** Id of the zone. */
  zoneId: pulumi.Output<string>;
  /** Options that resources of the account need. */
  options: pulumi.CustomResourceOptions;
}

/** A zone at its hoster. */
export interface OpenZone {
  /** Name servers that the registrar has to be told; undefined for a zone that was there before. */
  nameServers?: pulumi.Output<string[]>;
  /** What Cloudflare's Workers need. */
  cloudflare?: CloudflarePlace;
  /** By what Caddy proves that names of the zone are ours. */
  challenge: DnsProvider;
  /** Makes the resources of some sets. @param source what declares them, unique in the zone */
  publish(source: string, sets: readonly RecordSet[]): void;
}

/** Bounds that include both ends. */
export interface Bounds {
  /** The least that is allowed. */
  min: number;
  /** The most that is allowed. */
  max: number;
}

/** Who hosts a zone. Made by `cloudflareZone`, `hetznerZone` and `ovhZone`. */
export interface Hoster {
  /** Bounds of times to live, in seconds. */
  ttls: Bounds;
  /** Whether it can stand before names. */
  proxies: boolean;
  /** Whether the domain itself may be another name of something. */
  aliasOfDomain: boolean;
  /** What is wrong with its own arguments. */
  faults: readonly Fault[];
  /** Declares the zone, where it is not there before. @param zone what the component knows of it */
  open(zone: ZonePlace): OpenZone;
}

/** `dns-www-a`: by name and type, never by place. */
export function setName(zone: string, { name, type }: { name: string; type: RecordType }): string {
  return `${zone}-${name}-${type.toLowerCase()}`;
}
