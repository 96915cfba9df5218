/** Who can reach what from where, as a graph that is drawn in more than one way. */
import { isInMesh } from "../../components/mesh/ranges.ts";
import { ACCESS, exposureOf } from "../plan-model/exposure.ts";
import { HOST_ITSELF, type Host, type Platform, type Service } from "../plan-model/platform.ts";

export interface Topology {
  /** Where somebody comes from: the internet, the mesh, named addresses. */
  sources: readonly Source[];
  hosts: readonly HostNode[];
  edges: readonly Edge[];
}

export interface Source {
  id: string;
  label: string;
  reach: Reach;
}

/** How far an edge reaches out: everybody, everybody with a token, the mesh, named addresses, the same host. */
export type Reach = "public" | "token" | "mesh" | "addresses" | "internal";

export interface HostNode {
  id: string;
  name: string;
  /** Address and proxy, where there are. */
  detail: string;
  services: readonly ServiceNode[];
}

export interface ServiceNode {
  id: string;
  name: string;
  kind: "service" | "database" | "proxy";
  /** Image without its registry. */
  detail: string;
  /** Set in a diagram of changes. */
  mark?: Mark;
}

export type Mark = "new" | "changed" | "removed";

export interface Edge {
  from: string;
  to: string;
  /** Each on a line of its own. */
  labels: readonly string[];
  reach: Reach;
}

export interface TopologyOptions {
  /** Draws these services alone, `host/service`, with what happens to them. @default everything */
  only?: ReadonlyMap<string, Mark>;
}

/** Pure. */
export function topologyOf(platform: Platform, { only }: TopologyOptions = {}): Topology {
  const shown = (host: Host, { name }: Service): boolean => !only || only.has(`${host.name}/${name}`);
  const drawn = platform.hosts
    .map((host) => ({ host, services: host.services.filter((service) => shown(host, service)) }))
    .filter(({ services }) => !only || services.length > 0);
  const edges = drawn.flatMap(({ host, services }) => [
    ...routeEdges(host, services, platform, only !== undefined),
    ...portEdges(host, services, only !== undefined),
    ...needEdges(host, services, platform),
  ]);
  const leading = edges.filter(({ to }) => drawn.some(({ host, services }) => isDrawn(to, host, services)));
  const ends = new Set(leading.flatMap(({ from }) => from));
  return {
    sources: sources.filter(({ id }) => ends.has(id)),
    hosts: drawn.map(({ host, services }) => hostNode(host, services, only)),
    edges: merged(leading),
  };
}

const sources: readonly Source[] = [
  { id: "internet", label: "Internet", reach: "public" },
  { id: "addresses", label: "Named addresses", reach: "addresses" },
  { id: "mesh", label: "Mesh", reach: "mesh" },
];

const idOf = (host: string, service?: string): string => (service === undefined ? `h/${host}` : `s/${host}/${service}`);

function isDrawn(id: string, host: Host, services: readonly Service[]): boolean {
  return id === idOf(host.name) || services.some(({ name }) => id === idOf(host.name, name));
}

function hostNode(host: Host, services: readonly Service[], only: TopologyOptions["only"]): HostNode {
  const proxies = host.services.filter((service) => isProxy(host, service)).map(({ name }) => name);
  const shownProxy = proxies.length > 0 && !only ? `${proxies.join(", ")} in front` : undefined;
  return {
    id: idOf(host.name),
    name: host.name,
    detail: [host.address, shownProxy].filter(Boolean).join(" · "),
    services: services
      // Routes lead through the proxy to what answers; as a node of its own it would hide who may reach what.
      .filter((service) => only || !isProxy(host, service))
      .map((service) => {
        const mark = only?.get(`${host.name}/${service.name}`);
        return {
          id: idOf(host.name, service.name),
          name: service.name,
          kind: isProxy(host, service) ? "proxy" : isDatabase(service) ? "database" : "service",
          detail: service.images.map((image) => image.split("/").at(-1)).join(", "),
          ...(mark && { mark }),
        };
      }),
  };
}

function isProxy(host: Host, { name, kind }: Service): boolean {
  return kind === "Caddy" || host.routes.some(({ proxy }) => proxy === name);
}

function isDatabase({ kind, images }: Service): boolean {
  return /^(Postgres|Redis)/.test(kind) || images.some((image) => /(couchdb|qdrant|mariadb|mysql)/.test(image));
}

function routeEdges(host: Host, services: readonly Service[], platform: Platform, only: boolean): Edge[] {
  const endOf = (service: string): string | undefined => {
    if (services.some(({ name }) => name === service)) return idOf(host.name, service);
    return service === HOST_ITSELF && !only ? idOf(host.name) : relayed(service, platform);
  };
  return host.routes.flatMap(({ hostname, paths, access, andMesh, service }): Edge[] => {
    const to = endOf(service);
    if (to === undefined) return [];
    const labels = (paths ?? [""]).map((path) => `${hostname}${path}${access === "token" ? " (token)" : ""}`);
    const reaches: Reach[] = andMesh ? [access, "mesh"] : [access];
    return reaches.map((reach) => ({ from: sourceOf(reach), to, labels, reach }));
  });
}

function sourceOf(reach: Reach): string {
  return reach === "mesh" || reach === "addresses" ? reach : "internet";
}

/** The service that another host's proxy answers with under this name. */
function relayed(hostname: string, { hosts }: Platform): string | undefined {
  for (const { name, routes } of hosts) {
    const found = routes.find((route) => route.hostname === hostname && route.service !== hostname);
    if (found) return idOf(name, found.service);
  }
  return undefined;
}

/** Openings that lead to no proxy: SSH and what a service publishes by itself. */
function portEdges(host: Host, services: readonly Service[], only: boolean): Edge[] {
  const proxied = new Set(
    host.services
      .filter((service) => host.routes.some(({ proxy }) => proxy === service.name))
      .flatMap(({ published }) => published.map(({ port }) => port)),
  );
  const single: Platform = { hosts: [host], names: [] };
  return exposureOf(single)
    .filter(({ kind, what }) => kind === "port" && !proxied.has(what) && what !== "icmp")
    .filter(({ service }) => (service === undefined ? !only : services.some(({ name }) => name === service)))
    .flatMap(({ what, from, service }) => {
      const to = idOf(host.name, service);
      // Who in the mesh is said with the port; every other source is a node of its own.
      const who = from.endsWith(" in the mesh") ? ` (${from.replaceAll(" in the mesh", "")})` : "";
      const label = `${host.ssh.includes(what) ? "SSH " : ""}${what}${who}`;
      return sourcesOf(from).map(([source, reach]): Edge => ({ from: source, to, labels: [label], reach }));
    });
}

function sourcesOf(from: string): [string, Reach][] {
  if (from === ACCESS.public) return [["internet", "public"]];
  if (from.endsWith(" in the mesh")) return [["mesh", "mesh"]];
  const addresses = from.split(", ");
  const mesh = addresses.filter(isInMesh);
  return [
    ...(addresses.length > mesh.length ? [["addresses", "addresses"] as [string, Reach]] : []),
    ...(mesh.length > 0 ? [["mesh", "mesh"] as [string, Reach]] : []),
  ];
}

function needEdges(host: Host, services: readonly Service[], platform: Platform): Edge[] {
  return services.flatMap((service) =>
    service.needs.flatMap((needed): Edge[] => {
      // The same host's service of that name first, as names repeat between hosts.
      const owner = [host, ...platform.hosts].find((other) => other.services.some(({ name }) => name === needed));
      if (!owner || isProxy(host, service)) return [];
      return [{ from: idOf(host.name, service.name), to: idOf(owner.name, needed), labels: [], reach: "internal" }];
    }),
  );
}

/** One edge for each pair and reach, with every label. */
function merged(edges: readonly Edge[]): Edge[] {
  const groups = Map.groupBy(edges, ({ from, to, reach }) => `${from} ${to} ${reach}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, labels: [...new Set(group.flatMap(({ labels }) => labels))] }] : [];
  });
}
