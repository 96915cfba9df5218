import type { FirewallRule } from "../../provider/index.ts";

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
export function sourcesOf({ from = "any", action, interface: on }: Opening): readonly string[] {
  if (action === "deny" || action === "reject") return [];
  if (typeof on === "string" && INNER.test(on)) return [];
  return typeof from === "string" ? [from] : from;
}

/** What a public proxy needs: HTTP (for redirects and certificates), HTTPS, HTTP/3. */
export const web: Openings = {
  http: { port: 80 },
  https: { port: 443 },
  http3: { port: 443, protocol: "udp" },
};

/** The ports that a set of openings lets in, as `443/tcp`; ranges are listed as they are written. */
export function portsOf(openings: Openings): ReadonlySet<string> {
  return new Set(
    Object.values(openings).flatMap(({ port, protocol }) =>
      protocol === "any" ? [`${port}/tcp`, `${port}/udp`] : [`${port}/${protocol ?? "tcp"}`],
    ),
  );
}
