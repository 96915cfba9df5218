import type * as pulumi from "@pulumi/pulumi";
import { Files } from "../../provider/files/resource.ts";
import { MESH_RANGES } from "../mesh/ranges.ts";
import { type Host, onHost } from "../server/host.ts";

const FILTER = "/etc/fail2ban/filter.d/quayside-proxy.conf";
const JAIL = "/etc/fail2ban/jail.d/61-quayside-proxy.local";

/**
 * Has fail2ban watch a proxy's access log where the host has been hardened, once the proxy writes it.
 *
 * @param logFolder the folder of the log on the host
 * @param proxy what writes it
 */
export function watchLog(
  name: string,
  host: Host,
  logFolder: string,
  proxy: pulumi.Resource,
  opts: pulumi.CustomResourceOptions,
): void {
  const { bans } = host.facilities;
  if (!bans) return;
  const files = {
    [FILTER]: { content: renderProxyFilter() },
    [JAIL]: { content: renderProxyJail(`${logFolder}/access.log`, bans.never) },
  };
  const reload = { "fail2ban.service": Object.keys(files) };
  const dependsOn = [bans.resource, proxy];
  new Files(`${name}-jail`, { host: host.connection, files, reload }, { ...opts, ...onHost(host, { dependsOn }) });
}

/**
 * Who asks for what they may not have twenty times in ten minutes reaches nothing of the host for a while. Members of the
 * mesh are never banned: what is relayed comes from another proxy, and so does the deployer.
 */
export function renderProxyJail(log: string, never: readonly string[]): string {
  return `[quayside-proxy]
enabled = true
backend = auto
filter = quayside-proxy
logpath = ${log}
maxretry = 20
ignoreip = ${["127.0.0.1/8", "::1", ...MESH_RANGES, ...never].join(" ")}
banaction = %(banaction_allports)s
protocol = tcp,udp
`;
}

/**
 * Counts log-ins (401) and places (403) that a service refused, in the proxy's access log. What the proxy itself refuses
 * is nothing to be guessed, and is asked for after every deployment.
 */
export function renderProxyFilter(): string {
  return `[Definition]
failregex = ^.*"client_ip":"<HOST>".*"status":(?:401|403),.*$
ignoreregex = "Proxy-Refusal":
datepattern = "ts":{EPOCH}
`;
}
