/** What a run does first when the one before it was killed: takes its lock away and settles what it left open. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ApiFault, type AskedApi, faultOf, gitHubApi, hetznerApi } from "../api-health.ts";
import { stackFile } from "../backend.ts";
import type { ChildResult } from "../child.ts";
import { UserError } from "../errors.ts";
import { cloudflare, cloudflareAccess } from "./cloudflare.ts";
import { gitHub, gitHubAccess } from "./github.ts";
import { type ApiAccess, hetznerCloud } from "./hetzner.ts";
import { endOrphans } from "./orphans.ts";
import {
  type Clouds,
  type Deployment,
  nameOf,
  type PendingOperation,
  pendingOf,
  type ResourceState,
  type Settled,
  settle,
} from "./pending.ts";
import { accountsOf, configured } from "./providers.ts";
import { removeStaleLocks } from "./stale-locks.ts";
import { writePending } from "./watch.ts";

export interface InterruptedRun {
  stack: string;
  /** The folder that is the backend; undefined when it is of another kind. */
  folder: string | undefined;
  /** A private folder for a moment. */
  scratch: string;
  hetzner: ApiAccess | undefined;
  /** Runs the engine for the stack, with captured output. */
  pulumi(command: readonly string[]): Promise<ChildResult>;
  say(line: string): void;
}

/** @throws UserError when something may have been created that cannot be looked up. */
export async function settleInterrupted(run: InterruptedRun): Promise<void> {
  if (run.folder !== undefined) {
    const holders = removeStaleLocks(run.folder, run.stack);
    for (const holder of holders) run.say(`removed the lock of an engine that was killed (${holder}).`);
    if (holders.length > 0) await endOrphans(run.folder);
    // Reading the file costs nothing; asking the engine costs every run a part of a second.
    if (!readFileSync(stackFile(run.folder, run.stack), "utf8").includes('"pending_operations"')) return;
  }
  const { code, stdout } = await run.pulumi(["stack", "export"]);
  // A stack that does not exist yet, or a backend that is out of reach: the command itself says so better.
  if (code !== 0) return;
  const state = JSON.parse(stdout) as Deployment;
  if (pendingOf(state).length === 0) return;
  const settled = await settle(state, cloudsOf(run, { hetzner: 0, gitHub: savedAt(state) - LONGEST_CREATION_MS }));
  await keep(run, settled);
  const list = settled.dropped.map(({ type, resource }) => `${type} ${nameOf(resource)}`).join(", ");
  if (list !== "") run.say(`the last run was interrupted while ${list}: done again as needed.`);
  const gone = settled.gone.map(nameOf).join(", ");
  if (gone !== "") {
    run.say(
      `the last run was interrupted after ${makersOf(settled.gone)} had deleted ${gone}: taken out of the stack.`,
    );
  }
  for (const { resource } of settled.unsure) {
    run.say(
      `the last run was interrupted while creating ${nameOf(resource)} (${resource.type}), and whether it was made cannot be looked up here: ` +
        "if it is there, delete it or take it in with `pulumi import` before it is made a second time.",
    );
  }
}

/**
 * Whom to ask about what.
 *
 * @param notBefore - In milliseconds since 1970: nothing older there is the run's own.
 */
function cloudsOf(run: InterruptedRun, notBefore: { hetzner: number; gitHub: number }): Clouds {
  let shown: Promise<Deployment> | undefined;
  const show = () => {
    // Which accounts there are is in the state; their tokens stay in this process.
    shown ??= engine(run, ["stack", "export", "--show-secrets"]).then((text) => JSON.parse(text) as Deployment);
    return shown;
  };
  return {
    hcloud: hetznerCloud(run.hetzner, notBefore.hetzner),
    github: configured(show, "GitHub", gitHubAccess, (access) => gitHub(access, notBefore.gitHub)),
    cloudflare: configured(show, "Cloudflare", cloudflareAccess, cloudflare),
  };
}

/** A state is written before a creation begins, and again while that goes on, whenever another step ends. */
const LONGEST_CREATION_MS = 15 * 60_000;

function savedAt({ deployment }: Deployment): number {
  return Date.parse(String((deployment["manifest"] as { time?: string } | undefined)?.time)) || 0;
}

/**
 * Settles what a failed run has created without its engine hearing of it, as its provider died or lost the connection;
 * says what is wrong with an API that does not work, which the next run asks instead.
 *
 * @param seen - What the run was seen creating.
 * @param since - When it began, in milliseconds since 1970: nothing older is taken over.
 */
export async function settleFailed(
  run: InterruptedRun,
  seen: readonly PendingOperation[],
  since: number,
): Promise<void> {
  const failing = await failingApis(run);
  const candidates = seen.filter(
    ({ resource }) => makerOf(resource) in MAKERS && failing.get(makerOf(resource)) !== "refused",
  );
  if (candidates.length === 0 && !stateText(run).includes('"initErrors"')) return;
  const state = JSON.parse(await engine(run, ["stack", "export"])) as Deployment;
  const { resources = [], pending_operations = [] } = state.deployment;
  const known = new Set([...resources, ...pending_operations.map(({ resource }) => resource)].map(({ urn }) => urn));
  const lost = candidates.filter(({ resource }) => !known.has(resource.urn));
  // What cannot be looked up now is left as if the engine had been killed: the next run does.
  const later = lost.filter(({ resource }) => failing.has(makerOf(resource)));
  const now = [...lost.filter((operation) => !later.includes(operation)), ...takenBack(resources, failing)];
  // Hetzner's have no secrets to be found by. Of others the engine shows them only of what is in its state.
  const noted = later.length > 0 || now.some(({ resource }) => makerOf(resource) !== "hcloud");
  const note = (operations: readonly PendingOperation[]) => {
    if (run.folder !== undefined) writePending(stackFile(run.folder, run.stack), operations);
  };
  if (noted) note([...pending_operations, ...lost]);
  if (now.length === 0) return;
  const began = since - CLOCK_TOLERANCE_MS;
  const settled = await settle(withPending(state, now), cloudsOf(run, { hetzner: began, gitHub: began }));
  const { adopted, gone } = settled;
  if (adopted.length + gone.length > 0) await keep(run, settled);
  // An import forgets them.
  if (noted || adopted.length + gone.length > 0) note([...pending_operations, ...later]);
  if (gone.length > 0) {
    run.say(
      `Hetzner has given up on ${gone.map(nameOf).join(", ")}: taken out of the stack, and made by the next run.`,
    );
  }
}

/** What an action at Hetzner failed to make is in the state; Hetzner may have removed it, and then no update finds it. */
function takenBack(resources: readonly ResourceState[], failing: ReadonlyMap<string, unknown>): PendingOperation[] {
  const half = resources.filter((resource) => makerOf(resource) === "hcloud" && resource["initErrors"] !== undefined);
  return failing.has("hcloud") ? [] : half.map((resource) => ({ type: "deleting", resource }));
}

function stateText({ folder, stack }: InterruptedRun): string {
  return folder === undefined ? "" : readFileSync(stackFile(folder, stack), "utf8");
}

/** Says what is wrong with Hetzner or GitHub, as far as the stack uses them. @returns those, as their types begin */
async function failingApis(run: InterruptedRun): Promise<Map<string, ApiFault["kind"]>> {
  const failing = new Map<string, ApiFault["kind"]>();
  const look = async (type: string, api: AskedApi): Promise<void> => {
    const fault = await faultOf(api);
    if (fault === undefined) return;
    failing.set(type, fault.kind);
    run.say(fault.message);
  };
  const state = stateText(run);
  if (run.hetzner && state.includes("pulumi:providers:hcloud"))
    await look("hcloud", hetznerApi(run.hetzner, run.stack));
  if (state.includes("pulumi:providers:github")) {
    const shown = JSON.parse(await engine(run, ["stack", "export", "--show-secrets"])) as Deployment;
    for (const access of accountsOf(shown, "github", gitHubAccess)) await look("github", gitHubApi(access));
  }
  return failing;
}

/** Their clocks and ours differ by less; who is further off only has to clean up by hand. */
const CLOCK_TOLERANCE_MS = 30_000;

function withPending(state: Deployment, pending: PendingOperation[]): Deployment {
  return { ...state, deployment: { ...state.deployment, pending_operations: pending } };
}

/** Makes it the stack's state, and reads what was adopted. */
async function keep(run: InterruptedRun, { deployment, adopted }: Settled): Promise<void> {
  const file = join(run.scratch, "deployment.json");
  writeFileSync(file, JSON.stringify(deployment), { mode: 0o600 });
  await engine(run, ["stack", "import", "--file", file]);
  if (adopted.length === 0) return;
  const names = adopted.map(nameOf).join(", ");
  run.say(
    `the run was interrupted after ${makersOf(adopted)} had made ${names}: taken into the stack, nothing is made twice.`,
  );
  const targets = adopted.flatMap(({ urn }) => ["--target", urn]);
  await engine(run, ["refresh", "--yes", "--skip-preview", "--non-interactive", ...targets]);
}

const MAKERS: Readonly<Record<string, string>> = { hcloud: "Hetzner", github: "GitHub", cloudflare: "Cloudflare" };

/** `hcloud` */
function makerOf({ type }: ResourceState): string {
  return type.split(":")[0] ?? "";
}

/** `Hetzner and GitHub` */
function makersOf(resources: readonly ResourceState[]): string {
  return [...new Set(resources.map((resource) => MAKERS[makerOf(resource)] ?? resource.type))].join(" and ");
}

async function engine(run: InterruptedRun, command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run.pulumi(command);
  if (code === 0) return stdout;
  throw new UserError(
    `what an interrupted run of ${run.stack} left could not be settled: pulumi ${command.slice(0, 2).join(" ")} failed: ${(stderr.trim() || stdout.trim()).slice(-2000)}`,
  );
}
