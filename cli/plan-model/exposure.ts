/** What of a platform can be reached, in lines that can be compared. */
import { contains } from "../../components/docker/cidr.ts";
import { overlap } from "../../components/hardening/port-range.ts";
import { isInMesh } from "../../components/mesh/ranges.ts";
import { ANYWHERE, type Host, type Opening, type Platform, type Route } from "./platform.ts";

export interface Exposure {
  kind: "port" | "route" | "name";
  /** The host that it is on; undefined for names. */
  host?: string;
  /** `443/tcp`, `443/tcp in 192.168.1.0/24`, `https://n8n.example.org/webhook/*`, `n8n.example.org A` */
  what: string;
  /** `anywhere`, `the mesh`, `anywhere, with a token`, or addresses and networks. */
  from: string;
  /** The service behind it. */
  service?: string;
  /** The network behind the host, or the internet, where it is not about the host itself. */
  beyond?: string;
}

/** Everything that can be reached from outside its own host, each once. */
export function exposureOf(platform: Platform): Exposure[] {
  const found = [
    ...platform.hosts.flatMap((host) => [...portsOf(host), ...routesOf(host)]),
    ...platform.names.map(({ name, type }): Exposure => ({ kind: "name", what: `${name} ${type}`, from: ANYWHERE })),
  ];
  return [...new Map(found.map((exposure) => [keyOf(exposure), exposure])).values()];
}

/** What makes two lines the same; where they lead to may change without that. */
export function keyOf({ kind, host, what, from }: Exposure): string {
  return [kind, host, what, from].join(" ");
}

export interface ExposureChange {
  added: readonly Exposure[];
  removed: readonly Exposure[];
}

/** A port that other addresses may use is a removed and an added one, as is a route with other access. */
export function exposureChange(before: Platform, after: Platform): ExposureChange {
  const old = exposureOf(before);
  const wanted = exposureOf(after);
  const without = (list: readonly Exposure[], others: readonly Exposure[]): Exposure[] => {
    const keys = new Set(others.map(keyOf));
    return list.filter((exposure) => !keys.has(keyOf(exposure)));
  };
  return { added: without(wanted, old), removed: without(old, wanted) };
}

/** What a host without a firewall lets in. */
export const EVERYTHING = "everything it listens on";

/** A port is reachable from where every firewall in front of it lets in; without one, from anywhere. */
function portsOf(host: Host): Exposure[] {
  const own = host.openings.filter(({ firewall }) => firewall === "host");
  const cloud = host.openings.filter(({ firewall }) => firewall === "cloud");
  const inner = own.length > 0 ? own : cloud;
  const opened = inner
    .map(({ port, from }) => ({ port, from: fromOutside(behindCloud(port, from, cloud), host) }))
    .filter(({ from }) => from.length > 0);
  const published = host.services.flatMap(({ name, published: ports }) =>
    ports.filter(({ address }) => !isLocal(address)).map(({ port }) => ({ port, service: name })),
  );
  const servedBy = (port: string): string | undefined => published.find((item) => item.port === port)?.service;
  const everything = host.unguarded === "everything" ? [{ port: EVERYTHING, from: [ANYWHERE] }] : [];
  const unguarded = (host.unguarded === undefined ? [] : published)
    .map(({ port }) => ({ port, from: behindCloud(port, [ANYWHERE], cloud) }))
    .filter(({ from }) => from.length > 0);
  const here = [
    ...everything,
    ...opened,
    ...unguarded,
    ...throughMesh(host).filter(({ beyond }) => beyond === undefined),
  ];
  const ports = here.map(({ port, from }): Exposure => {
    const service = servedBy(port);
    return { kind: "port", host: host.name, what: port, from: from.map(short).join(", "), ...(service && { service }) };
  });
  return [...ports, ...beyondOf(host)];
}

function throughMesh({ openings }: Host): Opening[] {
  return openings
    .filter(({ firewall }) => firewall === "mesh")
    .map((opening) => ({ ...opening, from: opening.from.map((source) => `${source} in the mesh`) }));
}

/** Networks that the mesh reaches by way of the host. */
function beyondOf(host: Host): Exposure[] {
  return throughMesh(host).flatMap(({ port, from, beyond }): Exposure[] => {
    if (beyond === undefined) return [];
    const { where, what } = beyond;
    return [{ kind: "port", host: host.name, what: `${port} ${where} ${what}`, from: from.join(", "), beyond: what }];
  });
}

/**
 * Without the host's own containers, which are no way in. What comes through a member's mesh does not pass the host's
 * firewall (Tailscale accepts it before), so a rule about the mesh's ranges lets nobody in there: its policy does.
 */
function fromOutside(from: readonly string[], { networks, inMesh }: Host): readonly string[] {
  const own = networks.flatMap(({ subnet }) => subnet ?? []);
  return from.filter((source) => !own.some((subnet) => contains(subnet, source)) && !(inMesh && isInMesh(source)));
}

/** Who of `from` the cloud's firewall lets through to this port. */
function behindCloud(
  port: string,
  from: readonly string[],
  cloud: readonly { port: string; from: readonly string[] }[],
): readonly string[] {
  if (cloud.length === 0) return from;
  const outer = cloud.filter((rule) => overlap(rule.port, port)).flatMap((rule) => rule.from);
  // A mesh does not come through the cloud's firewall in the open, so the host's own rule about it counts.
  if (outer.length === 0) return from.filter(isInMesh);
  return outer.includes(ANYWHERE) || !from.includes(ANYWHERE) ? from : [...new Set(outer)];
}

/** One address is one, however its firewall writes it. */
const short = (source: string): string => source.replace(/(?<=^[\d.]+)\/32$|(?<=^[\da-f:]+)\/128$/, "");
const isLocal = (address: string): boolean => /^\[?(127\.|::1)/.test(address);

function routesOf(host: Host): Exposure[] {
  return host.routes.flatMap(({ hostname, paths, service, ...route }) =>
    (paths ?? [""]).map(
      (path): Exposure => ({
        kind: "route",
        host: host.name,
        what: `https://${hostname}${path}`,
        from: whoUses(route),
        service,
      }),
    ),
  );
}

function whoUses({ access, addresses = [], andMesh }: Pick<Route, "access" | "addresses" | "andMesh">): string {
  if (access !== "addresses") return ACCESS[access];
  return [...(andMesh ? [ACCESS.mesh] : []), ...addresses.map(short)].join(", ");
}

/** For people: who may use a route. */
export const ACCESS = { public: ANYWHERE, mesh: "the mesh", token: `${ANYWHERE}, with a token` } as const;
