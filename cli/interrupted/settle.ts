/** What a run does first when the one before it was killed: takes its lock away and settles what it left open. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackFile } from "../backend.ts";
import type { ChildResult } from "../child.ts";
import { UserError } from "../errors.ts";
import { type ApiAccess, hetznerCloud, nameOf } from "./hetzner.ts";
import { endOrphans } from "./orphans.ts";
import { type Deployment, pendingOf, settle } from "./pending.ts";
import { removeStaleLocks } from "./stale-locks.ts";

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
    if (holders.length > 0) await endOrphans(`file://${run.folder}`);
    // Reading the file costs nothing; asking the engine costs every run a part of a second.
    if (!readFileSync(stackFile(run.folder, run.stack), "utf8").includes('"pending_operations"')) return;
  }
  const file = join(run.scratch, "deployment.json");
  const state = JSON.parse(await engine(run, ["stack", "export"])) as Deployment;
  if (pendingOf(state).length === 0) return;
  const { deployment, adopted, gone, dropped } = await settle(state, hetznerCloud(run.hetzner));
  writeFileSync(file, JSON.stringify(deployment), { mode: 0o600 });
  await engine(run, ["stack", "import", "--file", file]);
  if (dropped.length > 0) {
    const list = dropped.map(({ type, resource }) => `${type} ${nameOf(resource)}`).join(", ");
    run.say(`the last run was interrupted while ${list}: done again as needed.`);
  }
  if (gone.length > 0) {
    run.say(
      `the last run was interrupted after Hetzner had deleted ${gone.map(nameOf).join(", ")}: taken out of the stack.`,
    );
  }
  if (adopted.length === 0) return;
  run.say(
    `the last run was interrupted after Hetzner had made ${adopted.map(nameOf).join(", ")}: taken into the stack, nothing is made twice.`,
  );
  const targets = adopted.flatMap(({ urn }) => ["--target", urn]);
  await engine(run, ["refresh", "--yes", "--skip-preview", "--non-interactive", ...targets]);
}

async function engine(run: InterruptedRun, command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run.pulumi(command);
  if (code === 0) return stdout;
  throw new UserError(
    `what an interrupted run of ${run.stack} left could not be settled: pulumi ${command.slice(0, 2).join(" ")} failed: ${(stderr.trim() || stdout.trim()).slice(-2000)}`,
  );
}
