import type { ReapPlan, StackThings } from "./plan.ts";

export interface StackOutcome {
  stack: string;
  /** A sentence for each thing that is left; none when all is gone. */
  faults: string[];
}

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

export function renderOutcome({ stack, faults }: StackOutcome): string {
  if (faults.length === 0) return `${stack} is gone.\n`;
  return [`${stack} is not gone:`, ...faults.map((fault) => `  ${fault}`), ""].join("\n");
}

/** @param outcomes undefined when nothing was destroyed, only looked at */
export function toJson(plan: ReapPlan, states: States, outcomes: readonly StackOutcome[] | undefined): string {
  const summary = ({ stack, expires }: StackThings) => ({ stack, expires: new Date(expires).toISOString() });
  const expired = plan.expired.map((found) => {
    const outcome = outcomes?.find(({ stack }) => stack === found.stack);
    return {
      ...summary(found),
      state: states.get(found.stack),
      things: found.things.map(({ kind, id, name }) => ({ kind: kind.kind, id, name })),
      ...(outcome && { gone: outcome.faults.length === 0, faults: outcome.faults }),
    };
  });
  const dryRun = outcomes === undefined;
  return `${JSON.stringify({ dryRun, expired, alive: plan.alive.map(summary), faults: plan.faults }, null, 2)}\n`;
}

function how(state: "there" | "lost" | undefined): string {
  return state === "there" ? "destroyed by its state, then by its labels" : "without its state, by its labels";
}

/** `90 minutes`, `3 days`. */
function ago(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
