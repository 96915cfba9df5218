/** DNS zones in the shape of the real API, and what a new one has. */
import type { Cloud } from "./cloud.ts";
import type { RrsetRecord, ZoneRecord } from "./state.ts";

const NAMESERVERS = ["hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com.", "helium.ns.hetzner.de."];

/** A zone as it is created: with the name servers that answer for it. */
export function newZone(id: number, body: { name: string; ttl: number; labels: Record<string, string> }): ZoneRecord {
  const apex = { name: "@", labels: {}, protection: { change: false } };
  return {
    id,
    name: body.name,
    created: new Date().toISOString(),
    labels: body.labels,
    ttl: body.ttl,
    protection: { delete: false },
    serial: 1,
    rrsets: [
      { ...apex, type: "NS", ttl: null, records: NAMESERVERS.map((value) => ({ value, comment: "" })) },
      { ...apex, type: "SOA", ttl: null, records: [] },
    ],
  };
}

export function renderZone(cloud: Cloud, zone: ZoneRecord) {
  return {
    id: zone.id,
    name: zone.name,
    created: zone.created,
    mode: "primary",
    ttl: zone.ttl,
    labels: zone.labels,
    protection: zone.protection,
    status: cloud.actions.isBusy("zone", zone.id) ? "updating" : "ok",
    record_count: zone.rrsets.reduce((sum, rrset) => sum + recordsOf(zone, rrset).length, 0),
    primary_nameservers: [],
    authoritative_nameservers: {
      assigned: NAMESERVERS,
      delegated: [],
      delegation_last_check: null,
      delegation_status: "unknown",
    },
    registrar: "other",
  };
}

export function renderRrset(zone: ZoneRecord, rrset: RrsetRecord) {
  return {
    id: `${rrset.name}/${rrset.type}`,
    name: rrset.name,
    type: rrset.type,
    ttl: rrset.ttl,
    labels: rrset.labels,
    protection: rrset.protection,
    records: recordsOf(zone, rrset),
    zone: zone.id,
  };
}

/** The zone in BIND's words. */
export function zonefile(zone: ZoneRecord): string {
  const lines = zone.rrsets.flatMap((rrset) =>
    recordsOf(zone, rrset).map(({ value }) => [rrset.name, rrset.ttl ?? "", "IN", rrset.type, value].join("\t")),
  );
  return [`$ORIGIN\t${zone.name}.`, `$TTL\t${zone.ttl}`, ...lines, ""].join("\n");
}

function recordsOf(zone: ZoneRecord, rrset: RrsetRecord): RrsetRecord["records"] {
  if (rrset.type !== "SOA") return rrset.records;
  const serial = 2_026_010_100 + zone.serial;
  return [{ value: `${NAMESERVERS[0]} dns.hetzner.com. ${serial} 86400 10800 3600000 3600`, comment: "" }];
}
