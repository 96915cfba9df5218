/** An address range, taken apart for arithmetic. */
export interface Cidr {
  family: 4 | 6;
  /** First address of the range, as a number. */
  first: bigint;
  /** Last address of the range, as a number. */
  last: bigint;
  prefix: number;
}

/** Reads `172.20.1.0/24` or `fd00:1::/64`; undefined for anything that is not an address range. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address, length] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (address === undefined || length === undefined) return undefined;
  const family = address.includes(":") ? 6 : 4;
  const bits = family === 4 ? 32 : 128;
  const prefix = Number(length);
  const value = family === 4 ? parseIpv4(address) : parseIpv6(address);
  if (value === undefined || prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = value - (value % size);
  return { family, first, last: first + size - 1n, prefix };
}

/** Reads an address range, or an address as the range that it is alone. */
export function parseSource(text: string): Cidr | undefined {
  return parseCidr(text) ?? parseCidr(`${text}/${text.includes(":") ? 128 : 32}`);
}

/** The range in its usual spelling: `172.20.1.7/24` becomes `172.20.1.0/24`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.family, cidr.first)}/${cidr.prefix}`;
}

/** Whether two ranges share an address. Ranges of different families never do. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Whether a range has all of another, or an address: `172.20.1.0/24` has `172.20.1.1` and `172.20.1.128/25`. */
export function contains(range: string, source: string): boolean {
  const outer = parseCidr(range);
  const inner = parseSource(source);
  if (!outer || !inner || outer.family !== inner.family) return false;
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** How much of all addresses of a family the ranges have together, from 0 to 1; `any` is all of both. */
export function shareOf(sources: readonly string[], family: 4 | 6): number {
  if (sources.includes("any")) return 1;
  const ranges = sources.flatMap((source) => parseSource(source) ?? []).filter((range) => range.family === family);
  ranges.sort((a, b) => (a.first < b.first ? -1 : 1));
  let [count, next] = [0n, 0n];
  for (const { first, last } of ranges) {
    const from = first > next ? first : next;
    if (last < from) continue;
    count += last - from + 1n;
    next = last + 1n;
  }
  const all = 1n << (family === 4 ? 32n : 128n);
  return count === all ? 1 : Number((count * 1_000_000n) / all) / 1_000_000;
}

/** Whether whoever has an address of some family is in one of the ranges: `any`, `::/0`, or both halves of the world. */
export function isEverybody(sources: readonly string[]): boolean {
  return shareOf(sources, 4) === 1 || shareOf(sources, 6) === 1;
}

/** The address that Docker gives the host in a network of this range. */
export function gatewayOf(cidr: Cidr): string {
  return formatAddress(cidr.family, cidr.first + 1n);
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((value, part) => (value << 8n) + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail] = groups;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array<string>(missing).fill("0"), ...(tail ?? [])];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n);
}

function formatAddress(family: 4 | 6, value: bigint): string {
  if (family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  ).join(":");
  // The longest run of zero groups is written as ::, as RFC 5952 asks.
  const runs = [...groups.matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length);
  const longest = runs[0];
  if (longest === undefined) return groups;
  const before = groups.slice(0, longest.index).replace(/:$/, "");
  const after = groups.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${before}::${after}`;
}
