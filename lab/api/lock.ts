import { setTimeout as sleep } from "node:timers/promises";
import type { Cloud } from "./cloud.ts";
import { locked } from "./errors.ts";

/** Actions that do not keep others from starting on the same server. */
const UNLOCKED = new Set(["apply_firewall", "remove_firewall", "change_protection", "change_dns_ptr"]);

export function isLocked(cloud: Cloud, serverId: number): boolean {
  return cloud.actions
    .running()
    .some(
      (action) =>
        !UNLOCKED.has(action.command) && action.resources.some((it) => it.type === "server" && it.id === serverId),
    );
}

/**
 * Waits a little for a server that another action works on. The official Terraform provider orders a volume again without
 * a pause while its server is locked: refused at once, it would use up the request budget in seconds.
 *
 * Called first: what the caller knew may have changed meanwhile, and it starts its own action without awaiting anything
 * in between.
 *
 * @throws ApiError `locked` when the server still is.
 */
export async function unlocked(cloud: Cloud, serverId: number): Promise<void> {
  for (const end = Date.now() + cloud.lockPatienceMs; isLocked(cloud, serverId); await sleep(25)) {
    if (Date.now() >= end) throw locked("server");
  }
}
