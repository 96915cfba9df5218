/** Who reaches what from where, as rows with one cell for each place that somebody may come from. */
import { overlap } from "../../components/hardening/port-range.ts";
import { isInMesh, MESH_RANGES } from "../../components/mesh/ranges.ts";
import { ACCESS, type Exposure, exposureOf } from "../plan-model/exposure.ts";
import type { Platform } from "../plan-model/platform.ts";

/** Places that somebody may come from; whoever is in the mesh or at a named address is on the internet, too. */
export const PLACES = ["internet", "mesh", "addresses"] as const;
export type Place = (typeof PLACES)[number];

/** How far something is open. */
export type AccessClass = "public" | "token" | "mesh" | "addresses";

export interface Row {
  host: string;
  kind: "port" | "route";
  /** `443/tcp`, `https://n8n.example.org/webhook/*` */
  what: string;
  /** The service, or the network, behind it; undefined for the host's own, as SSH is. */
  service?: string;
  access: AccessClass;
  from: Readonly<Record<Place, Cell>>;
}

export interface Cell {
  /** `token`: only with the route's token. */
  reaches: "yes" | "token" | "no";
  /** Whom alone it is open to: addresses and networks, groups and tags of the mesh. Undefined for everybody there. */
  who?: readonly string[];
}

/** The widest first. */
const ORDER: readonly AccessClass[] = ["public", "token", "addresses", "mesh"];

const NO: Cell = { reaches: "no" };

/** Pure. By host; the widest access first. */
export function exposureMatrix(platform: Platform): Row[] {
  const rows = merged(exposureOf(platform).flatMap(rowOf)).map((row) => withPolicy(row, platform));
  return rows.sort(
    (a, b) =>
      compare(a.host, b.host) || ORDER.indexOf(a.access) - ORDER.indexOf(b.access) || compare(b.kind, a.kind) || 0,
  );
}

/** A mesh-only route is for those alone whom the mesh's policy lets through to the proxy. */
function withPolicy(row: Row, { hosts }: Platform): Row {
  const openings = hosts.find(({ name }) => name === row.host)?.openings ?? [];
  const policy = openings.filter(({ firewall, beyond }) => firewall === "mesh" && beyond === undefined);
  const forMesh = row.access === "mesh" || (row.access === "addresses" && row.from.mesh.reaches === "yes");
  if (row.kind !== "route" || !forMesh || policy.length === 0) return row;
  const who = policy.filter(({ port }) => overlap(port, "443/tcp")).flatMap(({ from }) => from);
  const mesh: Cell = who.length === 0 ? NO : { reaches: "yes", who: [...new Set(who)] };
  return { ...row, from: { ...row.from, mesh } };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One row for a port, with all who may use it: addresses through the firewall, others through the mesh. */
function merged(rows: readonly Row[]): Row[] {
  const groups = Map.groupBy(rows, (row) => (row.kind === "port" ? `${row.host} ${row.what}` : row));
  return [...groups.values()].flatMap((group) => {
    const widest = ORDER.map((access) => group.find((row) => row.access === access)).find(Boolean);
    if (!widest || widest.access === "public") return widest ?? [];
    const from = { ...widest.from, mesh: together(group, "mesh"), addresses: together(group, "addresses") };
    return [{ ...widest, from }];
  });
}

function together(rows: readonly Row[], place: Place): Cell {
  const open = rows.map(({ from }) => from[place]).filter(({ reaches }) => reaches !== "no");
  if (open.length === 0) return NO;
  if (open.some(({ who }) => who === undefined)) return { reaches: "yes" };
  return { reaches: "yes", who: [...new Set(open.flatMap(({ who = [] }) => who))] };
}

function rowOf({ kind, host, what, from, service, beyond }: Exposure): Row[] {
  if (kind === "name" || host === undefined) return [];
  const behind = service ?? beyond;
  const common = { host, kind, what, ...(behind !== undefined && { service: behind }) };
  const row = (access: AccessClass, cells: Row["from"]): Row[] => [{ ...common, access, from: cells }];
  const everywhere = (cell: Cell) => ({ internet: cell, mesh: cell, addresses: cell });
  if (from === ACCESS.public) return row("public", everywhere({ reaches: "yes" }));
  if (from === ACCESS.token) return row("token", everywhere({ reaches: "token" }));
  if (from === ACCESS.mesh) return row("mesh", { internet: NO, mesh: { reaches: "yes" }, addresses: NO });
  const sources = from.split(", ");
  const members = sources.flatMap((source) => (source.endsWith(IN_MESH) ? [source.slice(0, -IN_MESH.length)] : []));
  const addresses = sources.filter((source) => !source.endsWith(IN_MESH));
  const isMesh = (source: string) => source === ACCESS.mesh || isInMesh(source);
  const meshAddresses = addresses.filter(isMesh);
  const outside = addresses.filter((source) => !isMesh(source));
  const inMesh = [...members, ...meshAddresses.filter((source) => !WHOLE_MESH.has(source))];
  const cells = {
    internet: NO,
    mesh:
      inMesh.length + meshAddresses.length === 0
        ? NO
        : { reaches: "yes", ...(meshAddresses.every((source) => !WHOLE_MESH.has(source)) && { who: inMesh }) },
    addresses: outside.length === 0 ? NO : { reaches: "yes", who: outside },
  } satisfies Row["from"];
  return row(outside.length > 0 ? "addresses" : "mesh", cells);
}

const IN_MESH = " in the mesh";
const WHOLE_MESH: ReadonlySet<string> = new Set([ACCESS.mesh, ...MESH_RANGES]);
