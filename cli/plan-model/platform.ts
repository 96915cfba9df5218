/** What a stack's resources are as a platform: hosts, services, networks, routes, openings, names. */
import { contains, isEverybody } from "../../components/docker/cidr.ts";
import { byName } from "../by-name.ts";
import { type Access, routesOf } from "./caddyfile.ts";
import { dnsNamesOf } from "./dns-names.ts";
import { meshOpenings } from "./mesh.ts";
import { componentOf, hostOf, indexed, type Resources } from "./ownership.ts";
import { type Resource, SECRET, UNKNOWN } from "./resource.ts";

export interface Platform {
  hosts: readonly Host[];
  /** Names that are published in DNS. */
  names: readonly DnsName[];
}

export interface Host {
  /** Name of its component. */
  name: string;
  /** `existing` machines are not paid for by the stack. */
  kind: "existing" | "hetzner";
  /** Public address or DNS name, where it is known. */
  address?: string;
  /** Ports of its SSH daemon: `22/tcp`. */
  ssh: readonly string[];
  services: readonly Service[];
  networks: readonly Network[];
  openings: readonly Opening[];
  /**
   * What no firewall stands before, as far as the stack declares one: `everything`, or the ports of `containers`, which
   * Docker opens past a firewall that leaves them to it.
   */
  unguarded?: "everything" | "containers";
  routes: readonly Route[];
  /** A member of the stack's mesh, whose policy then says who reaches what through it. */
  inMesh?: true;
  /** Proxies whose routes are secret here, so that nothing can be said about them. */
  unreadableProxies: readonly string[];
}

export interface Service {
  name: string;
  /** Name of its component's class: `Postgres`, `Service`, `Caddy` … */
  kind: string;
  /** Images of its containers. */
  images: readonly string[];
  networks: readonly string[];
  /** Ports that it publishes on the host. */
  published: readonly PublishedPort[];
  /** Services that it needs, on any host. */
  needs: readonly string[];
}

export interface PublishedPort {
  /** `0.0.0.0`, `127.0.0.1` … */
  address: string;
  /** `443/tcp` */
  port: string;
}

export interface Network {
  name: string;
  subnet?: string;
  /** Without a way to the outside. */
  internal: boolean;
}

/** A port that a firewall lets in. */
export interface Opening {
  /** `443/tcp`, `6000:6010/udp`, `icmp` */
  port: string;
  /** Addresses and networks; `anywhere` for the whole world. */
  from: readonly string[];
  /** Whose: the host's own firewall, the cloud's in front of it, or the mesh's policy, which names groups and tags. */
  firewall: "host" | "cloud" | "mesh";
  /** What it is about where it is not about the host itself: `in` a network behind it, `on` the internet, `of` others. */
  beyond?: { where: "in" | "on" | "of"; what: string };
}

export interface Route {
  hostname: string;
  paths?: readonly string[];
  access: Access;
  /** For `addresses`: which. */
  addresses?: readonly string[];
  /** For `addresses`: whether the mesh may use it, too. */
  andMesh?: true;
  /** The proxy that answers. */
  proxy: string;
  /**
   * The service that it leads to, `HOST_ITSELF` for a program outside of containers; the hostname of another host's route
   * for what is relayed to its proxy.
   */
  service: string;
  /** The service's own port, as it is written: `5678`. */
  port: string;
}

export interface DnsName {
  /** `n8n.example.org` */
  name: string;
  /** `A`, `CNAME` … */
  type: string;
  /** Undefined where they are only known after the apply. */
  values?: readonly string[];
}

/** The service that every other address of a firewall means. */
export const ANYWHERE = "anywhere";

/** What is behind a route or a port that no container answers. */
export const HOST_ITSELF = "the host itself";

/** Pure. Hosts and what is on them keep the order of their names. */
export function platformOf(resources: readonly Resource[]): Platform {
  const all = indexed(resources);
  const servers = resources.filter(({ type }) => /^quayside:server:(Existing|Hetzner)Server$/.test(type));
  const named = new Map(servers.map((server) => [server.name, server]));
  const onHosts = Map.groupBy(resources, (resource) => (resource.custom ? hostOf(resource, all) : undefined));
  const names = [...new Set([...named.keys(), ...onHosts.keys()])].filter((name) => name !== undefined).sort();
  const mesh = meshOpenings(resources);
  return {
    hosts: names.map((name) => {
      const host = hostFrom(name, named.get(name), onHosts.get(name) ?? [], all);
      const openings = [...host.openings, ...(mesh.openings.get(name) ?? [])];
      return { ...host, openings, ...(mesh.members.has(name) && { inMesh: true as const }) };
    }),
    names: dnsNamesOf(resources),
  };
}

function hostFrom(name: string, server: Resource | undefined, on: readonly Resource[], all: Resources): Host {
  const projects = on.filter(({ type }) => type === "quayside:host:ComposeProject");
  const services = projects.map((project) => serviceFrom(project, all)).sort(byName);
  const address = addressOf(on);
  const networks = on.flatMap(networkFrom).sort(byName);
  const containers = on.flatMap(subnetsOf);
  const proxies = projects.map((one) => proxyOf(one, containers)).filter((proxy) => proxy !== undefined);
  // A container reaches its host at an address of their network.
  const isHost = (upstream: string) => containers.some((subnet) => contains(subnet, upstream));
  return {
    name,
    kind: server?.type === "quayside:server:HetznerServer" ? "hetzner" : "existing",
    ...(address !== undefined && { address }),
    ssh: on.filter(({ type }) => type === "quayside:host:SshDaemon").flatMap(sshPortsOf),
    services,
    networks,
    openings: on.flatMap(openingsFrom),
    ...unguardedOf(on),
    routes: proxies
      .flatMap(({ routes }) => routes)
      .map((route) => (isHost(route.service) ? { ...route, service: HOST_ITSELF } : route)),
    unreadableProxies: proxies.filter(({ readable }) => !readable).map(({ name: proxy }) => proxy),
  };
}

function addressOf(on: readonly Resource[]): string | undefined {
  for (const { inputs, type, outputs } of on) {
    const connection = object(inputs["host"]);
    // One whose SSH is in the mesh is reached otherwise from outside.
    const { address } = "otherwise" in connection ? object(connection["otherwise"]) : connection;
    const found = type === "hcloud:index/server:Server" ? outputs["ipv4Address"] : address;
    if (typeof found === "string" && found !== UNKNOWN) return found;
  }
  return undefined;
}

function sshPortsOf({ inputs }: Resource): string[] {
  return Array.isArray(inputs["ports"]) ? inputs["ports"].map((port) => `${port}/tcp`) : ["22/tcp"];
}

function serviceFrom(project: Resource, all: Resources): Service {
  const owner = componentOf(project, all);
  const containers = Object.values(object(object(project.inputs["compose"])["services"])).map(object);
  const needs = project.dependencies.flatMap((urn) => {
    const needed = all.get(urn);
    const component = needed && componentOf(needed, all);
    return component && component !== owner && isService(component) ? [component.name] : [];
  });
  return {
    name: owner?.name ?? project.name,
    kind: owner?.type.split(":").at(-1) ?? "ComposeProject",
    images: [...new Set(containers.map(({ image }) => String(image)))],
    networks: [...new Set(containers.flatMap(({ networks }) => strings(networks)))],
    published: containers.flatMap((container) =>
      container["network_mode"] === "host" && owner?.type === "quayside:proxy:Caddy"
        ? WEB
        : strings(container["ports"]).map(publishedPort),
    ),
    needs: [...new Set(needs)].sort(),
  };
}

/** What a proxy listens on that is on the host's own network; the firewall says what of it is open. */
const WEB: readonly PublishedPort[] = ["80/tcp", "443/tcp", "443/udp"].map((port) => ({ address: "0.0.0.0", port }));

function isService({ type }: Resource): boolean {
  return /^quayside:(services|proxy):/.test(type);
}

/** `0.0.0.0:443:443/tcp` or `[::]:443:443/tcp`, as compose writes it. */
function publishedPort(text: string): PublishedPort {
  const [, address = "0.0.0.0", port = text, protocol = "tcp"] =
    /^(?:(\[.*\]|[^:]+):)?([\d-]+):[\d-]+(?:\/(\w+))?$/.exec(text) ?? [];
  return { address, port: `${port}/${protocol}` };
}

function networkFrom({ type, inputs }: Resource): Network[] {
  if (type !== "quayside:host:DockerNetwork") return [];
  const { name, subnet, internal } = inputs;
  return [{ name: String(name), internal: internal === true, ...(typeof subnet === "string" && { subnet }) }];
}

/** Every range that a network's containers have addresses in. */
function subnetsOf({ type, inputs }: Resource): string[] {
  if (type !== "quayside:host:DockerNetwork") return [];
  return [inputs["subnet"], inputs["ipv6Subnet"]].filter((subnet) => typeof subnet === "string");
}

const isCloudFirewall = ({ type }: Resource): boolean => type === "hcloud:index/firewall:Firewall";

/** A host's own firewall, unless it filters nothing. */
function isOwnFirewall({ type, inputs }: Resource): boolean {
  return type === "quayside:host:Firewall" && inputs["enabled"] !== false && inputs["incoming"] !== "allow";
}

function unguardedOf(on: readonly Resource[]): Pick<Host, "unguarded"> {
  const own = on.filter(isOwnFirewall);
  if (own.length === 0) return on.some(isCloudFirewall) ? {} : { unguarded: "everything" };
  return own.some(({ inputs }) => inputs["containers"] === "unguarded") ? { unguarded: "containers" } : {};
}

function openingsFrom(resource: Resource): Opening[] {
  const { inputs } = resource;
  if (isOwnFirewall(resource)) {
    return Object.values(object(inputs["rules"]))
      .map(object)
      .filter(({ action }) => action === undefined || action === "allow" || action === "limit")
      .map(({ port, protocol, from }) => opening("host", port, protocol, strings(from)));
  }
  if (isCloudFirewall(resource)) {
    return list(inputs["rules"])
      .map(object)
      .filter(({ direction }) => direction === "in")
      .map(({ port, protocol, sourceIps }) => opening("cloud", port, protocol, strings(sourceIps)));
  }
  return [];
}

function opening(firewall: Opening["firewall"], port: unknown, protocol: unknown, from: readonly string[]): Opening {
  const world = from.length === 0 || isEverybody(from);
  const shown = port === undefined || port === "" ? String(protocol ?? "any") : `${port}/${protocol ?? "tcp"}`;
  return { firewall, port: shown, from: world ? [ANYWHERE] : [...from] };
}

interface Proxy {
  name: string;
  readable: boolean;
  routes: Route[];
}

/** The routes of a compose project that has a Caddyfile. */
function proxyOf(project: Resource, containers: readonly string[]): Proxy | undefined {
  const name = String(project.inputs["project"]);
  const files = Object.entries(object(project.inputs["files"]));
  const caddyfiles = files.filter(([path]) => path.endsWith("/Caddyfile")).map(([, file]) => object(file)["content"]);
  if (caddyfiles.length === 0) return undefined;
  const readable = caddyfiles.filter(
    (content) => typeof content === "string" && content !== SECRET && content !== UNKNOWN,
  );
  const routes = readable.flatMap((content) => routesOf(String(content), containers));
  return {
    name,
    readable: readable.length === caddyfiles.length,
    routes: routes.map(({ upstream, ...route }) => {
      const [service = upstream, port = ""] = upstream.replace(/^\w+:\/\//, "").split(/:(?=\d+$)/);
      return { ...route, proxy: name, service, port };
    }),
  };
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}
