import type { FirewallRule } from "../../provider/index.ts";
import { isEverybody } from "../docker/cidr.ts";
import { overlap } from "./port-range.ts";

/** Named openings of a host's firewall. */
export type Openings = Readonly<Record<string, Opening>>;

/** One opening, in plain values, so that it can be judged while the stack is declared. */
export interface Opening extends FirewallRule {
  /** Port or range: `443`, `"6000:6010"`. */
  port: number | string;
  /** @default "tcp" */
  protocol?: "tcp" | "udp" | "any";
  /** Who may come in: `"any"`, or addresses and networks. @default "any" */
  from?: string | string[];
}

/** Interfaces that nobody outside is behind: those of the host itself, of containers and of meshes. */
const INNER = /^(lo|docker\d+|br-[\w.-]+|tailscale\d+|wg\d+)$/;

/** Whom an opening lets in from outside: addresses and networks, or `any`; nobody for a refusal. */
export function sourcesOf(opening: Opening): readonly string[] {
  const { from = "any", interface: on } = opening;
  if (isRefusal(opening)) return [];
  if (typeof on === "string" && INNER.test(on)) return [];
  return typeof from === "string" ? [from] : from;
}

/** What a public proxy needs: HTTP (for redirects and certificates), HTTPS, HTTP/3. */
export const web: Openings = {
  http: { port: 80 },
  https: { port: 443 },
  http3: { port: 443, protocol: "udp" },
};

/** A port that has to be let in to. */
export interface NeededPort {
  /** `443/tcp` */
  port: string;
  /** Who has to be: everybody, or whom the firewall names. */
  by: "everybody" | "somebody";
}

/** What openings lack of what is needed: `everybody in to 443/tcp`; undefined when nothing is. Pure. */
export function lackOf(openings: Openings, needed: readonly NeededPort[]): string | undefined {
  const closed = needed.filter((need) => !letsIn(openings, need));
  const lacks = (["everybody", "somebody"] as const).flatMap((by) => {
    const ports = closed.filter((need) => need.by === by).map(({ port }) => port);
    return ports.length === 0 ? [] : [`${by === "everybody" ? "everybody" : "anybody"} in to ${ports.join(", ")}`];
  });
  return lacks.length === 0 ? undefined : lacks.join(" and ");
}

export function letsIn(openings: Openings, { port, by }: NeededPort): boolean {
  const about = Object.values(openings).filter((rule) => overlap(`${rule.port}/${rule.protocol ?? "tcp"}`, port));
  const [refusals, allowances] = [about.filter(isRefusal), about.filter((rule) => !isRefusal(rule))];
  // The firewall looks at refusals first.
  if (refusals.some(({ from = "any", interface: on }) => on === undefined && isEverybody([from].flat()))) return false;
  return by === "somebody" ? allowances.length > 0 : isEverybody(allowances.flatMap(sourcesOf));
}

const isRefusal = ({ action }: Opening): boolean => action === "deny" || action === "reject";
