/** What a report says, before it is a page. */
import type { Micros } from "../../components/cost/money.ts";
import type { CostLine } from "../cost.ts";
import type { Topology } from "../diagram/topology.ts";
import type { Drift } from "../drift/drift.ts";
import type { DnsName } from "../plan-model/platform.ts";
import type { Backup } from "./backups.ts";
import type { Certificate } from "./certificates.ts";
import type { Row } from "./matrix.ts";

export interface ReportFacts {
  stack: string;
  /** Version of Quayside. */
  version: string;
  /** When it was looked at, ISO 8601. */
  at: string;
  /** Whether any of it is deployed, as far as the state that was at hand says. */
  deployed: boolean;
  /** How many resources the next `up` would make, change or remove. */
  waiting: number;
  topology: Topology;
  exposure: readonly Row[];
  /** Proxies whose routes are secret here, `host/proxy`: what they let in is missing from the exposure. */
  unreadable: readonly string[];
  names: readonly DnsName[];
  cost: { before: Micros; after: Micros; lines: readonly CostLine[]; source: string };
  drift: Looked<Drift>;
  certificates: Looked<readonly Certificate[]>;
  backups: Looked<readonly Backup[]>;
  /** Hosts of which no backup is declared. */
  withoutBackup: readonly string[];
}

/** Something that was looked at, or why it was not. */
export type Looked<T> = { found: T } | { unknown: string };

export function found<T>(looked: Looked<T>): T | undefined {
  return "found" in looked ? looked.found : undefined;
}

/** Sentences about what could not be looked at, for the top of the page. */
export function unknowns({ drift, certificates, backups, unreadable }: ReportFacts): string[] {
  const why = (name: string, looked: Looked<unknown>): string[] =>
    "unknown" in looked ? [`${name}: ${looked.unknown}`] : [];
  const silent = found(certificates)?.filter(({ problem }) => problem !== undefined) ?? [];
  const unsure = found(backups)?.filter(({ note }) => note?.startsWith("not looked up")) ?? [];
  return [
    ...why("Drift", drift),
    ...(found(drift)?.problems.some(({ severity }) => severity === "error") ? ["Drift: not everything answered"] : []),
    ...why("Certificates", certificates),
    ...(silent.length > 0
      ? [`Certificates: ${silent.map(({ hostname }) => hostname).join(", ")} could not be seen`]
      : []),
    ...why("Backups", backups),
    ...(unsure.length > 0 ? [`Backups: the age of those of ${unsure.map(({ of }) => of).join(", ")}`] : []),
    ...(unreadable.length > 0
      ? [`Exposure: the routes of ${unreadable.join(", ")}, which are secret without the stack's key`]
      : []),
  ];
}
