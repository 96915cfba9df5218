/** Whether two rules are about a port in common: `443/tcp`, `6000:6010/udp`, `80-85/tcp`, `any/tcp`, `icmp`. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  if (one.protocol !== other.protocol && one.protocol !== "any" && other.protocol !== "any") return false;
  return one.first <= other.last && other.first <= one.last;
}

function rangeOf(port: string): { first: number; last: number; protocol: string } {
  const [, first, last = first, protocol] = /^(\d+)(?:[:-](\d+))?\/(\w+)$/.exec(port) ?? [];
  if (first === undefined) return { first: 0, last: 65_535, protocol: port.split("/").at(-1) ?? port };
  return { first: Number(first), last: Number(last), protocol: protocol ?? "any" };
}
