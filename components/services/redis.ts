import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../component.ts";
import type { Network } from "../docker/networks.ts";
import type { Host } from "../server/host.ts";
import { ContainerService } from "./container-service.ts";
import { IMAGES } from "./images.ts";
import { parseMemory } from "./quantities.ts";
import { EVICTION_POLICIES, type EvictionPolicy, renderRedisConf } from "./redis-conf.ts";
import type { Needed, ServiceArgs } from "./service-args.ts";

const PORT = 6379;
const CONF = "/usr/local/etc/redis/redis.conf";
/** The redis user of the official image. */
const USER = "999:999";

export interface RedisArgs {
  /** The host it runs on. */
  host: Host;
  /** Internal network; its clients have to be on it, too. */
  network: Network;
  /** Password that every client gives. */
  password: pulumi.Input<string>;
  /** @default "redis:8.0.2" */
  image?: string;
  /** Memory that the container may use. @default "256m" */
  memory?: string;
  /** What happens when the data fills three quarters of `memory`: refuse writes, or drop keys. @default "noeviction" */
  eviction?: EvictionPolicy;
  /** Whether data survives a restart (append-only file, written every second). @default true */
  persistent?: boolean;
  /** Processors that it may use. @default no limit */
  cpus?: number;
  /** Adjustments of the children. */
  transform?: ServiceArgs["transform"];
}

/** A cache, as its clients refer to it. */
export interface RedisConnection extends Needed {
  /** Name of the server on its network. */
  readonly host: string;
  /** 6379. */
  readonly port: number;
  /** The default user's; secret. */
  readonly password: pulumi.Output<string>;
  /** `redis://:password@host:6379`; secret. */
  readonly url: pulumi.Output<string>;
}

/**
 * A Redis server on an internal network, with a password, a limit on memory, and data that survives restarts.
 *
 * @example
 * ```ts
 * const cache = new Redis("redis", {
 *   host: core,
 *   network: net.backend,
 *   password: secrets.redis.password,
 *   memory: "512m",
 *   eviction: "allkeys-lru",
 * });
 * cache.connection.url;
 * ```
 */
export class Redis extends ContainerService {
  /** What its clients need. */
  readonly connection: RedisConnection;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      name,
      serviceOf(args),
      { type: "services:Redis", faults: redisFaults(args), renamed: { "networks[0]": "network" } },
      opts,
    );
    const { label, networks, resource } = this;
    const password = pulumi.secret(args.password);
    const url = password.apply((text) => `redis://:${encodeURIComponent(text)}@${name}:${PORT}`);
    this.connection = { host: name, port: PORT, password, url, label, networks, resource };
    this.registerOutputs();
  }
}

function serviceOf(args: RedisArgs): ServiceArgs {
  const memory = args.memory ?? "256m";
  return {
    host: args.host,
    image: args.image ?? IMAGES.redis,
    networks: [args.network],
    // The password joins the configuration over standard input, so that it is in no argument list and no file.
    command: [
      "sh",
      "-c",
      `exec redis-server ${CONF} - <<CONF
requirepass "$(printf %s "$REDISCLI_AUTH" | sed 's/["\\\\]/\\\\&/g')"
CONF`,
    ],
    files: { [CONF]: { content: renderRedisConf(Math.floor(((parseMemory(memory) ?? 0) * 3) / 4), args) } },
    secretEnv: { REDISCLI_AUTH: args.password },
    volumes: { data: { path: "/data", mode: "0700" } },
    user: USER,
    readOnly: true,
    tmpfs: ["/tmp"],
    memory,
    cpus: args.cpus,
    health: { test: ["CMD-SHELL", "redis-cli ping | grep -q PONG"] },
    transform: args.transform,
  };
}

function redisFaults(args: RedisArgs): Fault[] {
  const faults: Fault[] = [];
  if (args.network && !args.network.internal) {
    faults.push({
      path: "network",
      reason: `is ${args.network.name}, which has a way out; a cache needs an internal network`,
    });
  }
  if (args.eviction !== undefined && !EVICTION_POLICIES.includes(args.eviction)) {
    const allowed = EVICTION_POLICIES.join(", ");
    faults.push({ path: "eviction", reason: `is ${JSON.stringify(args.eviction)}; one of ${allowed} is needed` });
  }
  return faults;
}
