/** Address plans of private networks: which subnet fits, which address is free. */
import { ApiError, invalidField } from "./errors.ts";
import {
  contains,
  formatAddress,
  formatRange,
  overlaps,
  PRIVATE_RANGES,
  parseAddress,
  parseRange,
  type Range,
} from "./ipv4.ts";
import type { NetworkRecord, ServerRecord } from "./state.ts";

/** @throws ApiError `invalid_input` for `ip_range`. */
export function networkRange(text: string): Range {
  const range = parseRange(text);
  if (!range) throw invalidField("ip_range", `'${text}' is not an IPv4 range such as 10.0.0.0/16`);
  if (range.bits > 24) throw invalidField("ip_range", `'${text}' is smaller than /24`);
  if (!PRIVATE_RANGES.some((outer) => contains(outer, range))) {
    throw invalidField("ip_range", `'${text}' is not in a private range (10/8, 172.16/12, 192.168/16)`);
  }
  return range;
}

/**
 * The range of a new subnet: the wanted one, or the first free /24.
 *
 * @throws ApiError `invalid_input`, or `conflict` when it overlaps with another subnet.
 */
export function subnetRange(network: Pick<NetworkRecord, "ipRange" | "subnets">, wanted: string | undefined): string {
  const outer = networkRange(network.ipRange);
  const taken = network.subnets.map((subnet) => parseRange(subnet.ipRange)).filter((range) => range !== null);
  if (wanted === undefined) {
    for (let first = outer.first; first <= outer.last; first += 256) {
      const candidate = { first, last: first + 255, bits: 24 };
      if (contains(outer, candidate) && !taken.some((range) => overlaps(range, candidate)))
        return formatRange(candidate);
    }
    throw new ApiError(422, "no_subnet_available", `no /24 is free in ${network.ipRange}`);
  }
  const range = parseRange(wanted);
  if (!range || range.bits > 29) throw invalidField("ip_range", `'${wanted}' is not an IPv4 range of at least /29`);
  if (!contains(outer, range))
    throw invalidField("ip_range", `'${wanted}' is outside the network's ${network.ipRange}`);
  if (taken.some((other) => overlaps(other, range))) {
    throw invalidField("ip_range", `'${wanted}' overlaps with another subnet of the network`);
  }
  return formatRange(range);
}

/**
 * An address for a server in a network: the wanted one, or the first free one of the last subnet.
 *
 * @throws ApiError `no_subnet_available`, `ip_not_available`, `invalid_input`.
 */
export function memberAddress(
  network: NetworkRecord,
  servers: readonly ServerRecord[],
  wanted: { ip?: string | undefined; ipRange?: string | undefined },
): string {
  const subnets = network.subnets
    .map((subnet) => ({ text: subnet.ipRange, range: parseRange(subnet.ipRange) }))
    .filter((subnet): subnet is { text: string; range: Range } => subnet.range !== null)
    .filter((subnet) => wanted.ipRange === undefined || subnet.text === wanted.ipRange)
    .sort((a, b) => b.range.first - a.range.first);
  if (subnets.length === 0) {
    throw new ApiError(
      422,
      "no_subnet_available",
      `network ${network.id} has no subnet ${wanted.ipRange ?? ""}`.trim(),
    );
  }
  const gateway = networkRange(network.ipRange).first + 1;
  const taken = new Set(servers.flatMap((server) => addressesIn(network.id, server)));
  const isFree = (range: Range, address: number): boolean =>
    address > range.first && address < range.last && address !== gateway && !taken.has(formatAddress(address));

  if (wanted.ip !== undefined) {
    const address = parseAddress(wanted.ip);
    if (address === null) throw invalidField("ip", `'${wanted.ip}' is not an IPv4 address`);
    if (!subnets.some(({ range }) => isFree(range, address))) {
      throw new ApiError(409, "ip_not_available", `the address ${wanted.ip} is taken, reserved or in no subnet`);
    }
    return wanted.ip;
  }
  for (const { range } of subnets) {
    for (let address = range.first + 1; address < range.last; address++) {
      if (isFree(range, address)) return formatAddress(address);
    }
  }
  throw new ApiError(422, "no_subnet_available", `all addresses of network ${network.id} are in use`);
}

function addressesIn(network: number, server: ServerRecord): string[] {
  return server.privateNets.filter((net) => net.network === network).flatMap((net) => [net.ip, ...net.aliasIps]);
}
