import type { Command } from "commander";
import { SecretsError } from "../../secrets/errors.ts";
import { engineIsThere } from "../../toolchain/engine.ts";
import { UserError } from "../errors.ts";
import { resourcesAfter, resourcesBefore } from "../plan-model/preview.ts";
import { refuseFailed, takePreview } from "../plan-model/take-preview.ts";
import { backendFolder, stackEnvironment } from "../stack-environment.ts";
import { checkStack } from "../stack-preview.ts";
import { backendFindings, cloudFindings } from "./backend.ts";
import { exitCode, type Finding, inArea, renderFindings } from "./finding.ts";
import { hostFindings } from "./hosts.ts";
import { machineFindings } from "./machine.ts";
import { secretFindings } from "./secrets.ts";
import { toolFindings } from "./tools.ts";

/** Adds `doctor`: what does not work, and what to do about it. */
export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("what does not work here, with its remedy: the machine and, for a stack, its keys, backend and hosts")
    .argument("[stack]", "prod, preprod, lab ...; without it, only this machine")
    .option("--no-hosts", "do not log in to the stack's hosts")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nExit code: 0 when nothing stands in the way (warnings may be there), 1 when something does.",
    )
    .action(async (stack: string | undefined, options: { json?: boolean; hosts: boolean }) => {
      if (stack !== undefined) checkStack(stack);
      const findings = [
        ...(await machineFindings()),
        ...toolFindings(),
        ...(stack === undefined ? [] : await stackFindings(stack, options.hosts)),
      ];
      process.stdout.write(
        options.json ? `${JSON.stringify({ stack: stack ?? null, findings }, null, 2)}\n` : renderFindings(findings),
      );
      process.exitCode = exitCode(findings);
    });
}

async function stackFindings(stack: string, hosts: boolean): Promise<Finding[]> {
  const secrets = secretFindings(stack);
  try {
    const environment = await stackEnvironment(stack, { purpose: "preview" });
    try {
      const { env, hetzner } = environment;
      const folder = await backendFolder(stack);
      return [
        ...secrets,
        ...(await backendFindings(stack, folder, env, engineIsThere())),
        ...(await cloudFindings(stack, hetzner)),
        // A lab that does not run, which is among the cloud's findings, has no hosts to look at.
        ...(hosts && (stack !== "lab" || hetzner) ? await lookAtHosts(stack, env["QUAYSIDE_SSH_KEY_FILE"]) : []),
      ];
    } finally {
      environment.cleanup();
    }
  } catch (error) {
    // It is among the secrets' own findings.
    if (error instanceof SecretsError) return secrets;
    throw error;
  }
}

async function lookAtHosts(stack: string, keyFile: string | undefined): Promise<Finding[]> {
  const { warning, problem } = inArea("hosts");
  if (!engineIsThere())
    return [warning("hosts", "not looked at: which there are, only the engine says", "./quay setup")];
  try {
    const preview = await takePreview(stack);
    refuseFailed(stack, preview);
    // As it is deployed, where it is: what is only declared may not be known yet.
    return await hostFindings([...resourcesAfter(preview), ...resourcesBefore(preview)], keyFile);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [problem("preview", error.message, `./quay preview ${stack} says more.`)];
  }
}
