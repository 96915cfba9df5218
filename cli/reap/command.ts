import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { engineIsThere } from "../../toolchain/engine.ts";
import { project, stackFile } from "../backend.ts";
import { engineStep } from "../commands/setup.ts";
import { UserError } from "../errors.ts";
import type { ApiAccess } from "../interrupted/hetzner.ts";
import { pulumi } from "../pulumi.ts";
import { remoteStackExists } from "../remote-stack.ts";
import { backendFolder, stackEnvironment } from "../stack-environment.ts";
import { checkStack } from "../stack-preview.ts";
import { runSteps } from "../steps.ts";
import { HetznerProject } from "./hetzner.ts";
import { exitCodeOf, type StackOutcome, unseenNames } from "./outcome.ts";
import { planReap, type ReapPlan } from "./plan.ts";
import { removeThings } from "./remove.ts";
import { renderOutcome, renderPlan, toJson } from "./render.ts";

interface ReapOptions {
  yes?: boolean;
  json?: boolean;
  byLabel?: boolean;
}

/** Adds `reap`: destroys the stacks whose lifetime is over, whether their state is still there or not. */
export function registerReap(program: Command): void {
  program
    .command("reap")
    .description("destroy the stacks whose lifetime is over, by their state or, if that is lost, by their labels")
    .argument(
      "[stack]",
      "whose token and backend to use; every stack in the same project at Hetzner is looked at",
      "preprod",
    )
    .option("-y, --yes", "ask nothing; without it, a terminal is asked, and anything else is only shown what would go")
    .option("--by-label", "do not use the state: for one that cannot be destroyed any more")
    .option("--json", "one JSON object")
    .action(async (stack: string, options: ReapOptions) => {
      checkStack(stack);
      const yes = options.yes ?? program.opts<{ yes?: boolean }>().yes ?? false;
      process.exitCode = await reap(stack, { ...options, yes });
    });
}

/** @returns the exit code: 0 when nothing that should be gone is left, or may be. */
async function reap(stack: string, { yes, json = false, byLabel = false }: ReapOptions): Promise<number> {
  const cloud = new HetznerProject(await accessTo(stack), fetch, {
    say: (line) => process.stderr.write(`quay: ${line}\n`),
  });
  const look = async (): Promise<ReapPlan> => planReap(await cloud.things(project), project, Date.now());
  const plan = await look();
  const states = new Map<string, "there" | "lost">();
  for (const { stack } of plan.expired) states.set(stack, byLabel ? "lost" : await stateOf(stack));
  const show = (text: string) => (json ? undefined : process.stdout.write(text));
  show(renderPlan(plan, states, Date.now()));
  const agreed = yes || (plan.expired.length > 0 && !json && (await ask(plan.expired.length)));
  const outcomes: StackOutcome[] = [];
  if (agreed && plan.expired.length > 0) {
    if ([...states.values()].includes("there") && !engineIsThere()) await runSteps(engineStep());
    // While somebody thought about it, a stack may have been prolonged.
    const still = new Set((await look()).expired.map(({ stack }) => stack));
    for (const { stack } of plan.expired.filter(({ stack }) => still.has(stack))) {
      const outcome = await destroy(stack, states.get(stack) ?? "lost", cloud, json);
      outcomes.push(outcome);
      show(renderOutcome(outcome));
    }
  }
  if (json) process.stdout.write(toJson(plan, states, agreed ? outcomes : undefined));
  return exitCodeOf(plan, outcomes);
}

/** By its state first; then whatever has its label still, which is all of it when the state is lost. */
async function destroy(
  stack: string,
  state: "there" | "lost",
  cloud: HetznerProject,
  quiet: boolean,
): Promise<StackOutcome> {
  try {
    if (state === "there") await destroyByState(stack, quiet);
    const left = (await cloud.things(project)).filter(({ labels }) => labels["stack"] === stack);
    const say = (line: string) => (quiet ? undefined : process.stdout.write(`  ${line}\n`));
    const unseen = state === "lost" && { unseen: unseenNames(stack, left) };
    return { stack, faults: await removeThings(cloud, left, say), ...unseen };
  } catch (error) {
    return { stack, faults: [(error as Error).message] };
  }
}

async function destroyByState(stack: string, quiet: boolean): Promise<void> {
  const args = ["--yes", "--skip-preview", "--non-interactive"];
  const output = quiet ? "capture" : "inherit";
  const { code, stdout, stderr } = await pulumi(["destroy"], stack, args, { purpose: "change", output });
  if (code === 0) return;
  const last = quiet ? `: ${(stderr.trim() || stdout.trim()).slice(-1000)}` : ", see above";
  throw new UserError(
    `${stack} could not be destroyed by its state${last}. Run it again; if its state cannot be used any more: quay reap --by-label.`,
  );
}

/** @throws UserError when the backend does not say: then nobody knows whether the state is lost. */
async function stateOf(stack: string): Promise<"there" | "lost"> {
  const folder = await backendFolder(stack);
  if (folder !== undefined) return existsSync(stackFile(folder, stack)) ? "there" : "lost";
  if (!engineIsThere()) await runSteps(engineStep());
  const environment = await stackEnvironment(stack, { purpose: "preview" });
  try {
    return (await remoteStackExists(stack, environment.env)) ? "there" : "lost";
  } finally {
    environment.cleanup();
  }
}

async function accessTo(stack: string): Promise<ApiAccess> {
  const token = process.env["HCLOUD_TOKEN"];
  if (token) return { endpoint: process.env["HCLOUD_ENDPOINT"] ?? "https://api.hetzner.cloud/v1", token };
  const { hetzner, cleanup } = await stackEnvironment(stack, { purpose: "preview" });
  cleanup();
  if (hetzner) return hetzner;
  throw new UserError(
    stack === "lab"
      ? "the lab does not run, so that nothing in it can have expired."
      : `there is no token for ${stack}.`,
    "Set HCLOUD_TOKEN, or give the key to the stack's secrets: SOPS_AGE_KEY_FILE=<key file>",
  );
}

async function ask(count: number): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `Destroy ${count === 1 ? "it" : `these ${count} stacks`}, with their data? [y/N] `,
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
