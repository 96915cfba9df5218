/** What is left of a copy of a stack (`preprod-pr-12`) once it is destroyed: nothing, or one for each pull request would stay. */
import { rmSync } from "node:fs";
import type { ChildResult } from "./child.ts";
import type { Deployment } from "./interrupted/pending.ts";

export interface DestroyedStack {
  stack: string;
  /** This machine's settings of the stack, with the salt of its state. */
  settings: string | undefined;
  /** Runs the engine for the stack, with captured output. */
  pulumi(command: readonly string[]): Promise<ChildResult>;
  say(line: string): void;
}

/** Takes an empty stack out of the backend, with its history. One that still has resources, after `--target` say, stays. */
export async function removeEmptied({ stack, settings, pulumi, say }: DestroyedStack): Promise<void> {
  const exported = await pulumi(["stack", "export"]);
  if (exported.code !== 0 || !isEmpty(JSON.parse(exported.stdout) as Deployment)) return;
  // Without --force, so that the engine looks once more.
  const { code, stderr } = await pulumi(["stack", "rm", "--yes", "--preserve-config", "--remove-backups"]);
  if (code !== 0) {
    say(
      `everything of ${stack} is destroyed, but its empty stack is still in the backend: ${stderr.trim().slice(-500)}`,
    );
    return;
  }
  if (settings !== undefined) rmSync(settings, { force: true });
  say(`took the empty stack ${stack} out of the backend.`);
}

const isEmpty = ({ deployment }: Deployment): boolean =>
  (deployment.resources ?? []).length + (deployment.pending_operations ?? []).length === 0;
