import { readFileSync, watch } from "node:fs";
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
