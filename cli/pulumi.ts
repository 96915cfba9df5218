import { join } from "node:path";
import { engineFolder, root } from "../toolchain/places.ts";
import { NoSuchStack, stackFile } from "./backend.ts";
import { type ChildResult, runChild } from "./child.ts";
import { removeEmptied } from "./destroyed-copy.ts";
import { UserError } from "./errors.ts";
import type { Deployment } from "./interrupted/pending.ts";
import { type InterruptedRun, settleFailed, settleInterrupted } from "./interrupted/settle.ts";
import { watchCreations } from "./interrupted/watch.ts";
import { createRemoteStack, remoteStackExists } from "./remote-stack.ts";
import { watchSilence } from "./silent-apis.ts";
import { type Purpose, type StackEnvironment, stackEnvironment, useEmptyState } from "./stack-environment.ts";
import { kindOf } from "./stack-kind.ts";
import { ensureStackPlugins } from "./stack-plugins.ts";

export interface PulumiOptions {
  purpose: Purpose;
  /** Show Pulumi's own display, or return what it prints. @default "inherit" */
  output?: "inherit" | "capture";
}

/**
 * The engine's default, four operations a processor, is for work that computes; ours waits for hosts, and what asks
 * together is answered together. The provider has its own limits for each host.
 */
export const parallel = ["--parallel", "64"] as const;

/** Commands that leave another state than they found. */
const changing = new Set(["up", "destroy", "refresh"]);

/** Runs `pulumi <command> --stack <stack> ...` with the right engine, Node, backend and keys. */
export async function pulumi(
  command: readonly string[],
  stack: string,
  args: readonly string[],
  options: PulumiOptions,
): Promise<ChildResult> {
  await ensureStackPlugins(stack);
  const environment = await stackEnvironment(stack, { purpose: options.purpose });
  try {
    if (environment.folder === undefined) await findRemoteStack(stack, environment, options.purpose);
    if (options.output !== "capture") for (const note of environment.notes) process.stderr.write(`quay: ${note}\n`);
    const run = () => patiently([...command, ...parallel, ...environment.args, ...args], stack, environment, options);
    const result = await (changing.has(command[0] ?? "") ? settled(stack, environment, run) : run());
    if (command[0] === "destroy" && result.code === 0 && kindOf(stack) !== stack) {
      await removeEmptied({ ...interruptedRun(stack, environment), settings: environment.settings });
    }
    return result;
  } finally {
    environment.cleanup();
  }
}

/**
 * A stack's state with its secrets in clear: for this process alone.
 *
 * @throws NoSuchStack when the backend has none; UserError when it cannot be read.
 */
export async function exportState(stack: string): Promise<Deployment> {
  const environment = await stackEnvironment(stack, { purpose: "deployed" });
  try {
    if (environment.folder === undefined) await findRemoteStack(stack, environment, "deployed");
    const { pulumi: ask } = interruptedRun(stack, environment);
    const { code, stdout, stderr } = await ask(["stack", "export", "--show-secrets"]);
    if (code !== 0) throw new UserError(`the state of ${stack} cannot be read: ${stderr.trim().slice(-500)}`);
    return JSON.parse(stdout) as Deployment;
  } finally {
    environment.cleanup();
  }
}

/** As in a folder: what is to be changed is made where it is missing, what is deployed is refused, a preview compares with nothing. */
async function findRemoteStack(stack: string, environment: StackEnvironment, purpose: Purpose): Promise<void> {
  const { env, scratch } = environment;
  if (await remoteStackExists(stack, env)) return;
  if (purpose === "deployed") throw new NoSuchStack(stack, { url: process.env["PULUMI_BACKEND_URL"] });
  if (purpose === "change") await createRemoteStack(stack, env, scratch);
  else useEmptyState(environment, stack, `there is no stack ${stack} in the backend yet`);
}

/** Runs the engine for as long as the APIs that it waits for answer. */
async function patiently(
  args: readonly string[],
  stack: string,
  environment: StackEnvironment,
  { output = "inherit" }: PulumiOptions,
): Promise<ChildResult> {
  const { pulumi: ask, say } = interruptedRun(stack, environment);
  let watching: { stop(): void } | undefined;
  const onStart = (interrupt: () => void) => {
    const state = async () => JSON.parse((await ask(["stack", "export"])).stdout) as Deployment;
    watching = watchSilence({ state, say, interrupt });
  };
  try {
    return await runChild(join(engineFolder(), "pulumi"), args, { cwd: root, env: environment.env, output, onStart });
  } finally {
    watching?.stop();
  }
}

/** Runs the engine between looks at what was interrupted: before it, and while it ran. */
async function settled(
  stack: string,
  environment: StackEnvironment,
  run: () => Promise<ChildResult>,
): Promise<ChildResult> {
  const around = interruptedRun(stack, environment);
  await settleInterrupted(around);
  const since = Date.now();
  const creations = environment.folder === undefined ? undefined : watchCreations(stackFile(environment.folder, stack));
  try {
    const result = await run();
    if (result.code !== 0) await settleFailed(around, creations?.stop() ?? [], since);
    return result;
  } finally {
    creations?.stop();
  }
}

function interruptedRun(stack: string, { folder, scratch, hetzner, args, env }: StackEnvironment): InterruptedRun {
  return {
    stack,
    folder,
    scratch,
    hetzner,
    pulumi: (command) => {
      // `stack export` and `stack import` know no settings.
      const given = command[0] === "stack" ? ["--stack", stack] : args;
      return runChild(join(engineFolder(), "pulumi"), [...command, ...given], { cwd: root, env, output: "capture" });
    },
    say: (line) => process.stderr.write(`quay: ${line}\n`),
  };
}
