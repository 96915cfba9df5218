import type { Issuer } from "./acme.ts";
import { block, FRONT_SOCKET } from "./caddyfile.ts";

/** Where the container has the certificate of an authority of one's own. */
export const ACME_ROOT = "/etc/front/acme-root.pem";

/**
 * The Caddyfile of the proxy's front, which holds the public ports and the certificates and hands every request to the
 * router. Pure. No route is in it, so it is not reloaded when routes change: a web server that closes shop drops the
 * HTTP/1.1 requests that are just coming in on kept connections; to the router go HTTP/2, which sends what has no body
 * again, and a fresh connection for each body.
 *
 * Certificates are issued when a hostname is first asked for, if the router says that it is declared.
 *
 * @param wildcards hostnames such as `*.example.org`, which have one certificate for all
 */
export function renderFront(issuer: Issuer, wildcards: readonly string[], http3: boolean): string {
  const tls = issuer.kind === "internal" ? ["tls internal {", "\ton_demand", "}"] : ["tls {", "\ton_demand", "}"];
  const sites = [
    block("https://", [...tls, ...HAND_OVER]),
    ...wildcards.map((hostname) =>
      block(hostname, [...(issuer.kind === "internal" ? ["tls internal"] : []), ...HAND_OVER]),
    ),
  ];
  return `${[globalOptions(issuer, http3), SELF, ...sites].join("\n\n")}\n`;
}

function globalOptions(issuer: Issuer, http3: boolean): string {
  return block("", [
    // A port would let every process of the host change the configuration.
    "admin unix//run/caddy/admin.sock",
    ...issuerLines(issuer),
    "on_demand_tls {",
    "\task http://localhost/hostnames",
    "}",
    "log {",
    "\texclude admin.api",
    // It does not know in which of the headers tokens are.
    "\tformat filter {",
    "\t\twrap json",
    "\t\trequest>headers delete",
    "\t}",
    "}",
    "grace_period 10s",
    "servers {",
    `\tprotocols h1 h2${http3 ? " h3" : ""}`,
    "}",
  ]);
}

function issuerLines(issuer: Issuer): string[] {
  if (issuer.kind === "internal") return ["skip_install_trust"];
  const { email, directory, root } = issuer;
  return [
    `email ${email}`,
    "cert_issuer acme {",
    ...(directory ? [`\tdir ${directory}`] : []),
    `\temail ${email}`,
    ...(root ? [`\ttrusted_roots ${ACME_ROOT}`] : []),
    ...(issuer.kind === "http01" ? ["\tdisable_tlsalpn_challenge"] : dnsLines(issuer).map((line) => `\t${line}`)),
    "}",
  ];
}

function dnsLines({ provider, resolvers }: Extract<Issuer, { kind: "dns01" }>): string[] {
  const settings = Object.entries(provider.settings).map(([key, name]) => [key, `{env.${name}}`] as const);
  const [only] = settings;
  return [
    ...(only?.[0] === ""
      ? [`dns ${provider.name} ${only[1]}`]
      : [`dns ${provider.name} {`, ...settings.map(([key, value]) => `\t${key} ${value}`), "}"]),
    ...(resolvers?.length ? [`resolvers ${resolvers.join(" ")}`] : []),
  ];
}

/** Asked by the health check and by the front itself, from the host; nobody else is told anything. */
const SELF = block("http://localhost", [
  "@self remote_ip 127.0.0.1 ::1",
  "handle @self {",
  "\thandle /hostnames {",
  `\t\treverse_proxy unix/${FRONT_SOCKET}`,
  "\t}",
  "\thandle {",
  "\t\trespond 200",
  "\t}",
  "}",
  "handle {",
  "\tabort",
  "}",
]);

/** A connection that is to become a WebSocket cannot be one of HTTP/2's streams. */
const HAND_OVER = [
  "header -Via",
  "@upgrade header Connection *pgrade*",
  "handle @upgrade {",
  `\treverse_proxy unix/${FRONT_SOCKET}`,
  "}",
  // A body that is on its way already cannot be sent again on another connection, when the router closes this one. A new
  // connection of HTTP/1.1 is served even then, one of HTTP/2 may not be.
  "@small {",
  "\tnot method GET HEAD OPTIONS",
  "\theader_regexp Content-Length ^[0-9]{1,5}$",
  "}",
  ...overFresh("@small"),
  // HTTP/2 can refuse a large body before all of it was sent and still say why.
  "@large not method GET HEAD OPTIONS",
  ...overFresh("@large", "versions h2c"),
  "handle {",
  `\treverse_proxy unix+h2c/${FRONT_SOCKET}`,
  "}",
];

/** Hands what a matcher takes to the router, each over a connection of its own. */
function overFresh(matcher: string, ...settings: string[]): string[] {
  const transport = [...settings, "keepalive off"].map((line) => `\t\t\t${line}`);
  const proxy = [`\treverse_proxy unix/${FRONT_SOCKET} {`, "\t\ttransport http {", ...transport, "\t\t}", "\t}"];
  return [`handle ${matcher} {`, ...proxy, "}"];
}
