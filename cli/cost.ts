/** What a stack costs a month at Hetzner, from the resources that a preview lists. */
import { cents, inEuros, type Micros } from "../components/cost/money.ts";
import { type PriceTable, pinnedPrices } from "../components/cost/prices.ts";
import { byName } from "./by-name.ts";
import { readPreview, resourcesAfter } from "./plan-model/preview.ts";
import { nameOf, UNKNOWN } from "./plan-model/resource.ts";

/** What of a resource its price depends on. */
export interface PricedResource {
  type: string;
  urn: string;
  inputs?: Readonly<Record<string, unknown>>;
  /** What the cloud said of it, once it exists. */
  outputs?: Readonly<Record<string, unknown>>;
  propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export interface CostLine {
  /** Name of the resource. */
  name: string;
  /** What is paid for, for example `cx33 in fsn1`. */
  what: string;
  /** Millionths of EUR a month, net; undefined when the price is not in the table. */
  monthly: Micros | undefined;
}

/** Prices every resource that costs something, by name; what is free (networks, firewalls, keys, IPv6, DNS) is left out. */
export function costLines(resources: readonly PricedResource[], prices: PriceTable = pinnedPrices): CostLine[] {
  // The engine lists resources in the order in which they got ready, which is another each time.
  return resources.flatMap((resource) => linesOf(resource, resources, prices)).sort(byName);
}

function linesOf(resource: PricedResource, resources: readonly PricedResource[], prices: PriceTable): CostLine[] {
  const { type, urn, inputs = {} } = resource;
  const line = (what: string, monthly: Micros | undefined): CostLine[] => [{ name: nameOf(urn), what, monthly }];
  switch (type) {
    case "hcloud:index/server:Server": {
      const { type: server, location, certain } = placementOf(resource, "serverType", resources);
      const price = prices.server(server, location);
      const backups = inputs["backups"] === true;
      const factor = backups ? 1 + prices.backupPercent / 100 : 1;
      const what = `${server} in ${location}${backups ? " with backups" : ""}${certain ? "" : ", if available"}`;
      return line(what, price === undefined ? undefined : Math.round(price * factor));
    }
    case "hcloud:index/primaryIp:PrimaryIp":
      if (inputs["type"] !== "ipv4") return [];
      return line("IPv4 address", prices.primaryIpv4(placementOf(resource, "", resources).location));
    case "hcloud:index/floatingIp:FloatingIp": {
      const location = String(inputs["homeLocation"] ?? "fsn1");
      return line(`floating IP, ${inputs["type"]}`, prices.floatingIp(String(inputs["type"]), location));
    }
    case "hcloud:index/loadBalancer:LoadBalancer": {
      const [balancer, location] = [String(inputs["loadBalancerType"]), String(inputs["location"] ?? "fsn1")];
      return line(`load balancer ${balancer} in ${location}`, prices.loadBalancer(balancer, location));
    }
    case "hcloud:index/volume:Volume": {
      const size = Number(inputs["size"]);
      return line(`volume, ${size} GB`, Math.round(size * prices.volumeGb));
    }
    case "hcloud:index/snapshot:Snapshot":
      return line("snapshot, whose size is not declared", undefined);
    case "hcloud:index/storageBox:StorageBox":
      return line(`storage box ${inputs["storageBoxType"]}`, undefined);
    default:
      return [];
  }
}

/**
 * Type and location of what is in a place: as the cloud says, as declared, else the first choice of the lists that it will
 * be decided from.
 */
function placementOf(resource: PricedResource, property: string, resources: readonly PricedResource[]) {
  const { inputs = {}, outputs = {}, propertyDependencies = {} } = resource;
  const known = (name: string): string | undefined => {
    // What is asked for counts; the cloud's answer where that is decided later or kept as it is.
    const value = [inputs[name], outputs[name]].find((found) => found !== undefined && found !== UNKNOWN);
    return value === undefined ? undefined : String(value);
  };
  const origin = propertyDependencies[property] ?? propertyDependencies["location"];
  const wanted = resources.find(({ urn }) => urn === origin?.[0])?.inputs as
    | { types?: string[]; locations?: string[] }
    | undefined;
  const [type, location] = [known(property), known("location")];
  const undecided = inputs["location"] === UNKNOWN || inputs[property] === UNKNOWN;
  return {
    type: type ?? wanted?.types?.[0] ?? "a server type that is not known yet",
    location: location ?? wanted?.locations?.[0] ?? (undecided ? "a location that is not known yet" : "fsn1"),
    certain: !undecided || (type !== undefined && location !== undefined),
  };
}

/** Sum a month; lines without a known price do not count and are to be named beside it. */
export function totalOf(lines: readonly CostLine[]): Micros {
  return lines.reduce((sum, line) => sum + (line.monthly ?? 0), 0);
}

/** Sum in EUR a month. */
export function monthlyTotal(lines: readonly CostLine[]): number {
  return inEuros(totalOf(lines));
}

/** The resources in the output of `pulumi preview --json --show-sames`. */
export function listedResources(json: string): PricedResource[] {
  return resourcesAfter(readPreview(json));
}

/** For people: `20.97 EUR a month: 3 x IPv4 address; 2 x cx23 in fsn1; cx33 in fsn1`. */
export function renderCost(lines: readonly CostLine[]): string {
  const counted = (some: readonly CostLine[]): string =>
    [...Map.groupBy(some, ({ what }) => what)]
      .map(([what, { length }]) => (length > 1 ? `${length} x ${what}` : what))
      .join("; ");
  const known = counted(lines.filter((line) => line.monthly !== undefined));
  const unknown = counted(lines.filter((line) => line.monthly === undefined));
  const total = `${cents(totalOf(lines))} EUR a month`;
  return `${total}${known && `: ${known}`}${unknown && `; no price known for ${unknown}`}`;
}
