import type { MonthlyCost } from "../../provider/index.ts";
import { cents } from "../cost/money.ts";
import type { PriceTable } from "../cost/prices.ts";

/** A declared server, as far as its price depends on it. */
export interface DeclaredServer {
  name: string;
  types: readonly string[];
  locations: readonly string[];
  /** GB of its volume; 0 without one. */
  volumeGb: number;
}

/**
 * What servers may cost at most. Availability decides among their types and locations, so the dearest counts: a ceiling
 * has to hold in any case. Pure.
 *
 * @throws Error for a server type that has no price in any of the locations
 */
export function highestCosts(servers: readonly DeclaredServer[], prices: PriceTable): MonthlyCost[] {
  return servers.flatMap(({ name, types, locations, volumeGb }) => {
    const offers = types.flatMap((type) =>
      locations.flatMap((location) => {
        const price = prices.server(type, location);
        return price === undefined ? [] : [{ what: `${name}: ${type} in ${location}`, price, location }];
      }),
    );
    const [dearest] = offers.sort((a, b) => b.price - a.price);
    if (!dearest) {
      throw new Error(
        `${name} costs an unknown price, so that its stack's ceiling cannot be kept: ${prices.source} has none of ` +
          `${types.join(", ")} in ${locations.join(", ")}. Choose other types, or leave the priceCeiling out.`,
      );
    }
    return [
      { what: dearest.what, monthly: Number(cents(dearest.price)) },
      { what: `${name}: IPv4 address`, monthly: Number(cents(prices.primaryIpv4(dearest.location) ?? 0)) },
      ...(volumeGb > 0
        ? [{ what: `${name}: volume, ${volumeGb} GB`, monthly: Number(cents(volumeGb * prices.volumeGb)) }]
        : []),
    ];
  });
}
