import type { ReapPlan, Thing } from "./plan.ts";

/** What became of a stack. */
export interface StackOutcome {
  stack: string;
  /** A sentence for each thing that is left; none when all that was found is gone. */
  faults: string[];
  /** What may be left, where nobody could look. */
  unseen?: UnseenNames;
}

/**
 * Names in DNS of a stack whose state is lost, or was not used. Records carry no labels, and only the state knows which there
 * were and at which provider.
 */
export interface UnseenNames {
  /** What the stack's hostnames have in them, as a copy of a stack is named by it: `preprod-pr-7`. */
  label: string;
  /** Addresses that the stack had, and that others are given next: records that lead there are its own. */
  addresses: string[];
}

/** @param things what had the stack's label before it was deleted. Pure. */
export function unseenNames(stack: string, things: readonly Thing[]): UnseenNames {
  return { label: stack, addresses: [...new Set(things.flatMap(({ addresses = [] }) => addresses))].sort() };
}

/** Whether nothing of the stack is left, for certain. */
export function isGone({ faults, unseen }: StackOutcome): boolean {
  return faults.length === 0 && unseen === undefined;
}

/** 0 when nothing that should be gone is left or may be. */
export function exitCodeOf({ faults }: ReapPlan, outcomes: readonly StackOutcome[]): number {
  return faults.length === 0 && outcomes.every(isGone) ? 0 : 1;
}
