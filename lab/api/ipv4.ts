/** IPv4 arithmetic on unsigned numbers. */

export interface Range {
  /** First address. */
  first: number;
  /** Last address. */
  last: number;
  bits: number;
}

export function parseAddress(text: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return null;
  const parts = match.slice(1).map(Number);
  if (parts.some((part) => part > 255)) return null;
  return parts.reduce((value, part) => value * 256 + part, 0);
}

export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** Reads `10.0.0.0/16`; null when it is no range, or has bits set after its prefix. */
export function parseRange(text: string): Range | null {
  const [address = "", prefix = ""] = text.split("/");
  const first = parseAddress(address);
  const bits = /^\d{1,2}$/.test(prefix) ? Number(prefix) : 33;
  if (first === null || bits > 32) return null;
  const size = 2 ** (32 - bits);
  return first % size === 0 ? { first, last: first + size - 1, bits } : null;
}

export function formatRange(range: Range): string {
  return `${formatAddress(range.first)}/${range.bits}`;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The private ranges that a cloud network may lie in. */
export const PRIVATE_RANGES: Range[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((text) => {
  const range = parseRange(text);
  if (!range) throw new Error(`${text} is no range`);
  return range;
});
