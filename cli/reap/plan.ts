import { parseMoment } from "../../provider/lifetime/duration.ts";

/** What is found by its labels, in the order in which it can be deleted: each is in use by those before it. */
export const KINDS = [
  { kind: "server", list: "servers" },
  { kind: "volume", list: "volumes" },
  { kind: "primary IP", list: "primary_ips" },
  { kind: "firewall", list: "firewalls" },
  { kind: "network", list: "networks" },
  { kind: "placement group", list: "placement_groups" },
  { kind: "SSH key", list: "ssh_keys" },
  { kind: "DNS zone", list: "zones" },
] as const;

export type Kind = (typeof KINDS)[number];

/** Something in a project at Hetzner. */
export interface Thing {
  kind: Kind;
  id: number;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** Public addresses of a server or a primary IP; for IPv6 the network. */
  addresses?: readonly string[];
}

/** What one stack has there. */
export interface StackThings {
  stack: string;
  /** When its time is over, in milliseconds since 1970. */
  expires: number;
  things: Thing[];
}

export interface ReapPlan {
  expired: StackThings[];
  /** Stacks whose time is not over yet. */
  alive: StackThings[];
  /** Sentences about what cannot be judged, and is left alone therefore. */
  faults: string[];
}

/**
 * Which stacks have had their time. Pure. A stack without any `expires` never has; where its things disagree, because a
 * prolongation was interrupted, the latest counts.
 *
 * @param now in milliseconds since 1970
 */
export function planReap(things: readonly Thing[], project: string, now: number): ReapPlan {
  const plan: ReapPlan = { expired: [], alive: [], faults: [] };
  const ours = things.filter(({ labels }) => labels["managed-by"] === "quayside" && labels["project"] === project);
  const stacks = Map.groupBy(ours, ({ labels }) => labels["stack"]);
  for (const [stack, members] of [...stacks].sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))) {
    const labelled = members.filter(({ labels }) => labels["expires"] !== undefined);
    if (!stack || labelled.length === 0) continue;
    const unreadable = labelled.filter(({ labels }) => parseMoment(labels["expires"] ?? "") === undefined);
    for (const { kind, name, labels } of unreadable) {
      plan.faults.push(
        `${stack} is left alone: the label expires of its ${kind.kind} ${name} is ${JSON.stringify(labels["expires"])}, ` +
          "which is no moment such as 2026-11-21T13.45.10Z. Put it right at Hetzner, or run `quay up` for the stack.",
      );
    }
    if (unreadable.length > 0) continue;
    const expires = Math.max(...labelled.map(({ labels }) => parseMoment(labels["expires"] ?? "") ?? 0));
    (expires <= now ? plan.expired : plan.alive).push({ stack, expires, things: members });
  }
  return plan;
}
