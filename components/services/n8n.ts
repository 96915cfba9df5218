import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../component.ts";
import type { Network } from "../docker/networks.ts";
import type { Host } from "../server/host.ts";
import { ContainerService } from "./container-service.ts";
import { httpHealth } from "./health.ts";
import { IMAGES } from "./images.ts";
import type { Database } from "./postgres.ts";
import type { ServiceArgs } from "./service-args.ts";

const PORT = 5678;

export interface N8nArgs {
  /** The host it runs on. */
  host: Host;
  /** The database's network, and one with a way out for what the workflows call. */
  networks: readonly Network[];
  /** Where workflows, credentials and executions are kept. */
  database: Database;
  /** What credentials are encrypted with. Losing or changing it makes them unreadable. */
  encryptionKey: pulumi.Input<string>;
  /** Hostname of its route, `n8n.example.org`: what links and webhooks start with. @default none, links are local */
  hostname?: string;
  /** Time zone of schedules, `Europe/Paris`. @default "UTC" */
  timezone?: string;
  /** @default "n8nio/n8n:2.41.3" */
  image?: string;
  /** Memory that it may use. @default "1g" */
  memory?: string;
  /** Processors that it may use. @default no limit */
  cpus?: number;
  /** Further variables, such as `N8N_METRICS`. @default {} */
  env?: ServiceArgs["env"];
  /** Adjustments of the children. */
  transform?: ServiceArgs["transform"];
}

/**
 * n8n, which runs workflows, on a PostgreSQL database of its own.
 *
 * @example
 * ```ts
 * const n8n = new N8n("n8n", {
 *   host: core,
 *   networks: [net.backend, net.egress],
 *   database: postgres.database("n8n"),
 *   encryptionKey: secrets.n8n.encryptionKey,
 *   hostname: "n8n.example.org",
 * });
 * meshOnly("n8n.example.org", n8n.http);
 * ```
 */
export class N8n extends ContainerService {
  constructor(name: string, args: N8nArgs, opts?: pulumi.ComponentResourceOptions) {
    super(name, serviceOf(args), { type: "services:N8n", faults: n8nFaults(args) }, opts);
    this.registerOutputs();
  }
}

function serviceOf(args: N8nArgs): ServiceArgs {
  const { database, hostname, timezone = "UTC" } = args;
  return {
    host: args.host,
    image: args.image ?? IMAGES.n8n,
    networks: args.networks,
    http: PORT,
    health: httpHealth(PORT, "/healthz", { startPeriod: "2m" }),
    env: {
      DB_TYPE: "postgresdb",
      DB_POSTGRESDB_HOST: database.host,
      DB_POSTGRESDB_PORT: String(database.port),
      DB_POSTGRESDB_DATABASE: database.database,
      DB_POSTGRESDB_USER: database.user,
      GENERIC_TIMEZONE: timezone,
      TZ: timezone,
      ...(hostname !== undefined && {
        N8N_HOST: hostname,
        N8N_PROTOCOL: "https",
        N8N_PROXY_HOPS: "1",
        N8N_EDITOR_BASE_URL: `https://${hostname}/`,
        WEBHOOK_URL: `https://${hostname}/`,
      }),
      ...args.env,
    },
    secretEnv: { DB_POSTGRESDB_PASSWORD: database.password, N8N_ENCRYPTION_KEY: args.encryptionKey },
    // The image's user is `node`.
    volumes: { data: { path: "/home/node/.n8n", owner: "1000:1000", mode: "0700" } },
    needs: [database],
    memory: args.memory ?? "1g",
    cpus: args.cpus,
    stopGracePeriod: "30s",
    transform: args.transform,
  };
}

function n8nFaults({ timezone }: N8nArgs): Fault[] {
  if (timezone === undefined || Intl.supportedValuesOf("timeZone").includes(timezone) || timezone === "UTC") return [];
  return [{ path: "timezone", reason: `is ${JSON.stringify(timezone)}; a time zone such as Europe/Paris is needed` }];
}
