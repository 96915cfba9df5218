// One module each: the package's index loads all of its eighty.
import { Zone } from "@pulumi/hcloud/zone.js";
import { ZoneRrset } from "@pulumi/hcloud/zoneRrset.js";
import * as pulumi from "@pulumi/pulumi";
import { hetznerDns } from "../proxy/acme.ts";
import type { HetznerCloud } from "../server/hetzner-cloud.ts";
import { type Hoster, type OpenZone, setName, type ZonePlace } from "./hoster.ts";

/** The zone in the project. */
export interface HetznerZoneOptions {
  /** The zone is in the project already, and stays when the stack goes. @default false */
  existing?: boolean;
}

/**
 * DNS of the Hetzner Cloud. A zone that is made here is protected. With `dns01` the project's token, which is good for
 * all that is in it, goes to the proxy's host: a zone in a project of its own keeps the servers apart.
 *
 * @param cloud the project it is in
 */
export function hetznerZone(cloud: HetznerCloud, { existing = false }: HetznerZoneOptions = {}): Hoster {
  return {
    ttls: { min: 60, max: 2_147_483_647 },
    proxies: false,
    aliasOfDomain: false,
    faults: [],
    open: (place) => openZone(cloud, existing, place),
  };
}

function openZone(cloud: HetznerCloud, existing: boolean, { name, domain, ttl, parent }: ZonePlace): OpenZone {
  const { labels } = cloud;
  const zone = existing
    ? undefined
    : new Zone(
        `${name}-zone`,
        { name: domain, mode: "primary", ttl, labels },
        cloud.options(parent, { protect: !cloud.ephemeral }),
      );
  const zoneName = zone?.name ?? domain;
  return {
    ...(zone && {
      nameServers: pulumi.output(zone.authoritativeNameservers).apply((known) => known?.assigneds ?? []),
    }),
    challenge: hetznerDns({ token: cloud.token }),
    publish(_, sets) {
      for (const set of sets) {
        const { name: record, type, values } = set;
        const records = values.map(({ text }) => ({ value: text }));
        const args = { zone: zoneName, name: record, type, ttl: set.ttl, records, labels };
        // The zone takes its records along.
        new ZoneRrset(setName(name, set), args, cloud.options(parent, zone ? { deletedWith: zone } : {}));
      }
    },
  };
}
