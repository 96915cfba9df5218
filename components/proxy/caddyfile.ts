import { isIP } from "node:net";

/** A route in plain text, for the Caddyfile. */
export interface CaddyRoute {
  hostname: string;
  upstream: CaddyUpstream;
  access: "public" | "mesh";
  paths?: readonly string[];
  maxBody?: string;
  /** Header that has to have the value that is in a file of the container. */
  token?: { header: string; file: string };
}

/** `n8n:5678`, or the proxy of another host. */
export type CaddyUpstream = string | { address: string; hostname: string; verify: boolean };

export interface CaddyfileOptions {
  /** Ranges whose clients count as in the mesh. */
  meshRanges: readonly string[];
  /**
   * Addresses that never count as in the mesh, although they are in one of its ranges: the host's own in the proxy's
   * network. A client whose address was translated on the way seems to come from there, whoever it is.
   */
  untrusted: readonly string[];
  /** Largest request body of a route that says nothing else. */
  maxBody: string;
}

/** Where the front hands requests over. Only root of the two containers can open it. */
export const FRONT_SOCKET = "/run/front/router.sock";
/** One JSON object per request, in the words of Caddy's documentation; rotated by Caddy itself. */
export const ACCESS_LOG = "/var/log/caddy/access.log";
/** Where Tailscale answers for the mesh's names, on every member. */
const MESH_DNS = "100.100.100.100";
/** Header of the answers that the proxy gives itself, with the reason: the service was not asked. */
export const REFUSAL = "Proxy-Refusal";

/**
 * The Caddyfile of the proxy's router, with every route. Pure. Hostnames and the routes of each keep the order they were declared in, except that
 * routes for some paths come before the one for all others.
 */
export function renderCaddyfile(routes: readonly CaddyRoute[], options: CaddyfileOptions): string {
  const hostnames = [...new Set(routes.map((route) => route.hostname))];
  const sites = hostnames.map((hostname) =>
    site(
      hostname,
      routes.filter((route) => route.hostname === hostname),
      options,
    ),
  );
  return `${[globalOptions(routes), SECURITY_HEADERS, accessLog(routes), declared(hostnames), ...sites].join("\n\n")}\n`;
}

/** Who is connected is told by the front, which is trusted, and which passes on nothing that a client claims. */
function globalOptions(routes: readonly CaddyRoute[]): string {
  return block("", [
    "admin localhost:2019",
    "auto_https off",
    "persist_config off",
    // The health check asks the admin endpoint; that is not worth a line each time.
    "log {",
    "\texclude admin.api",
    // An error's line has the request's headers, too.
    ...logFormat(routes).map((line) => `\t${line}`),
    "}",
    "grace_period 10s",
    "servers {",
    "\tprotocols h1 h2c",
    "\ttrusted_proxies_unix",
    "}",
  ]);
}

const SECURITY_HEADERS = block("(security_headers)", [
  "header {",
  "\tStrict-Transport-Security max-age=31536000",
  "\tX-Content-Type-Options nosniff",
  "\t?X-Frame-Options SAMEORIGIN",
  "\t?Referrer-Policy strict-origin-when-cross-origin",
  "\t-Server",
  "}",
]);

function accessLog(routes: readonly CaddyRoute[]): string {
  return block("(access_log)", [
    "log {",
    `\toutput file ${ACCESS_LOG} {`,
    "\t\tmode 0640",
    "\t\troll_size 20MiB",
    "\t\troll_keep 5",
    "\t\troll_keep_for 720h",
    "\t}",
    ...logFormat(routes).map((line) => `\t${line}`),
    "}",
  ]);
}

/** JSON. Cookies and Authorization are left out by Caddy itself; tokens in headers of other names, here. */
function logFormat(routes: readonly CaddyRoute[]): string[] {
  const tokens = [...new Set(routes.flatMap(({ token }) => (token ? [canonical(token.header)] : [])))];
  if (tokens.length === 0) return ["format json"];
  return ["format filter {", "\twrap json", ...tokens.map((header) => `\trequest>headers>${header} delete`), "}"];
}

/** Tells the front for which hostnames certificates may be issued. */
function declared(hostnames: readonly string[]): string {
  const domains = hostnames.filter((hostname) => !hostname.startsWith("*")).map((hostname) => `domain=${hostname}`);
  return block("http://localhost", [
    `bind unix/${FRONT_SOCKET}`,
    ...(domains.length > 0 ? [`@declared query ${domains.join(" ")}`, "respond @declared 200"] : []),
    "respond 404",
  ]);
}

function site(hostname: string, routes: readonly CaddyRoute[], options: CaddyfileOptions): string {
  const ordered = [...routes].sort((a, b) => Number(a.paths === undefined) - Number(b.paths === undefined));
  const lines = [
    `bind unix/${FRONT_SOCKET}`,
    "import access_log",
    "import security_headers",
    "encode zstd gzip",
    // Inside `route` the order is as written; elsewhere Caddy sorts by rules of its own.
    "route {",
    ...ordered.flatMap((route, index) => handle(route, index, options)).map((line) => `\t${line}`),
    ...(ordered.some((route) => route.paths === undefined) ? [] : refuse("no-route", 404).map((line) => `\t${line}`)),
    "}",
  ];
  return block(`http://${hostname}`, lines);
}

function handle(route: CaddyRoute, index: number, options: CaddyfileOptions): string[] {
  const proxied = [
    "request_body {",
    `\tmax_size ${route.maxBody ?? options.maxBody}`,
    "}",
    ...upstreamLines(route.upstream),
  ];
  const inside = behindMesh(route, behindToken(route, index, proxied), options);
  const body = ["handle {", ...inside.map((line) => `\t${line}`), "}"];
  if (route.paths === undefined) return body;
  const matcher = `@paths${index}`;
  return [`${matcher} path ${route.paths.join(" ")}`, `handle ${matcher} {`, ...body.slice(1)];
}

/**
 * A service that is being replaced takes connections again in a moment, for which its clients wait. Whose connection was
 * refused was not asked yet, so that asking again is safe for every method. Less than a probe waits for.
 */
const RETRY = ["\tlb_try_duration 5s", "\tlb_try_interval 100ms"];

function upstreamLines(upstream: CaddyUpstream): string[] {
  if (typeof upstream === "string") return [`reverse_proxy ${upstream} {`, ...RETRY, "}"];
  const { address, hostname, verify } = upstream;
  const named = isIP(address) === 0;
  return [
    ...(named
      ? ["reverse_proxy {", ...dynamic(address)]
      : [`reverse_proxy https://${address.includes(":") ? `[${address}]` : address}:443 {`]),
    ...RETRY,
    `\theader_up Host ${hostname}`,
    "\ttransport http {",
    ...(named ? ["\t\ttls"] : []),
    `\t\ttls_server_name ${hostname}`,
    ...(verify ? [] : ["\t\ttls_insecure_skip_verify"]),
    "\t}",
    "}",
  ];
}

/** A member by its name: asked of the mesh itself, as a container's own resolver may be older than the membership. */
function dynamic(name: string): string[] {
  return ["\tdynamic a {", `\t\tname ${name}`, "\t\tport 443", `\t\tresolvers ${MESH_DNS}`, "\t\tversions ipv4", "\t}"];
}

/** `client_ip` is who is connected to the front, whatever a client writes into its headers. */
function behindMesh({ access }: CaddyRoute, lines: string[], { meshRanges, untrusted }: CaddyfileOptions): string[] {
  if (access !== "mesh") return lines;
  const matcher = [
    `client_ip ${meshRanges.join(" ")}`,
    ...(untrusted.length > 0 ? [`not client_ip ${untrusted.join(" ")}`] : []),
  ];
  return only("@mesh", matcher, lines, refuse("mesh-only", 403, "For members of the mesh only"));
}

/** The second condition keeps an empty header out should the file ever be missing. */
function behindToken({ token }: CaddyRoute, index: number, lines: string[]): string[] {
  if (!token) return lines;
  const matcher = [`header ${token.header} {file.${token.file}}`, `header_regexp ${token.header} .`];
  return only(`@token${index}`, matcher, lines, refuse("token", 401, "A token is needed"));
}

function only(name: string, matcher: string[], lines: string[], otherwise: string[]): string[] {
  return [
    `${name} {`,
    ...matcher.map((line) => `\t${line}`),
    "}",
    `handle ${name} {`,
    ...lines.map((line) => `\t${line}`),
    "}",
    "handle {",
    ...otherwise.map((line) => `\t${line}`),
    "}",
  ];
}

function refuse(reason: string, status: number, text?: string): string[] {
  return [`header ${REFUSAL} ${reason}`, text ? `respond "${text}" ${status}` : `respond ${status}`];
}

/** The spelling that a header has in Go, and so in the log: `x-gitlab-token` is `X-Gitlab-Token`. */
function canonical(header: string): string {
  return header.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

export function block(header: string, lines: readonly string[]): string {
  return [header ? `${header} {` : "{", ...lines.map((line) => `\t${line}`), "}"].join("\n");
}
