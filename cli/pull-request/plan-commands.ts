import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { parse, stringify } from "yaml";
import { findIdentities } from "../../secrets/age-identities.ts";
import { noKeyError, readStack, secretsFile } from "../../secrets/read.ts";
import { engineIsThere } from "../../toolchain/engine.ts";
import { root } from "../../toolchain/places.ts";
import { NoSuchStack } from "../backend.ts";
import { engineStep } from "../commands/setup.ts";
import { pricesFor } from "../cost-command.ts";
import { UserError } from "../errors.ts";
import type { Deployment } from "../interrupted/pending.ts";
import { makeScratch } from "../interrupted/scratch.ts";
import { parsePreview, refuseFailed } from "../plan-model/take-preview.ts";
import { exportState, pulumi } from "../pulumi.ts";
import { settingsFile } from "../stack-environment.ts";
import { kindOf } from "../stack-kind.ts";
import { checkStack } from "../stack-preview.ts";
import { runSteps } from "../steps.ts";
import { renderComment } from "./comment.ts";
import { digestState, headOf, misfits, type PlannedOn } from "./planned-on.ts";
import { digestOf, openPlan, sealPlan } from "./sealed-plan.ts";

/** Adds `plan save | apply`: what was approved is exactly what is done. */
export function registerPlan(program: Command): void {
  const group = program.command("plan").description("save what a preview would do, and later do exactly that");
  group
    .command("save")
    .description("preview a stack and save the plan, encrypted to the age keys of the stack's secrets")
    .argument("<stack>", "prod, preprod ...")
    .requiredOption("--out <file>", "where the plan goes")
    .option("--commit <sha>", "the commit that is planned", process.env["GITHUB_SHA"])
    .option("--summary <file>", "append what the plan would do, as Markdown", process.env["GITHUB_STEP_SUMMARY"])
    .option("--outputs <file>", "append `changes=<count>` and `sha256=<digest>`", process.env["GITHUB_OUTPUT"])
    .option("--json", "one JSON object: changes, sha256")
    .action(savePlan);
  group
    .command("apply")
    .description("do what a saved plan says, and nothing else; refused where checkout, program or state changed since")
    .argument("<stack>", "prod, preprod ...")
    .argument("<file>", "what `plan save` wrote")
    .option("--sha256 <digest>", "what `plan save` said: refuses any other file")
    .action(applyPlan);
}

interface SaveOptions {
  out: string;
  commit?: string;
  summary?: string;
  outputs?: string;
  json?: boolean;
}

async function savePlan(stack: string, { out, commit, summary, outputs, json }: SaveOptions): Promise<void> {
  const recipients = await prepare(stack);
  const folder = makeScratch();
  try {
    const file = join(folder, "plan.json");
    const args = ["--json", "--show-sames", "--non-interactive", "--save-plan", file];
    // Before the plan is made: what changes the state while it is made is not in it, and makes it one that fits nothing.
    const on = await whatIsHere(stack, commit);
    // Planned as for a change: a plan that was made without the key or the state would fit nothing.
    const run = await pulumi(["preview"], stack, args, { purpose: "change", output: "capture" });
    if (run.stdout.trim() === "") throw new UserError(`the preview of ${stack} failed: ${run.stderr.trim()}`);
    const preview = parsePreview(stack, run.stdout);
    refuseFailed(stack, preview);
    const changes = preview.steps.filter(({ operation }) => operation !== "same").length;
    const salt = await saltOf(stack);
    const sealed = await sealPlan({ stack, on, plan: readFileSync(file, "utf8"), ...(salt && { salt }) }, recipients);
    writeFileSync(out, sealed, { mode: 0o600 });
    const sha256 = digestOf(sealed);
    if (outputs) appendFileSync(outputs, `changes=${changes}\nsha256=${sha256}\n`);
    if (summary) {
      const prices = await pricesFor("auto");
      const text = renderComment([{ stack, preview, basis: "state" }], { prices, ...(commit && { commit }) });
      appendFileSync(summary, text);
    }
    process.stdout.write(
      json ? `${JSON.stringify({ stack, changes, sha256 })}\n` : `${out}: ${changes} changes; sha256 ${sha256}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function applyPlan(stack: string, file: string, { sha256 }: { sha256?: string }): Promise<void> {
  checkStack(stack);
  if (!existsSync(file)) throw new UserError(`there is no file ${file}.`, "quay plan save makes one.");
  await prepare(stack);
  const sealed = readFileSync(file, "utf8");
  if (sha256 !== undefined && digestOf(sealed) !== sha256) {
    throw new UserError(`${file} is not the plan that was approved: its digest is ${digestOf(sealed)}, not ${sha256}.`);
  }
  const saved = openPlan(file, sealed, findIdentities(secretsFile(kindOf(stack), { project: root })));
  if (saved.stack !== stack) throw new UserError(`${file} is a plan for ${saved.stack}, not for ${stack}.`);
  refuseMisfit(stack, file, misfits(saved.on, await whatIsHere(stack)));
  const folder = makeScratch();
  try {
    const plan = join(folder, "plan.json");
    writeFileSync(plan, saved.plan, { mode: 0o600 });
    await takeSalt(stack, saved.salt);
    const args = ["--yes", "--skip-preview", "--non-interactive", "--plan", plan];
    const { code } = await pulumi(["up"], stack, args, { purpose: "change" });
    process.exitCode = code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param given - The commit, for a checkout without git. */
async function whatIsHere(stack: string, given?: string): Promise<PlannedOn> {
  const commit = (await headOf(root)) ?? given;
  return { ...(commit && { commit }), state: digestState(await stateOf(stack)) };
}

async function stateOf(stack: string): Promise<Deployment> {
  try {
    return await exportState(stack);
  } catch (error) {
    // The first plan of all is made on nothing.
    if (error instanceof NoSuchStack) return { deployment: {} };
    throw error;
  }
}

/** @throws UserError where a plan was made on something else than what is here now. */
function refuseMisfit(stack: string, file: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new UserError(
    `${file} is not applied, as what was approved is not what it would do now: ${faults.join("; ")}.`,
    `Have a new plan approved: ./quay plan save ${stack} --out ${file} (in a workflow, run all of its jobs again). If this plan was applied before, all or in part, that goes on from there.`,
  );
}

/** @returns who may open the stack's plans. @throws SecretsError without the key to the stack's secrets. */
async function prepare(stack: string): Promise<string[]> {
  checkStack(stack);
  const secrets = readStack(kindOf(stack), { project: root });
  if (!secrets.open) throw noKeyError(kindOf(stack), secrets);
  if (!engineIsThere()) await runSteps(engineStep());
  return secrets.file.metadata.recipients.map(({ recipient }) => recipient);
}

async function readSettings(stack: string): Promise<Record<string, unknown>> {
  const file = await settingsFile(stack);
  return existsSync(file) ? ((parse(readFileSync(file, "utf8")) as Record<string, unknown> | null) ?? {}) : {};
}

/** What the engine derives the key from that the secrets in the plan are encrypted with. */
async function saltOf(stack: string): Promise<string | undefined> {
  const { encryptionsalt } = await readSettings(stack);
  return typeof encryptionsalt === "string" ? encryptionsalt : undefined;
}

/** Another checkout, with the state elsewhere, would get a salt of its own and could not read the plan's secrets. */
async function takeSalt(stack: string, salt: string | undefined): Promise<void> {
  const settings = await readSettings(stack);
  if (salt === undefined || settings["encryptionsalt"] === salt) return;
  const file = await settingsFile(stack);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, stringify({ ...settings, encryptionsalt: salt }));
}
