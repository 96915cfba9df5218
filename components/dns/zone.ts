import type * as pulumi from "@pulumi/pulumi";
import { Component, type Fault, refuse } from "../component.ts";
import type { ChallengeZone, DnsProvider } from "../proxy/acme.ts";
import type { Host } from "../server/host.ts";
import { declarePublished, declareRoutes, isMeshOnly, meshNameBehind, type NamedRoute } from "./exposure.ts";
import type { Hoster, OpenZone } from "./hoster.ts";
import { covers, domainFault } from "./hostnames.ts";
import { recordPath, recordSets } from "./record-sets.ts";
import type { RecordSet, Records, RecordsArgs } from "./records.ts";

export interface DnsZoneArgs {
  /** The domain, such as `example.org`. */
  domain: string;
  /** Who hosts it: `cloudflareZone({ … })`, `hetznerZone(cloud)` or `ovhZone({ … })`. */
  at: Hoster;
  /** Records by full hostname. Those of routes come from `forRoutes`. @default none */
  records?: Records;
  /** Seconds that others may remember a record that says nothing else. @default 3600 */
  ttl?: number;
}

/** A proxy whose public routes are to be found by name: `Caddy`. */
export interface RoutingProxy {
  readonly name: string;
  /** The host that its names lead to. */
  readonly host: Host;
  /** What it serves, and to whom. */
  readonly routes: readonly NamedRoute[];
}

/**
 * The names of a domain: records that are declared, and those of proxies' public routes. A name whose routes are all
 * `meshOnly` is never published: routes leave it out, and declaring it, or a `*` that answers for it, is an error.
 *
 * What becomes another name of something (`CNAME`) after having had addresses needs two deployments at Cloudflare and
 * Hetzner, as new records are made before old ones go: one without the name, and one with it.
 *
 * @example
 * ```ts
 * const zone = new DnsZone("dns", {
 *   domain: "example.org",
 *   at: hetznerZone(hetzner),
 *   records: {
 *     "example.org": {
 *       host: core,
 *       MX: { preference: 10, server: "mail.example.net" },
 *       TXT: "v=spf1 include:example.net -all",
 *       CAA: { tag: "issue", value: "letsencrypt.org" },
 *     },
 *     "vpn.example.org": { host: hub, ttl: 300 },
 *     "docs.example.org": { CNAME: "acme.github.io" },
 *   },
 * });
 * zone.forRoutes(edge);
 * ```
 */
export class DnsZone extends Component implements ChallengeZone {
  /** `example.org` */
  readonly domain: string;
  /** Name servers that the registrar has to be told; undefined for a zone that was there before. */
  readonly nameServers: pulumi.Output<string[]> | undefined;
  /** By what `dns01` proves that names of the zone are ours. */
  readonly challenge: DnsProvider;
  /** The zone at its hoster, for components that build on it. */
  readonly place: OpenZone;
  readonly #hoster: Hoster;
  readonly #ttl: number;
  /** Who declares what: `www.example.org A` to `records`. */
  readonly #sets = new Map<string, string>();
  /** Proxies whose routes are known here. */
  readonly #routes = new Map<string, readonly NamedRoute[]>();

  constructor(name: string, args: DnsZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dns:DnsZone", name, opts);
    this.domain = args.domain;
    this.#hoster = args.at;
    this.#ttl = args.ttl ?? 3600;
    const wrongDomain = domainFault(args.domain);
    const { sets, faults } = this.#describe(args.records ?? {});
    refuse("DnsZone", name, [
      ...(wrongDomain === undefined ? [] : [{ path: "domain", reason: wrongDomain }]),
      ...args.at.faults,
      ...faults,
    ]);
    this.place = args.at.open({ name, domain: args.domain, ttl: this.#ttl, parent: this });
    this.nameServers = this.place.nameServers;
    this.challenge = this.place.challenge;
    this.#publish("records", sets);
    this.registerOutputs({});
  }

  /**
   * Publishes the hostnames of proxies' public routes in this domain, with the addresses of the proxies' hosts. Names of
   * other domains are theirs to publish; those that only the mesh may use are published by nobody.
   */
  forRoutes(...proxies: readonly RoutingProxy[]): this {
    for (const { name, routes } of proxies) {
      declareRoutes(name, routes);
      this.#routes.set(name, routes);
    }
    const taken = new Map(this.#sets);
    const described = proxies.map((proxy) => {
      const found = this.#describe(this.#recordsOf(proxy), taken);
      for (const set of found.sets) taken.set(keyOf(set), proxy.name);
      return { ...found, proxy };
    });
    refuse("DnsZone", this.name, [
      ...this.#givenAway(this.#published()),
      ...described.flatMap(({ proxy, faults }) =>
        faults.map(({ path, reason }) => ({ path: `forRoutes(${proxy.name}).${path}`, reason })),
      ),
    ]);
    for (const { proxy, sets } of described) this.#publish(proxy.name, sets);
    return this;
  }

  /**
   * Publishes more records, for components that build on the zone.
   *
   * @param source what declares them; unique in the zone
   */
  add(source: string, records: Records): this {
    const { sets, faults } = this.#describe(records);
    refuse("DnsZone", this.name, faults);
    this.#publish(source, sets);
    return this;
  }

  #recordsOf({ host, routes }: RoutingProxy): Records {
    const hostnames = routes.filter(({ access }) => access === "public").map(({ hostname }) => hostname);
    const here = [...new Set(hostnames)].filter((name) => name === this.domain || name.endsWith(`.${this.domain}`));
    return Object.fromEntries(here.map((hostname): [string, RecordsArgs] => [hostname, { host }]));
  }

  #describe(records: Records, taken: ReadonlyMap<string, string> = this.#sets): { sets: RecordSet[]; faults: Fault[] } {
    const { ttls, proxies, aliasOfDomain } = this.#hoster;
    const rules = { domain: this.domain, ttl: this.#ttl, ttls, proxies, aliasOfDomain };
    const { sets, faults } = recordSets(records, rules);
    return { sets, faults: [...faults, ...conflicts(sets, taken), ...this.#givenAway(Object.keys(records))] };
  }

  /** Names that would tell the world, or a part of it, of what is for the mesh only. */
  #givenAway(hostnames: readonly string[]): Fault[] {
    const routes = [...this.#routes.values()].flat();
    return hostnames.flatMap((hostname): Fault[] => {
      const behind = meshNameBehind(hostname) ?? this.#meshNameBehind(hostname, routes);
      if (!behind) return [];
      const which = behind.hostname === hostname ? "is" : `answers for ${behind.hostname}, which is`;
      const reason = `${which} for the mesh only, as "${behind.proxy}" has it; such names are never published`;
      return [{ path: recordPath(hostname), reason }];
    });
  }

  #meshNameBehind(hostname: string, routes: readonly NamedRoute[]): { hostname: string; proxy: string } | undefined {
    for (const [proxy, own] of this.#routes) {
      const found = own.find((route) => covers(hostname, route.hostname) && isMeshOnly(route.hostname, routes));
      if (found) return { hostname: found.hostname, proxy };
    }
    return undefined;
  }

  #published(): string[] {
    return [...new Set([...this.#sets.keys()].map((key) => key.split(" ")[0] ?? ""))];
  }

  #publish(source: string, sets: readonly RecordSet[]): void {
    if (sets.length === 0) return;
    for (const set of sets) this.#sets.set(keyOf(set), source);
    declarePublished(this.name, this.#published());
    this.place.publish(source, sets);
  }
}

/** `www.example.org A` */
function keyOf({ hostname, type }: RecordSet): string {
  return `${hostname} ${type}`;
}

/** @param taken who declares what already */
function conflicts(sets: readonly RecordSet[], taken: ReadonlyMap<string, string>): Fault[] {
  return sets.flatMap((set): Fault[] => {
    const { hostname, type } = set;
    const owner = taken.get(keyOf(set));
    if (owner !== undefined) {
      const reason = `is declared by ${owner} already; a name's records of one type belong together`;
      return [{ path: recordPath(hostname, type), reason }];
    }
    const others = [...taken].filter(([key]) => key.startsWith(`${hostname} `));
    if (!others.some(([key]) => key.endsWith(" CNAME")) && !(type === "CNAME" && others.length > 0)) return [];
    const beside = others.map(([key, by]) => `${key.split(" ")[1]} of ${by}`).join(", ");
    return [{ path: recordPath(hostname, type), reason: `stands beside ${beside}; a CNAME has nothing beside it` }];
  });
}
