/** What a stack costs a month at Hetzner, from the resources that a preview lists. */
import { OTHER_PRICES, SERVER_TYPES } from "../lab/api/catalogue.ts";

/** A resource as Pulumi lists it in `preview --json`. */
export interface ListedResource {
  type: string;
  urn: string;
  inputs?: Record<string, unknown>;
  propertyDependencies?: Record<string, readonly string[]>;
}

/** How Pulumi writes a value that only an apply will know. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface CostLine {
  /** Name of the resource. */
  name: string;
  /** What is paid for, for example `cx33 in fsn1`. */
  what: string;
  /** EUR a month, net; undefined when the price is not in the table. */
  monthly: number | undefined;
}

const logicalName = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** Prices every resource that costs something; what is free (networks, firewalls, keys, IPv6) is left out. */
export function costLines(resources: readonly ListedResource[]): CostLine[] {
  return resources.flatMap((resource): CostLine[] => {
    const { type, urn, inputs = {} } = resource;
    const name = logicalName(urn);
    if (type === "hcloud:index/server:Server") {
      const { serverType, location, certain } = placementOf(resource, resources);
      const monthly = SERVER_TYPES.find((known) => known.name === serverType)?.prices[location]?.monthly;
      const backups = inputs["backups"] === true ? 1 + OTHER_PRICES.backupPercent / 100 : 1;
      const what = `${serverType} in ${location}${backups > 1 ? " with backups" : ""}${certain ? "" : ", if available"}`;
      return [{ name, what, monthly: monthly === undefined ? undefined : monthly * backups }];
    }
    if (type === "hcloud:index/primaryIp:PrimaryIp" && inputs["type"] === "ipv4") {
      return [{ name, what: "IPv4 address", monthly: OTHER_PRICES.primaryIpv4.monthly }];
    }
    if (type === "hcloud:index/volume:Volume") {
      const size = Number(inputs["size"]);
      return [{ name, what: `volume, ${size} GB`, monthly: size * OTHER_PRICES.volumeGb }];
    }
    return [];
  });
}

/** Type and location of a server: as decided, else the first choice of the lists that it will be decided from. */
function placementOf(server: ListedResource, resources: readonly ListedResource[]) {
  const { serverType, location = "fsn1" } = server.inputs ?? {};
  if (serverType !== UNKNOWN && location !== UNKNOWN) {
    return { serverType: String(serverType), location: String(location), certain: true };
  }
  const origin = server.propertyDependencies?.["serverType"]?.[0];
  const wanted = resources.find(({ urn }) => urn === origin)?.inputs as
    | { types?: string[]; locations?: string[] }
    | undefined;
  return {
    serverType: wanted?.types?.[0] ?? "a server type that is not known yet",
    location: wanted?.locations?.[0] ?? "a location that is not known yet",
    certain: false,
  };
}

/** Sum in EUR a month; lines without a known price do not count and are to be named beside it. */
export function monthlyTotal(lines: readonly CostLine[]): number {
  return lines.reduce((sum, line) => sum + (line.monthly ?? 0), 0);
}

/** The resources in the output of `pulumi preview --json`. */
export function listedResources(json: string): ListedResource[] {
  const { steps = [] } = JSON.parse(json) as { steps?: { newState?: ListedResource }[] };
  return steps.flatMap(({ newState }) => (newState ? [newState] : []));
}

/** For people: `12.49 EUR a month (server 8.49, IPv4 address 0.50 ...)`. */
export function renderCost(lines: readonly CostLine[]): string {
  const known = lines.filter((line) => line.monthly !== undefined);
  const unknown = lines.filter((line) => line.monthly === undefined);
  const parts = known.map(({ name, what, monthly }) => `${name}: ${what} ${monthly?.toFixed(2)}`);
  const total = `${monthlyTotal(lines).toFixed(2)} EUR a month`;
  const missing = unknown.length > 0 ? `; no price known for ${unknown.map(({ what }) => what).join(", ")}` : "";
  return `${total}${parts.length > 0 ? ` (${parts.join(", ")})` : ""}${missing}`;
}
