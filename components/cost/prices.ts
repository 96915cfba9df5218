/** Prices by what is sold: the pinned table, or what the cloud's API answers. */
import { CATALOGUE_DATE, OTHER_PRICES, SERVER_TYPES } from "./hetzner-catalogue.ts";
import { type Micros, micros } from "./money.ts";

/** Net prices a month. Undefined for what is not sold, or not there. */
export interface PriceTable {
  /** For people: `pinned table of 2026-09-29`. */
  source: string;
  server(type: string, location: string): Micros | undefined;
  primaryIpv4(location: string): Micros | undefined;
  floatingIp(type: string, location: string): Micros | undefined;
  loadBalancer(type: string, location: string): Micros | undefined;
  /** A GB of volume. */
  volumeGb: Micros;
  /** In percent of the server's price. */
  backupPercent: number;
}

/** What Hetzner published on the day that the catalogue was pinned; it has no floating IPs and no load balancers. */
export const pinnedPrices: PriceTable = {
  source: `pinned table of ${CATALOGUE_DATE}`,
  server: (type, location) => {
    const price = SERVER_TYPES.find((known) => known.name === type)?.prices[location];
    return price && micros(price.monthly);
  },
  primaryIpv4: () => micros(OTHER_PRICES.primaryIpv4.monthly),
  floatingIp: () => undefined,
  loadBalancer: () => undefined,
  volumeGb: micros(OTHER_PRICES.volumeGb),
  backupPercent: OTHER_PRICES.backupPercent,
};

interface Amount {
  net: string;
}

interface PricesByLocation {
  location: string;
  price_monthly: Amount;
}

/** As `GET /v1/pricing` answers, as far as it is used. */
export interface Pricing {
  currency: string;
  primary_ips: readonly { type: string; prices: readonly PricesByLocation[] }[];
  floating_ips?: readonly { type: string; prices: readonly PricesByLocation[] }[];
  load_balancer_types?: readonly { name: string; prices: readonly PricesByLocation[] }[];
  server_backup: { percentage: string };
  server_types: readonly { name: string; prices: readonly PricesByLocation[] }[];
  volume: { price_per_gb_month: Amount };
}

/** The prices of an answer of the API. */
export function pricesFrom(pricing: Pricing): PriceTable {
  const monthly = (prices: readonly PricesByLocation[] | undefined, location: string): Micros | undefined => {
    const found = prices?.find((price) => price.location === location);
    return found && micros(found.price_monthly.net);
  };
  return {
    source: "Hetzner's price list of today",
    server: (type, location) => monthly(pricing.server_types.find(({ name }) => name === type)?.prices, location),
    primaryIpv4: (location) => monthly(pricing.primary_ips.find(({ type }) => type === "ipv4")?.prices, location),
    floatingIp: (kind, location) => monthly(pricing.floating_ips?.find(({ type }) => type === kind)?.prices, location),
    loadBalancer: (type, location) =>
      monthly(pricing.load_balancer_types?.find(({ name }) => name === type)?.prices, location),
    volumeGb: micros(pricing.volume.price_per_gb_month.net),
    backupPercent: Number(pricing.server_backup.percentage),
  };
}
