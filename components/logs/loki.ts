import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../component.ts";
import type { Network } from "../docker/networks.ts";
import type { Host } from "../server/host.ts";
import { ContainerService } from "../services/container-service.ts";
import { commandHealth } from "../services/health.ts";
import { IMAGES } from "../services/images.ts";
import type { ServiceArgs } from "../services/service-args.ts";
import { LOKI_DATA, renderLokiConfig } from "./loki-config.ts";

const CONFIG = "/etc/loki/config.yaml";
/** The user of the official image. */
const USER = "10001:10001";

export interface LokiArgs {
  /** The host it runs on. */
  host: Host;
  /** Internal networks: whoever is on them may write logs and read them. */
  networks: readonly Network[];
  /** Days that logs are kept. @default 30 */
  days?: number;
  /** @default "grafana/loki:3.7.8" */
  image?: string;
  /** Memory that it may use. @default "512m" */
  memory?: string;
  /** Processors that it may use. @default no limit */
  cpus?: number;
  /** Adjustments of the children. */
  transform?: ServiceArgs["transform"];
}

/**
 * Grafana Loki, which keeps logs and finds them again: one process with its data on the host. `Alloy` brings it the
 * access logs of proxies.
 *
 * It asks nobody for a password, so it is on internal networks only; other hosts reach it over the mesh.
 *
 * @example
 * ```ts
 * const loki = new Loki("loki", { host: core, networks: [net.monitoring], days: 14 });
 * new Alloy("alloy", { host: core, networks: [net.monitoring], to: loki.http, proxies: [edge] });
 * meshOnly("loki.example.org", loki.http);
 * ```
 */
export class Loki extends ContainerService {
  constructor(name: string, args: LokiArgs, opts?: pulumi.ComponentResourceOptions) {
    super(name, serviceOf(args), { type: "logs:Loki", faults: lokiFaults(args) }, opts);
    this.registerOutputs();
  }
}

function serviceOf(args: LokiArgs): ServiceArgs {
  return {
    host: args.host,
    image: args.image ?? IMAGES.loki,
    networks: args.networks,
    http: 3100,
    command: [`-config.file=${CONFIG}`],
    files: { [CONFIG]: { content: renderLokiConfig(args.days ?? 30) } },
    volumes: { data: { path: LOKI_DATA } },
    user: USER,
    readOnly: true,
    tmpfs: ["/tmp"],
    memory: args.memory ?? "512m",
    cpus: args.cpus,
    // The image has no shell. It calls itself ready some 20 seconds after its start.
    health: commandHealth(["/usr/bin/loki", "-health"], { timeout: "6s", startPeriod: "2m" }),
    // What is in memory is written to the disk first.
    stopGracePeriod: "30s",
    transform: args.transform,
  };
}

function lokiFaults({ networks, days }: LokiArgs): Fault[] {
  const open = networks.flatMap((network, index): Fault[] =>
    network.internal
      ? []
      : [
          {
            path: `networks[${index}]`,
            reason: `is ${network.name}, which has a way out; Loki asks for no password and needs internal networks`,
          },
        ],
  );
  if (days === undefined || (Number.isInteger(days) && days >= 1)) return open;
  return [...open, { path: "days", reason: `is ${days}; a whole number of days, 1 or more, is needed` }];
}
