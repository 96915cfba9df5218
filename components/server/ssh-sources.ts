import type { Fault } from "../component.ts";
import { parseSource, shareOf } from "../docker/cidr.ts";

/** The shortest prefix that SSH is let in from, by family: what is wider is no network of anybody's. */
const WIDEST = { 4: 8, 6: 16 } as const;

const REFUSED = "SSH open to the world is refused, name addresses";

/** What is wrong with who may reach SSH: it is open neither to the world nor, range by range, to most of it. Pure. */
export function sshSourceFaults(path: string, sources: readonly string[]): Fault[] {
  const faults = sources.flatMap((source, index): Fault[] => {
    const at = `${path}[${index}]`;
    if (source === "any") return [{ path: at, reason: `is any; ${REFUSED}` }];
    const range = parseSource(source);
    if (!range) {
      const reason = `is ${JSON.stringify(source)}; an address or a network is needed, such as 203.0.113.7/32`;
      return [{ path: at, reason }];
    }
    const widest = WIDEST[range.family];
    if (range.prefix >= widest) return [];
    const wide = range.prefix === 0 ? "" : `, which is wider than /${widest}`;
    return [{ path: at, reason: `is ${source}${wide}; ${REFUSED}` }];
  });
  if (faults.length > 0 || (shareOf(sources, 4) <= 0.5 && shareOf(sources, 6) <= 0.5)) return faults;
  return [{ path, reason: `has most of all addresses in its ranges together; ${REFUSED}` }];
}
