import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../component.ts";
import type { Network } from "../docker/networks.ts";
import type { Host } from "../server/host.ts";
import { ContainerService, type HttpEndpoint, type ServiceKind } from "../services/container-service.ts";
import { IMAGES } from "../services/images.ts";
import type { PublishedPort, ServiceArgs } from "../services/service-args.ts";
import type { Issuer } from "./acme.ts";
import { renderCaddyfile } from "./caddyfile.ts";
import type { Route } from "./route.ts";
import { rangeFaults, routeFaults, sizeFaults } from "./route-faults.ts";

const CADDYFILE = "/etc/caddy/Caddyfile";
/** Where Headscale and Tailscale give their members addresses. */
const MESH_RANGES = ["100.64.0.0/10", "fd7a:115c:a1e0::/48"];

export interface CaddyArgs {
  /** The host whose ports 80 and 443 it owns; a host has one proxy. */
  host: Host;
  /** The network it is reached on. Its containers count as in the mesh for `meshOnly` routes. */
  network: Network;
  /** Every route of the host. Targets that are not on `network` are reached over the first network of their own. */
  routes: readonly Route[];
  /** Who issues the certificates: `http01({ email })`, or `internalCa()`. */
  acme: Issuer;
  /** Ranges whose clients may use `meshOnly` routes. @default ["100.64.0.0/10", "fd7a:115c:a1e0::/48"] */
  meshRanges?: readonly string[];
  /** Largest request body of a route that says nothing else. @default "10MB" */
  maxBody?: string;
  /** Whether HTTP/3 is offered, over 443/udp. @default where the firewall lets 443/udp in */
  http3?: boolean;
  /** @default "caddy:2.11.9" */
  image?: string;
  /** Memory that it may use. @default "256m" */
  memory?: string;
  /** Adjustments of the children. */
  transform?: ServiceArgs["transform"];
}

/**
 * The proxy of a host: the one owner of its public ports, with every route, HTTPS, compression, security headers and a
 * limit on request bodies. A changed route is taken up without a restart; one that Caddy refuses leaves the old ones.
 *
 * A `meshOnly` route looks at who is connected. Where Docker translates a client's address, the client seems to be the
 * host itself, so the host's own address in `network` is never let in: such a route fails closed.
 *
 * @example
 * ```ts
 * new Caddy("edge", {
 *   host: core,
 *   network: net.frontend,
 *   acme: http01({ email: "ops@example.org" }),
 *   routes: [
 *     publicRoute("www.example.org", website.http),
 *     meshOnly("n8n.example.org", n8n.http),
 *     webhook("hook.example.org", n8n.http, { paths: ["/webhook/*"] }),
 *   ],
 * });
 * ```
 */
export class Caddy extends ContainerService {
  /** `https://n8n.example.org` for each hostname, in the order of the routes. */
  readonly urls: readonly string[];

  constructor(name: string, args: CaddyArgs, opts?: pulumi.ComponentResourceOptions) {
    const kind: ServiceKind = { type: "proxy:Caddy", faults: caddyFaults(args), renamed: { "networks[0]": "network" } };
    super(name, serviceOf(args), { ...kind, publishes: "everywhere" }, opts);
    args.host.facilities.proxy = name;
    this.urls = [...new Set(args.routes.map((route) => `https://${route.hostname}`))];
    this.registerOutputs();
  }
}

function serviceOf(args: CaddyArgs): ServiceArgs {
  const http3 = args.http3 ?? args.host.facilities.openPorts?.has("443/udp") ?? true;
  const caddyfile = renderCaddyfile(
    args.routes.map(({ target, ...route }) => ({ ...route, upstream: `${target.service}:${target.port}` })),
    {
      issuer: args.acme,
      meshRanges: [...(args.meshRanges ?? MESH_RANGES), ...(args.network ? [args.network.subnet] : [])],
      untrusted: args.network ? [args.network.gateway] : [],
      maxBody: args.maxBody ?? "10MB",
      http3,
    },
  );
  return {
    host: args.host,
    image: args.image ?? IMAGES.caddy,
    networks: [
      args.network,
      ...networksOf(
        args.routes.map((route) => route.target),
        args.network,
      ),
    ],
    files: { [CADDYFILE]: { content: caddyfile } },
    reload: { command: ["caddy", "reload", "--config", CADDYFILE, "--adapter", "caddyfile"] },
    volumes: { data: { path: "/data", mode: "0700" }, config: { path: "/config", mode: "0700" } },
    capabilities: ["NET_BIND_SERVICE"],
    readOnly: true,
    tmpfs: ["/tmp"],
    memory: args.memory ?? "256m",
    ports: publicPorts(http3),
    health: { test: ["CMD-SHELL", "wget -q -T 4 -O /dev/null http://127.0.0.1:2019/config/"] },
    transform: args.transform,
  };
}

/** The networks that the proxy has to join to reach targets which are not on its own. */
function networksOf(targets: readonly HttpEndpoint[], own: Network): Network[] {
  const strangers = targets.filter((target) => !target.networks.includes(own));
  return [...new Set(strangers.map((target) => target.networks[0]).filter((network) => network !== undefined))];
}

function publicPorts(http3: boolean): PublishedPort[] {
  const everywhere = { address: "0.0.0.0" };
  return [
    { container: 80, ...everywhere },
    { container: 443, ...everywhere },
    ...(http3 ? [{ container: 443, protocol: "udp" as const, ...everywhere }] : []),
  ];
}

function caddyFaults(args: CaddyArgs): Fault[] {
  const { host, network } = args;
  const faults = [
    ...routeFaults(args.routes, host),
    ...rangeFaults(args.meshRanges ?? []),
    ...sizeFaults("maxBody", args.maxBody),
  ];
  if (host.facilities.proxy !== undefined) {
    const reason = `is ${host.name}, whose proxy is "${host.facilities.proxy}"; a host has one, give it these routes`;
    faults.push({ path: "host", reason });
  }
  if (network?.internal) {
    const reason = `is ${network.name}, an internal network; ports cannot be published from it`;
    faults.push({ path: "network", reason });
  }
  const needed = ["80/tcp", "443/tcp", ...(args.http3 ? ["443/udp"] : [])];
  const closed = needed.filter((port) => host.facilities.openPorts && !host.facilities.openPorts.has(port));
  if (closed.length > 0) {
    faults.push({
      path: "host",
      reason: `is ${host.name}, whose firewall does not let in ${closed.join(", ")}; open it in its Hardening`,
    });
  }
  if (args.acme.kind === "http01" && !/^[^\s@{}]+@[^\s@{}]+\.[^\s@{}]+$/.test(args.acme.email)) {
    faults.push({ path: "acme.email", reason: `is ${JSON.stringify(args.acme.email)}; an e-mail address is needed` });
  }
  return faults;
}
