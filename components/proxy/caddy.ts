import * as pulumi from "@pulumi/pulumi";
import { declareRoutes } from "../dns/exposure.ts";
import type { Network } from "../docker/networks.ts";
import { MESH_RANGES } from "../mesh/ranges.ts";
import type { Host } from "../server/host.ts";
import { foldersOf } from "../services/compose.ts";
import { ContainerService, type ServiceKind } from "../services/container-service.ts";
import { IMAGES } from "../services/images.ts";
import type { ConfigFileArgs, PublishedPort, ServiceArgs } from "../services/service-args.ts";
import type { Issuer } from "./acme.ts";
import { caddyFaults, neededPorts, offersHttp3 } from "./caddy-faults.ts";
import { type CaddyRoute, renderCaddyfile } from "./caddyfile.ts";
import { DNS_IMAGE, dnsImage } from "./dns-image.ts";
import { ACME_ROOT, renderFront } from "./front-file.ts";
import { watchLog } from "./jail.ts";
import { type CaddyProbeArgs, probeRoutes } from "./probe.ts";
import { isRelay, type Route } from "./route.ts";
import { FRONT_FILE, twoHalves } from "./two-halves.ts";

const CADDYFILE = "/etc/caddy/Caddyfile";

export interface CaddyArgs {
  /** The host whose ports 80 and 443 it owns; a host has one proxy. */
  host: Host;
  /** The network it is reached on. Its containers count as in the mesh for `meshOnly` routes. */
  network: Network;
  /** Every route of the host. Targets that are not on `network` are reached over the first network of their own. */
  routes: readonly Route[];
  /** Who issues the certificates: `http01({ email })`, `dns01(zone, { email })`, or `internalCa()`. */
  acme: Issuer;
  /** Ranges whose clients may use `meshOnly` routes. @default ["100.64.0.0/10", "fd7a:115c:a1e0::/48"] */
  meshRanges?: readonly string[];
  /** How the routes are tried out after every change; `false` for not at all. @default from the deployer and a container */
  probe?: CaddyProbeArgs | false;
  /** Largest request body of a route that says nothing else. @default "10MB" */
  maxBody?: string;
  /** Whether HTTP/3 is offered, over 443/udp. @default where the firewall lets 443/udp in */
  http3?: boolean;
  /** @default "caddy:2.11.9"; for `dns01`, that one with the modules of the DNS vendors, built on the host */
  image?: string;
  /** Memory that it may use. @default "256m" */
  memory?: string;
  /** Adjustments of the children. */
  transform?: ServiceArgs["transform"];
}

/**
 * The proxy of a host: the one owner of its public ports, with every route, HTTPS, compression, security headers, a
 * limit on request bodies, and an access log in JSON (`/opt/<project>/data/<name>/logs/access.log`, rotated), which
 * fail2ban watches on a host that was hardened before. A changed route is taken up without a restart and without losing a
 * request; one that Caddy refuses leaves the old ones. A service that is being replaced is waited for, up to five seconds.
 *
 * Its front, the container `<name>-front`, is on the host's own network, not behind Docker's address translation: it sees
 * who is connected, over IPv4 as over IPv6, and the host's firewall is before it. It has no routes, so it is not reloaded
 * with them; the router, `<name>`, has them, on the networks of the services. A `meshOnly` route looks at who is connected, never at what a client says; the host's own address in
 * `network`, which a translated client would seem to have, is not let in, so such a route fails closed.
 *
 * After each change its routes are tried out: a `meshOnly` route that answers the public, or a public one that does not
 * answer, fails the deployment.
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
  /** Folder on the host with its access log, `access.log`. */
  readonly logFolder: string;
  /** What it serves, and to whom. */
  readonly routes: readonly Route[];

  constructor(name: string, args: CaddyArgs, opts?: pulumi.ComponentResourceOptions) {
    const kind: ServiceKind = { type: "proxy:Caddy", faults: caddyFaults(args), renamed: { "networks[0]": "network" } };
    const networks = networksOf(args);
    const http3 = offersHttp3(args);
    const caddyfile = caddyfileOf(args);
    super(
      name,
      serviceOf(args, networks, caddyfile, http3),
      { ...kind, publishes: "everywhere", extend: twoHalves(name), before: dnsImage(name, args) },
      opts,
    );
    args.host.facilities.proxy = { name, needs: neededPorts(args) };
    this.logFolder = `${foldersOf(pulumi.getProject(), name).data}/logs`;
    this.routes = args.routes;
    declareRoutes(name, args.routes);
    this.urls = [...new Set(args.routes.map((route) => `https://${route.hostname}`))];
    watchLog(name, args.host, this.logFolder, this.resource, this.child());
    probeRoutes(name, args, { resource: this.resource, caddyfile }, this.child());
    this.registerOutputs();
  }
}

function serviceOf(
  args: CaddyArgs,
  networks: readonly Network[],
  caddyfile: pulumi.Input<string>,
  http3: boolean,
): ServiceArgs {
  const root = args.acme.kind !== "internal" && args.acme.root;
  return {
    host: args.host,
    image: args.image ?? (args.acme.kind === "dns01" ? DNS_IMAGE : IMAGES.caddy),
    networks,
    files: {
      ...tokenFiles(args.routes),
      [CADDYFILE]: { content: caddyfile },
      ...(root && { [ACME_ROOT]: { content: root } }),
      [FRONT_FILE]: { content: renderFront(args.acme, wildcardsOf(args.routes), http3) },
    },
    ...(args.acme.kind === "dns01" && { secretEnv: args.acme.provider.variables }),
    reload: { command: ["caddy", "reload", "--config", CADDYFILE, "--adapter", "caddyfile"] },
    volumes: {
      data: { path: "/data", mode: "0700" },
      config: { path: "/config", mode: "0700" },
      logs: { path: "/var/log/caddy", mode: "0750" },
    },
    capabilities: ["NET_BIND_SERVICE"],
    readOnly: true,
    tmpfs: ["/tmp"],
    memory: args.memory ?? "256m",
    // Claimed, so that nobody else publishes them; Docker has nothing to do with them.
    ports: publicPorts(http3),
    health: { test: ["CMD-SHELL", "wget -q -T 4 -O /dev/null http://127.0.0.1:2019/config/"] },
    // Longer than Caddy's own period of grace.
    stopGracePeriod: "15s",
    transform: args.transform,
  };
}

/** Addresses in the mesh may be known only once its members have joined; until then the text is not known either. */
function caddyfileOf(args: CaddyArgs): pulumi.Input<string> {
  const meshAddresses = args.routes.map(({ target }) => (isRelay(target) ? target.meshAddress : ""));
  const render = (addresses: readonly string[]) =>
    renderCaddyfile(
      args.routes.map((route, index) => caddyRoute(route, index, addresses[index] ?? "")),
      {
        meshRanges: [...(args.meshRanges ?? MESH_RANGES), ...rangesOf(args.network)],
        untrusted: gatewaysOf(args.network),
        maxBody: args.maxBody ?? "10MB",
      },
    );
  const plain = meshAddresses.filter((address) => typeof address === "string");
  return plain.length === meshAddresses.length ? render(plain) : pulumi.all(meshAddresses).apply(render);
}

function caddyRoute({ target, token, ...route }: Route, index: number, address: string): CaddyRoute {
  return {
    ...route,
    upstream: isRelay(target)
      ? { address, hostname: target.hostname, verify: target.certificate !== "mesh" }
      : `${target.service}:${target.port}`,
    ...(token && { token: { header: token.header ?? "X-Webhook-Token", file: tokenFile(index) } }),
  };
}

function wildcardsOf(routes: readonly Route[]): string[] {
  return [...new Set(routes.map(({ hostname }) => hostname).filter((hostname) => hostname.startsWith("*")))];
}

/** Tokens are files beside the Caddyfile, which stays readable in a preview. */
function tokenFiles(routes: readonly Route[]): Record<string, ConfigFileArgs> {
  return Object.fromEntries(
    routes.flatMap(({ token }, index) =>
      token
        ? [[tokenFile(index), { content: pulumi.secret(token.value).apply(checkToken), mode: "0600" }] as const]
        : [],
    ),
  );
}

function tokenFile(index: number): string {
  return `/etc/caddy/tokens/${index}`;
}

/** In Caddy a star at an end of a header's value stands for anything. */
function checkToken(token: string): string {
  if (token.length >= 16 && /^[\x21-\x7e]+$/.test(token) && !/^\*|\*$|[{}]/.test(token)) return token;
  throw new pulumi.RunError(
    "A route's token is shorter than 16 characters, or has spaces, braces, other than ASCII characters, or a star at an end.",
  );
}

/** The proxy's own network, and those that it has to join to reach targets which are not on it. */
function networksOf({ network, routes }: CaddyArgs): Network[] {
  const strangers = routes.flatMap(({ target }) =>
    isRelay(target) || target.networks.includes(network) ? [] : target.networks.slice(0, 1),
  );
  return [...new Set([network, ...strangers])];
}

function rangesOf(network: Network | undefined): string[] {
  return network ? [network.subnet, ...(network.ipv6Subnet ? [network.ipv6Subnet] : [])] : [];
}

function gatewaysOf(network: Network | undefined): string[] {
  return network ? [network.gateway, ...(network.ipv6Gateway ? [network.ipv6Gateway] : [])] : [];
}

function publicPorts(http3: boolean): PublishedPort[] {
  const everywhere = { address: "0.0.0.0" };
  return [
    { container: 80, ...everywhere },
    { container: 443, ...everywhere },
    ...(http3 ? [{ container: 443, protocol: "udp" as const, ...everywhere }] : []),
  ];
}
