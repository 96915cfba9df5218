import type { Fault } from "../component.ts";
import { type Cidr, formatCidr, overlaps, parseCidr } from "./cidr.ts";

/** A range of addresses, with what has it. */
export interface TakenRange {
  range: string;
  by: string;
}

/** Ranges that no Docker network of ours may use, as something else on every host does. */
export const RESERVED_RANGES: readonly TakenRange[] = [
  { range: "172.17.0.0/16", by: "Docker's default bridge" },
  { range: "100.64.0.0/10", by: "the mesh" },
  { range: "fd7a:115c:a1e0::/48", by: "the mesh" },
  { range: "127.0.0.0/8", by: "the host itself" },
  { range: "169.254.0.0/16", by: "link-local addresses and cloud metadata" },
  { range: "fe80::/10", by: "link-local addresses" },
  { range: "::1/128", by: "the host itself" },
];

/** A range that a stack asks for, and where it asks. */
export interface WantedRange {
  /** Property path of the range, such as `networks.backend.subnet`. */
  path: string;
  range: string;
  family: 4 | 6;
  /** What has the range when it is granted, as messages name it. */
  by: string;
}

/** Largest prefix per family that leaves room for the gateway and a few containers. */
const LONGEST_PREFIX = { 4: 29, 6: 120 } as const;

/**
 * Everything wrong with the wanted ranges: not a range, not the range's own first address, too small, or shared with
 * one that is taken or wanted by another.
 */
export function subnetFaults(wanted: readonly WantedRange[], taken: readonly TakenRange[]): Fault[] {
  const faults: Fault[] = [];
  const granted: { cidr: Cidr; by: string; range: string }[] = taken.map(({ range, by }) => {
    const cidr = parseCidr(range);
    if (!cidr) throw new Error(`${range} of ${by} is not an address range`);
    return { cidr, by, range };
  });
  for (const { path, range, family, by } of wanted) {
    const cidr = parseCidr(range);
    if (cidr?.family !== family) {
      const example = family === 4 ? "172.20.1.0/24" : "fd00:20:1::/64";
      faults.push({ path, reason: `is ${JSON.stringify(range)}; an IPv${family} range such as ${example} is needed` });
      continue;
    }
    if (formatCidr(cidr) !== range.toLowerCase()) {
      faults.push({ path, reason: `is ${range}, an address inside a range; the range itself is ${formatCidr(cidr)}` });
    }
    if (cidr.prefix > LONGEST_PREFIX[family]) {
      faults.push({
        path,
        reason: `is ${range}, too small for containers; /${LONGEST_PREFIX[family]} or larger is needed`,
      });
    }
    for (const other of granted) {
      if (!overlaps(cidr, other.cidr)) continue;
      faults.push({ path, reason: `is ${range}, which overlaps ${other.range} of ${other.by}; choose another range` });
    }
    granted.push({ cidr, by, range });
  }
  return faults;
}
