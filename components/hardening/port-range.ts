/** First and last of `443`, `"6000:6010"` or `"80-85"`; undefined for what is no port between 1 and 65535, and no range of them. */
export function parsePorts(port: number | string): { first: number; last: number } | undefined {
  const [, from, to = from] = /^(\d+)(?:[:-](\d+))?$/.exec(String(port)) ?? [];
  const [first, last] = [Number(from), Number(to)];
  return from !== undefined && first >= 1 && first <= last && last <= 65_535 ? { first, last } : undefined;
}

/** Whether two rules are about a port in common: `443/tcp`, `6000:6010/udp`, `80-85/tcp`, `any/tcp`, `icmp`. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  if (one.protocol !== other.protocol && one.protocol !== "any" && other.protocol !== "any") return false;
  return one.first <= other.last && other.first <= one.last;
}

function rangeOf(rule: string): { first: number; last: number; protocol: string } {
  const [, port = "", protocol = rule] = /^(.*)\/(\w+)$/.exec(rule) ?? [];
  return { ...(parsePorts(port) ?? { first: 0, last: 65_535 }), protocol };
}
