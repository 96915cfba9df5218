import type { Command } from "commander";
import { engineIsThere } from "../../toolchain/engine.ts";
import { engineStep } from "../commands/setup.ts";
import { UserError } from "../errors.ts";
import { PREVIEW_ARGS } from "../plan-model/take-preview.ts";
import { pulumi } from "../pulumi.ts";
import { refuseAbsent } from "../stack-environment.ts";
import { checkStack } from "../stack-preview.ts";
import { runSteps } from "../steps.ts";
import { type Drift, readDrift } from "./drift.ts";
import { exitCode, renderDrift } from "./render.ts";

/** Adds `drift`: one report over everything that a stack has deployed. */
export function registerDrift(program: Command): void {
  program
    .command("drift")
    .description(
      "what is not as it was deployed: cloud, hosts, containers, names, mesh, buckets, repositories; changes nothing",
    )
    .argument("<stack>", "prod, preprod, lab ...")
    .argument("[options...]", "after --: passed on to Pulumi, for example -- --target <urn>")
    .option("-c, --config <key=value>", "a setting that the stack was deployed with; may be repeated", collect)
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nExit code: 0 as deployed, 2 drifted, 1 not everything could be looked at, or nothing is deployed.",
    )
    .action(async (stack: string, passed: string[], options: { json?: boolean; config?: string[] }) => {
      const settings = (options.config ?? []).flatMap((setting) => ["--config", setting]);
      const drift = await lookAt(stack, [...settings, ...passed]);
      process.stdout.write(
        options.json ? `${JSON.stringify({ stack, ...drift }, null, 2)}\n` : renderDrift(stack, drift),
      );
      process.exitCode = exitCode(drift);
    });
}

const collect = (value: string, all: readonly string[] = []) => [...all, value];

/**
 * Reads everything that the stack has deployed, in the cloud and on its hosts.
 *
 * @throws UserError when there is no such stack, no state of it or no passphrase for that, or the engine said nothing.
 */
export async function lookAt(stack: string, args: readonly string[] = []): Promise<Drift> {
  checkStack(stack);
  if (!engineIsThere()) await runSteps(engineStep());
  if (stack === "lab") {
    await refuseAbsent(stack);
    const { ensureLabRuns } = await import("../lab-stack.ts");
    await ensureLabRuns();
  }
  const command = ["preview", "--refresh"];
  const run = await pulumi(command, stack, [...PREVIEW_ARGS, ...args], { purpose: "deployed", output: "capture" });
  if (run.stdout.trim() === "") throw new UserError(`${stack} could not be looked at: ${run.stderr.trim()}`);
  return readDrift(run.stdout);
}
