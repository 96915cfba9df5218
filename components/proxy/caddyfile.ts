import type { Issuer } from "./acme.ts";

/** A route in plain text, for the Caddyfile. */
export interface CaddyRoute {
  hostname: string;
  /** `n8n:5678`. */
  upstream: string;
  access: "public" | "mesh";
  paths?: readonly string[];
  maxBody?: string;
}

export interface CaddyfileOptions {
  issuer: Issuer;
  /** Ranges whose clients count as in the mesh. */
  meshRanges: readonly string[];
  /**
   * Addresses that never count as in the mesh, although they are in one of its ranges: the host's own in the proxy's
   * network. A client whose address was translated on the way seems to come from there, whoever it is.
   */
  untrusted: readonly string[];
  /** Largest request body of a route that says nothing else. */
  maxBody: string;
  http3: boolean;
}

/**
 * The Caddyfile of a proxy. Pure. Hostnames and the routes of each keep the order they were declared in, except that
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
  return `${[globalOptions(options), SECURITY_HEADERS, ...sites].join("\n\n")}\n`;
}

function globalOptions({ issuer, http3 }: CaddyfileOptions): string {
  const lines = [
    "admin localhost:2019",
    ...(issuer.kind === "http01" ? [`email ${issuer.email}`] : []),
    ...(issuer.kind === "http01" && issuer.directory ? [`acme_ca ${issuer.directory}`] : []),
    ...(issuer.kind === "internal" ? ["skip_install_trust"] : []),
    // The health check asks the admin endpoint; that is not worth a line each time.
    "log {",
    "\texclude admin.api",
    "}",
    "grace_period 10s",
    "servers {",
    `\tprotocols h1 h2${http3 ? " h3" : ""}`,
    "}",
  ];
  return block("", lines);
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

function site(hostname: string, routes: readonly CaddyRoute[], options: CaddyfileOptions): string {
  const ordered = [...routes].sort((a, b) => Number(a.paths === undefined) - Number(b.paths === undefined));
  const lines = [
    ...(options.issuer.kind === "internal" ? ["tls internal"] : []),
    "import security_headers",
    "encode zstd gzip",
    // Inside `route` the order is as written; elsewhere Caddy sorts by rules of its own.
    "route {",
    ...ordered.flatMap((route, index) => handle(route, index, options)).map((line) => `\t${line}`),
    ...(ordered.some((route) => route.paths === undefined) ? [] : ["\trespond 404"]),
    "}",
  ];
  return block(hostname, lines);
}

function handle(route: CaddyRoute, index: number, options: CaddyfileOptions): string[] {
  const proxied = [
    "request_body {",
    `\tmax_size ${route.maxBody ?? options.maxBody}`,
    "}",
    `reverse_proxy ${route.upstream}`,
  ];
  const inside = route.access === "mesh" ? guarded(proxied, options) : proxied;
  const body = ["handle {", ...inside.map((line) => `\t${line}`), "}"];
  if (route.paths === undefined) return body;
  const matcher = `@paths${index}`;
  return [`${matcher} path ${route.paths.join(" ")}`, `handle ${matcher} {`, ...body.slice(1)];
}

/** `remote_ip` is who is connected, whatever a client writes into its headers. */
function guarded(lines: string[], { meshRanges, untrusted }: CaddyfileOptions): string[] {
  return [
    "@mesh {",
    `\tremote_ip ${meshRanges.join(" ")}`,
    ...(untrusted.length > 0 ? [`\tnot remote_ip ${untrusted.join(" ")}`] : []),
    "}",
    "handle @mesh {",
    ...lines.map((line) => `\t${line}`),
    "}",
    "handle {",
    '\trespond "For members of the mesh only" 403',
    "}",
  ];
}

function block(header: string, lines: readonly string[]): string {
  return [header ? `${header} {` : "{", ...lines.map((line) => `\t${line}`), "}"].join("\n");
}
