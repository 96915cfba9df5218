import { readFileSync, renameSync, watch, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { PendingOperation } from "./pending.ts";

/**
 * Notes what a run is creating, from the state that it writes before each step. An engine whose provider dies forgets
 * what that was creating, although it may exist by then.
 *
 * @param file - The stack's state in a folder backend.
 */
export function watchCreations(file: string): { stop(): PendingOperation[] } {
  const seen = new Map<string, PendingOperation>();
  const look = () => {
    try {
      const { checkpoint } = JSON.parse(readFileSync(file, "utf8"));
      for (const operation of (checkpoint?.latest?.pending_operations ?? []) as PendingOperation[]) {
        if (operation.type === "creating") seen.set(operation.resource.urn, operation);
      }
    } catch {
      // Being replaced at this moment: the next look sees it.
    }
  };
  // The engine replaces the file, so that only its folder can be watched.
  const watcher = watch(dirname(file), look);
  return {
    stop: () => {
      watcher.close();
      return [...seen.values()];
    },
  };
}

/** Makes these the pending operations of a state in a folder backend, as the engine would; none of its commands does. */
export function writePending(file: string, operations: readonly PendingOperation[]): void {
  const state = JSON.parse(readFileSync(file, "utf8"));
  const { pending_operations: _, ...latest } = state.checkpoint.latest;
  state.checkpoint.latest = { ...latest, ...(operations.length > 0 && { pending_operations: operations }) };
  const temporary = `${file}.quay`;
  writeFileSync(temporary, JSON.stringify(state, null, 4), { mode: 0o600 });
  renameSync(temporary, file);
}
