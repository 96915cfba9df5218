/** What a plan was made on: a checkout and a state. Pulumi itself compares neither; on others it would do something else. */
import { createHash } from "node:crypto";
import { runChild } from "../child.ts";
import type { Deployment } from "../interrupted/pending.ts";

/** By URN, a digest of what the state says of it. */
export type StateDigest = Readonly<Record<string, string>>;

export interface PlannedOn {
  /** Undefined where nobody knows. */
  commit?: string;
  state: StateDigest;
}

/** Of each resource: when it was written, and which line of the program it is from. */
const INCIDENTAL: ReadonlySet<string> = new Set(["created", "modified", "sourcePosition", "stackTrace"]);

/**
 * Pure.
 *
 * @param state - With its secrets in clear: encrypted, they are others each time that they are written.
 */
export function digestState({ deployment }: Deployment): StateDigest {
  const resources = (deployment?.resources ?? []).map((resource) => ({ urn: resource.urn, says: resource as unknown }));
  const pending = (deployment?.pending_operations ?? []).map((operation) => ({
    urn: operation.resource.urn,
    says: { pending: operation } as unknown,
  }));
  // What is replaced is in it twice, until the old one is deleted.
  const byUrn = Map.groupBy([...resources, ...pending], ({ urn }) => urn);
  return Object.fromEntries(
    [...byUrn].map(([urn, all]) => [urn, digest(all.map(({ says }) => canonical(says)).sort())]),
  );
}

const digest = (texts: readonly string[]): string => createHash("sha256").update(JSON.stringify(texts)).digest("hex");

function canonical(value: unknown, depth = 0): string {
  if (Array.isArray(value)) return `[${value.map((entry) => canonical(entry, depth + 1)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([key]) => depth > 0 || !INCIDENTAL.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry, depth + 1)}`);
  return `{${entries.join(",")}}`;
}

/** Why a plan does not fit any more what is here now; nothing where it does. Pure. */
export function misfits(planned: PlannedOn, now: PlannedOn): string[] {
  const { commit } = planned;
  const other = commit !== undefined && now.commit !== undefined && !now.commit.startsWith(commit);
  const changed = changedSince(planned.state, now.state);
  return [
    ...(other ? [`it was made from commit ${commit}, and this checkout is at ${now.commit}`] : []),
    ...(changed.length > 0 ? [`what is deployed has changed since: ${shortened(changed)}`] : []),
  ];
}

function changedSince(before: StateDigest, now: StateDigest): string[] {
  const urns = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return urns.flatMap((urn) => {
    const [was, is] = [before[urn], now[urn]];
    if (was === is) return [];
    const how = was === undefined ? "new" : is === undefined ? "gone" : "changed";
    return [`${urn.split("::").at(-1)} (${how})`];
  });
}

const MOST = 8;

const shortened = (names: readonly string[]): string =>
  names.length > MOST ? `${names.slice(0, MOST - 1).join(", ")} and ${names.length - MOST + 1} more` : names.join(", ");

/** The commit that is checked out; undefined where no git says. @param folder - Of the checkout. */
export async function headOf(folder: string): Promise<string | undefined> {
  try {
    const { code, stdout } = await runChild("git", ["-C", folder, "rev-parse", "HEAD"], { output: "capture" });
    return code === 0 ? stdout.trim() : undefined;
  } catch {
    // There is no git.
    return undefined;
  }
}
