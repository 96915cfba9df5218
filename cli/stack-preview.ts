/** What the commands that report on a stack have in common: whose preview they read, and where it comes from. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { engineIsThere } from "../toolchain/engine.ts";
import { root } from "../toolchain/places.ts";
import { engineStep } from "./commands/setup.ts";
import { UserError } from "./errors.ts";
import type { Preview } from "./plan-model/preview.ts";
import { parsePreview, refuseFailed, takePreview } from "./plan-model/take-preview.ts";
import { kindOf } from "./stack-kind.ts";
import { runSteps } from "./steps.ts";

export interface PreviewSource {
  /** A file with the output of `pulumi preview --json --show-sames`. */
  from?: string;
  /** Settings for this preview alone, `quayside:hello=1.1.0`. */
  config?: readonly string[];
}

/** Adds the options by which such a command is told its preview. */
export function withPreviewOptions(command: Command): Command {
  const collect = (value: string, all: readonly string[] = []) => [...all, value];
  return command
    .argument("<stack>", "prod, preprod, lab ...")
    .option("--from <file>", "read this output of `pulumi preview --json --show-sames` instead of previewing")
    .option("-c, --config <key=value>", "a setting for this preview alone; may be repeated", collect);
}

/** @throws UserError when the preview failed, the file cannot be read, or there is no such stack. */
export async function stackPreview(stack: string, { from, config = [] }: PreviewSource): Promise<Preview> {
  const preview = from === undefined ? await fresh(stack, config) : parsePreview(stack, readFrom(from));
  refuseFailed(stack, preview);
  return preview;
}

async function fresh(stack: string, config: readonly string[]): Promise<Preview> {
  checkStack(stack);
  if (!engineIsThere()) await runSteps(engineStep());
  return takePreview(
    stack,
    config.flatMap((setting) => ["--config", setting]),
  );
}

function readFrom(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** @throws UserError when no file in stacks/ declares it; `preprod-pr-12` is declared by preprod's. */
export function checkStack(stack: string): void {
  const folder = join(root, "stacks");
  if (existsSync(join(folder, `${kindOf(stack)}.ts`))) return;
  const known = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3));
  throw new UserError(
    `there is no stack ${stack}.`,
    `stacks/ declares ${known.join(", ")}; a copy is named like preprod-pr-12.`,
  );
}
