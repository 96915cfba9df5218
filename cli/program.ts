/** The commands of `quay`, and how what fails is said. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { handleInterrupts } from "./child.ts";
import { registerEnv } from "./commands/env.ts";
import { registerLab } from "./commands/lab.ts";
import { registerSetup } from "./commands/setup.ts";
import { registerStackCommands } from "./commands/stack.ts";
import { registerTest } from "./commands/test.ts";
import { registerTry } from "./commands/try.ts";
import { registerCost } from "./cost-command.ts";
import { registerDiagram } from "./diagram/diagram-command.ts";
import { registerDoctor } from "./doctor/command.ts";
import { registerDrift } from "./drift/drift-command.ts";
import { UserError } from "./errors.ts";
import { arrangeHelp } from "./help.ts";
import { registerMesh } from "./mesh.ts";
import { registerPullRequest } from "./pull-request/commands.ts";
import { registerPlan } from "./pull-request/plan-commands.ts";
import { registerReap } from "./reap/command.ts";
import { registerReport } from "./report/command.ts";
import { registerSecrets } from "./secrets.ts";

function version(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}

const program = new Command("quay")
  .description("A small company's whole self-hosted platform, declared with Pulumi.")
  .version(version(), "-V, --version")
  .option("-y, --yes", "ask nothing")
  .enablePositionalOptions();

for (const register of [
  registerTry,
  registerTest,
  registerSetup,
  registerLab,
  registerStackCommands,
  registerDrift,
  registerCost,
  registerDiagram,
  registerReport,
  registerPullRequest,
  registerPlan,
  registerMesh,
  registerReap,
  registerEnv,
  registerSecrets,
  registerDoctor,
]) {
  register(program);
}

arrangeHelp(program);
handleInterrupts();
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const shown = error instanceof UserError || process.env["QUAYSIDE_DEBUG"] === undefined ? error.message : error.stack;
  process.stderr.write(`quay: ${shown}\n`);
  if (error instanceof UserError && error.remedy) process.stderr.write(`      ${error.remedy}\n`);
  process.exitCode = 1;
}
