import type { MeshPolicyTest } from "../../provider/index.ts";
import type { PolicyArgs } from "./policy.ts";
import type { Rule } from "./rules.ts";

/** Doors that people rattle at, tried wherever no rule opens them. */
const USUAL = { tcp: [22, 80, 443], udp: [53] } as const;

/**
 * The tests that a policy has to pass: from every tag and group, each port that a rule opens is reached, and every other
 * port that any rule names, or that is tried usually, is not. Pure.
 *
 * A machine with two tags, or a person in two groups, may do what either may; what is refused is judged by who is behind
 * a tag or group, so that such an overlap makes no test fail.
 */
export function derivedTests(args: PolicyArgs): MeshPolicyTest[] {
  const tags = [...new Set(Object.values(args.members).flat())].sort().map((name) => `tag:${name}`);
  const groups = Object.keys(args.groups)
    .sort()
    .map((name) => `group:${name}`);
  const behind = principals(args);
  const tests: MeshPolicyTest[] = [];
  for (const protocol of ["tcp", "udp"] as const) {
    const openings = openingsOf(args.rules, protocol);
    if (openings.length === 0 && protocol === "udp") continue;
    const tried = [...new Set([...USUAL[protocol], ...openings.flatMap(({ ports }) => ports.flat())])];
    tried.sort((a, b) => a - b);
    for (const from of [...groups, ...tags]) {
      const accept: string[] = [];
      const deny: string[] = [];
      for (const to of tags) {
        for (const port of tried) {
          if (openings.some((one) => one.from === from && one.to === to && isIn(port, one.ports))) {
            accept.push(`${to}:${port}`);
          } else if (!openings.some((one) => isIn(port, one.ports) && meet(one, from, to, behind))) {
            deny.push(`${to}:${port}`);
          }
        }
      }
      tests.push({
        src: from,
        proto: protocol,
        ...(accept.length > 0 && { accept }),
        ...(deny.length > 0 && { deny }),
      });
    }
  }
  return tests;
}

interface Opening {
  from: string;
  to: string;
  /** First and last port of each range. */
  ports: [number, number][];
}

function openingsOf(rules: readonly Rule[], protocol: "tcp" | "udp"): Opening[] {
  return rules.flatMap((rule) => {
    const ports = rule.ports.filter((some) => some.protocol === protocol).flatMap((some) => some.ports.map(rangeOf));
    const targets = rule.to.filter((target) => target.kind === "tag");
    if (ports.length === 0) return [];
    return rule.from.flatMap((from) =>
      targets.map((to) => ({ from: `${from.kind}:${from.name}`, to: `tag:${to.name}`, ports })),
    );
  });
}

/** `22` and `"6000-6010"` as first and last. */
export function rangeOf(port: number | string): [number, number] {
  const [first = Number.NaN, last = first] = String(port).split("-").map(Number);
  return [first, last];
}

function isIn(port: number, ranges: readonly [number, number][]): boolean {
  return ranges.some(([first, last]) => port >= first && port <= last);
}

/** Who is behind each tag and group. A person is somebody else than a machine of the same name. */
function principals(args: PolicyArgs): Map<string, Set<string>> {
  const behind = new Map<string, Set<string>>();
  const add = (subject: string, who: string) => behind.set(subject, (behind.get(subject) ?? new Set()).add(who));
  for (const [member, tags] of Object.entries(args.members))
    for (const tag of tags) add(`tag:${tag}`, `host ${member}`);
  for (const [group, people] of Object.entries(args.groups))
    for (const one of people) add(`group:${group}`, `person ${one}`);
  return behind;
}

/** Whether an opening for others lets somebody behind `from` reach somebody behind `to`. */
function meet(opening: Opening, from: string, to: string, behind: Map<string, Set<string>>): boolean {
  const overlap = (a: string, b: string) =>
    a === b || [...(behind.get(a) ?? [])].some((who) => behind.get(b)?.has(who));
  return overlap(opening.from, from) && overlap(opening.to, to);
}
