import { isGone, type StackOutcome, type UnseenNames } from "./outcome.ts";
import type { ReapPlan, StackThings } from "./plan.ts";

export type States = ReadonlyMap<string, "there" | "lost">;

/** For people: what goes, and what stays until when. Pure. */
export function renderPlan({ expired, alive, faults }: ReapPlan, states: States, now: number): string {
  const lines = expired.flatMap(({ stack, expires, things }) => [
    `${stack} expired ${ago(now - expires)} ago; ${how(states.get(stack))}:`,
    ...things.map(({ kind, name }) => `  ${kind.kind} ${name}`),
  ]);
  const living = alive.map(({ stack, expires }) => `${stack} lives for another ${ago(expires - now)}.`);
  if (expired.length === 0) lines.push("nothing has expired.");
  return [...lines, ...living, ...faults, ""].join("\n");
}

export function renderOutcome(outcome: StackOutcome): string {
  const { stack, faults, unseen } = outcome;
  if (isGone(outcome)) return `${stack} is gone.\n`;
  const found =
    faults.length === 0 ? `${stack} is gone from Hetzner, as far as it had labels there.` : `${stack} is not gone:`;
  return [found, ...faults.map((fault) => `  ${fault}`), ...(unseen ? [sentenceOf(unseen)] : []), ""].join("\n");
}

/** What may be left of it where nobody could look, and what to do about that. */
function sentenceOf({ label, addresses }: UnseenNames): string {
  const leading =
    addresses.length === 0 ? "" : `, and any that leads to ${addresses.join(", ")}, which others will get`;
  return (
    "  Its names in DNS were not looked at: without its state nobody knows which there are, and at which provider. At OVH, " +
    `at Cloudflare and in zones that are kept at Hetzner, delete what is named ${patternOf(label)}${leading}.`
  );
}

/** `*.preprod-pr-7.<zone>` */
const patternOf = (label: string): string => `*.${label}.<zone>`;

/** @param outcomes undefined when nothing was destroyed, only looked at */
export function toJson(plan: ReapPlan, states: States, outcomes: readonly StackOutcome[] | undefined): string {
  const summary = ({ stack, expires }: StackThings) => ({ stack, expires: new Date(expires).toISOString() });
  const expired = plan.expired.map((found) => {
    const outcome = outcomes?.find(({ stack }) => stack === found.stack);
    return {
      ...summary(found),
      state: states.get(found.stack),
      things: found.things.map(({ kind, id, name }) => ({ kind: kind.kind, id, name })),
      ...(outcome && { gone: isGone(outcome), faults: outcome.faults, ...notLookedAt(outcome) }),
    };
  });
  const dryRun = outcomes === undefined;
  return `${JSON.stringify({ dryRun, expired, alive: plan.alive.map(summary), faults: plan.faults }, null, 2)}\n`;
}

function notLookedAt({ unseen }: StackOutcome): object {
  if (!unseen) return {};
  const { label, addresses } = unseen;
  const remedy = sentenceOf(unseen).trim();
  return { notLookedAt: [{ what: "names in DNS", hostnames: patternOf(label), addresses, remedy }] };
}

function how(state: "there" | "lost" | undefined): string {
  return state === "there"
    ? "destroyed by its state, then by its labels"
    : "without its state, by its labels; names in DNS stay";
}

/** `90 minutes`, `3 days`. */
function ago(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
