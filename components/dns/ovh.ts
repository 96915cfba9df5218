import type * as pulumi from "@pulumi/pulumi";
import { OvhDnsRecords } from "../../provider/ovh-dns/resource.ts";
import { ovhDns } from "../proxy/acme.ts";
import type { Hoster, OpenZone, ZonePlace } from "./hoster.ts";

/** An application's credentials at OVH. */
export interface OvhZoneOptions {
  /** Key of the application. */
  applicationKey: pulumi.Input<string>;
  /** Its secret. */
  applicationSecret: pulumi.Input<string>;
  /** Key that an owner of the zone has allowed the application to use, for GET, POST, PUT and DELETE on /domain/zone/*. */
  consumerKey: pulumi.Input<string>;
  /** The API. @default "https://eu.api.ovh.com/1.0" */
  endpoint?: string;
}

/** DNS of OVH. The zone is there already, as it comes with the domain; what else it has is left alone. */
export function ovhZone(options: OvhZoneOptions): Hoster {
  return {
    ttls: { min: 60, max: 2_147_483_647 },
    proxies: false,
    aliasOfDomain: false,
    faults: [],
    open: (place) => openZone(options, place),
  };
}

/** One resource for the records of each source: OVH's API knows single records only. */
function openZone(options: OvhZoneOptions, { name, domain, parent }: ZonePlace): OpenZone {
  return {
    challenge: ovhDns(options),
    publish(source, sets) {
      const records = Object.fromEntries(
        sets.map(({ name: record, type, ttl, values }) => [
          `${record} ${type}`,
          { ttl, values: values.map(({ text }) => text) },
        ]),
      );
      new OvhDnsRecords(`${name}-${source}`, { zone: domain, records, ...options }, { parent });
    },
  };
}
