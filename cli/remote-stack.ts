/** Stacks in a backend that is no folder: a bucket, or Pulumi's own service. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engineFolder, root } from "../toolchain/places.ts";
import { project } from "./backend.ts";
import { type ChildResult, runChild } from "./child.ts";
import { UserError } from "./errors.ts";

type Env = Record<string, string>;

/** @throws UserError when the backend does not say: then nobody knows. */
export async function remoteStackExists(stack: string, env: Env): Promise<boolean> {
  const { code, stdout, stderr } = await engine(["stack", "ls", "--json"], env, root);
  if (code !== 0) throw new UserError(`the backend does not say which stacks it has: ${stderr.trim().slice(-500)}`);
  const stacks = JSON.parse(stdout) as { name: string }[];
  return stacks.some(({ name }) => name.split("/").at(-1) === stack);
}

/**
 * Makes an empty stack. The engine writes a salt into the settings beside the project, so it is shown one that is thrown
 * away: the salt that counts is kept with the state.
 *
 * @param scratch - A private folder.
 * @throws UserError when the backend refuses.
 */
export async function createRemoteStack(stack: string, env: Env, scratch: string): Promise<void> {
  const folder = join(scratch, "project");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  const command = ["stack", "init", stack, "--no-select", "--non-interactive"];
  const { code, stderr } = await engine(command, env, folder);
  if (code !== 0) throw new UserError(`the stack ${stack} cannot be created: ${stderr.trim().slice(-500)}`);
}

function engine(command: readonly string[], env: Env, cwd: string): Promise<ChildResult> {
  return runChild(join(engineFolder(), "pulumi"), command, { cwd, env, output: "capture" });
}
