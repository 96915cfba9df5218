import type * as pulumi from "@pulumi/pulumi";
import type { ComposeProjectArgs } from "../../provider/compose-project/resource.ts";
import type { Fault } from "../component.ts";
import type { Network } from "../docker/networks.ts";
import type { Caddy } from "../proxy/caddy.ts";
import type { Host } from "../server/host.ts";
import { ContainerService, type HttpEndpoint } from "../services/container-service.ts";
import { commandHealth } from "../services/health.ts";
import { IMAGES } from "../services/images.ts";
import type { ServiceArgs } from "../services/service-args.ts";
import { renderAlloyConfig } from "./alloy-config.ts";

const CONFIG = "/etc/alloy/config.alloy";
const DATA = "/var/lib/alloy/data";
/** The image has bash and nothing that speaks HTTP. */
const READY = `exec 3<>/dev/tcp/127.0.0.1/12345; printf 'GET /-/ready HTTP/1.0\\r\\n\\r\\n' >&3; grep -q '200 OK' <&3`;

export interface AlloyArgs {
  /** The host it runs on, whose logs it brings. */
  host: Host;
  /** The network that it reaches Loki on; one with a way out where Loki is on another host. */
  networks: readonly Network[];
  /** Loki on the same host, `loki.http`; or the address that its route has, `https://loki.example.org`. */
  to: HttpEndpoint | string;
  /** Proxies of this host whose access logs it brings. */
  proxies: readonly Caddy[];
  /** @default "grafana/alloy:v1.10.0" */
  image?: string;
  /** Memory that it may use. @default "256m" */
  memory?: string;
  /** Processors that it may use. @default no limit */
  cpus?: number;
  /** Adjustments of the children. */
  transform?: ServiceArgs["transform"];
}

/**
 * Grafana Alloy, which brings the access logs of a host's proxies to Loki. It remembers how far it has read, so that a
 * restart loses nothing and repeats nothing, and reads on where Loki was away for some minutes.
 *
 * @example
 * ```ts
 * new Alloy("alloy", { host: core, networks: [net.monitoring], to: loki.http, proxies: [edge] });
 * ```
 */
export class Alloy extends ContainerService {
  constructor(name: string, args: AlloyArgs, opts?: pulumi.ComponentResourceOptions) {
    const kind = { type: "logs:Alloy", faults: alloyFaults(args), extend: mountLogs(name, args) };
    super(name, serviceOf(args), kind, opts);
    this.registerOutputs();
  }
}

function serviceOf(args: AlloyArgs): ServiceArgs {
  const { host, to } = args;
  const push = `${typeof to === "string" ? to.replace(/\/$/, "") : `http://${to.service}:${to.port}`}/loki/api/v1/push`;
  const accessLogs = Object.fromEntries(args.proxies.map((proxy) => [proxy.name, `${folderOf(proxy)}/access.log`]));
  return {
    host,
    image: args.image ?? IMAGES.alloy,
    networks: args.networks,
    command: [
      "run",
      `--storage.path=${DATA}`,
      "--server.http.listen-addr=127.0.0.1:12345",
      "--disable-reporting",
      CONFIG,
    ],
    files: { [CONFIG]: { content: renderAlloyConfig({ host: host.name, push, accessLogs }) } },
    volumes: { data: { path: DATA } },
    // Root without any capability: that reads what root's own proxy wrote, and nothing else.
    user: "0:0",
    readOnly: true,
    tmpfs: ["/tmp"],
    needs: typeof to === "string" || to.host !== host ? [] : [to],
    memory: args.memory ?? "256m",
    cpus: args.cpus,
    health: commandHealth(["bash", "-c", READY]),
    transform: args.transform,
  };
}

/** The folder with a proxy's log, not the log itself: Caddy puts a new file in its place. */
function mountLogs(name: string, { proxies }: AlloyArgs) {
  return (project: ComposeProjectArgs): ComposeProjectArgs => {
    const compose = project.compose as { services: Record<string, { volumes?: string[] }> };
    const service = compose.services[name] ?? {};
    const logs = proxies.map((proxy) => `${proxy.logFolder}:${folderOf(proxy)}:ro`);
    const volumes = [...(service.volumes ?? []), ...logs];
    return { ...project, compose: { ...compose, services: { [name]: { ...service, volumes } } } };
  };
}

function folderOf(proxy: Caddy): string {
  return `/var/log/proxies/${proxy.name}`;
}

function alloyFaults({ host, to, networks, proxies }: AlloyArgs): Fault[] {
  const faults: Fault[] = [];
  if (proxies.length === 0) faults.push({ path: "proxies", reason: "is empty; there would be nothing to bring" });
  for (const [index, proxy] of proxies.entries()) {
    if (proxy.host === host) continue;
    const reason = `is "${proxy.name}" on ${proxy.host.name}, but this is on ${host.name}; every host needs its own`;
    faults.push({ path: `proxies[${index}]`, reason });
  }
  if (typeof to === "string") {
    if (!/^https?:\/\/[^\s/?#]+\/?$/.test(to)) {
      faults.push({
        path: "to",
        reason: `is ${JSON.stringify(to)}; an address such as https://loki.example.org is needed`,
      });
    }
    if (networks.every((network) => network.internal)) {
      faults.push({
        path: "networks",
        reason: `have no way out, and ${to} is not on this host; one with a way out is needed`,
      });
    }
  } else if (to.host !== host) {
    const reason = `is ${to.label} on ${to.host.name}, but this is on ${host.name}; give the address of its route`;
    faults.push({ path: "to", reason });
  }
  return faults;
}
