/** Looks at a stack for its report: what it declares, and as far as anybody can be asked, what is there. */
import type { PriceTable } from "../../components/cost/prices.ts";
import { costChange } from "../cost/change.ts";
import { costLines } from "../cost.ts";
import { topologyOf } from "../diagram/topology.ts";
import { lookAt } from "../drift/drift-command.ts";
import { platformOf } from "../plan-model/platform.ts";
import { type Preview, resourcesAfter, resourcesBefore } from "../plan-model/preview.ts";
import { stackEnvironment } from "../stack-environment.ts";
import { type BackupAccess, findBackups, hostsWithout } from "./backups.ts";
import { lookAtCertificates } from "./certificates.ts";
import { found, type Looked, type ReportFacts } from "./facts.ts";
import { exposureMatrix } from "./matrix.ts";

export interface CollectOptions {
  /** Ask no host, no API and no backend. @default true */
  look?: boolean;
  prices: PriceTable;
  version: string;
  /** Passed on to Pulumi when it looks for drift. */
  args?: readonly string[];
}

/** Never throws for what it cannot reach: the facts say so. */
export async function collectFacts(stack: string, preview: Preview, options: CollectOptions): Promise<ReportFacts> {
  const { look = true, prices, version, args = [] } = options;
  const [before, after] = [resourcesBefore(preview), resourcesAfter(preview)];
  const [deployed, declared] = [platformOf(before), platformOf(after)];
  const isDeployed = before.some(({ custom }) => custom);
  const why = await reasonNotToLook(stack, look, isDeployed);
  const backups = await gathered(() =>
    why === undefined ? withAccess(stack, (access) => findBackups(before, access)) : findBackups(after),
  );
  const { before: was, after: becomes, source } = costChange(preview, prices);
  return {
    ...{ stack, version, at: new Date().toISOString(), deployed: isDeployed },
    waiting: preview.steps.filter(({ operation }) => operation !== "same").length,
    topology: topologyOf(declared),
    exposure: exposureMatrix(declared),
    unreadable: declared.hosts.flatMap(({ name, unreadableProxies }) => unreadableProxies.map((p) => `${name}/${p}`)),
    names: declared.names,
    cost: { before: was, after: becomes, lines: costLines(after, prices), source },
    drift: await unless(why, () => lookAt(stack, args)),
    certificates: await unless(why, () => lookAtCertificates(deployed)),
    backups,
    withoutBackup: hostsWithout(found(backups) ?? [], declared.hosts),
  };
}

async function reasonNotToLook(stack: string, look: boolean, deployed: boolean): Promise<string | undefined> {
  if (!look) return "asked not to (--no-look)";
  if (!deployed) return "nothing is deployed, as far as the state that is at hand says";
  if (stack !== "lab") return undefined;
  const { labStatus } = await import("../../lab/main.ts");
  return (await labStatus()).running ? undefined : "the lab does not run (./quay lab start)";
}

/** With what the stack's own secrets open. */
async function withAccess<T>(stack: string, use: (access: BackupAccess) => Promise<T>): Promise<T> {
  const { hetzner, env, cleanup } = await stackEnvironment(stack, { purpose: "preview" });
  const keyFile = env["QUAYSIDE_SSH_KEY_FILE"];
  try {
    return await use({ ...(hetzner && { hetzner }), ...(keyFile !== undefined && { keyFile }) });
  } finally {
    cleanup();
  }
}

async function unless<T>(reason: string | undefined, look: () => Promise<T>): Promise<Looked<T>> {
  return reason === undefined ? gathered(look) : { unknown: reason };
}

async function gathered<T>(look: () => Promise<T>): Promise<Looked<T>> {
  try {
    return { found: await look() };
  } catch (error) {
    return { unknown: (error as Error).message };
  }
}
