import type { Command } from "commander";
import { engineIsThere } from "../../toolchain/engine.ts";
import { NoSuchStack } from "../backend.ts";
import { pulumi } from "../pulumi.ts";
import { type Purpose, refuseAbsent } from "../stack-environment.ts";
import { checkStack } from "../stack-preview.ts";
import { runSteps } from "../steps.ts";
import { engineStep } from "./setup.ts";

interface StackCommand {
  name: string;
  description: string;
  purpose: Purpose;
  /** Whether Pulumi asks before it does it. */
  asks: boolean;
}

const commands: readonly StackCommand[] = [
  { name: "preview", description: "show what would change; touches no host", purpose: "preview", asks: false },
  { name: "up", description: "apply a stack", purpose: "change", asks: true },
  { name: "destroy", description: "remove what a stack made", purpose: "deployed", asks: true },
  { name: "refresh", description: "read the hosts' state into the stack", purpose: "deployed", asks: true },
];

const IF_EXISTS = "--if-exists";

/** Adds the commands that are Pulumi's own, with the right engine, Node, backend and keys around them. */
export function registerStackCommands(program: Command): void {
  for (const { name, description, purpose, asks } of commands) {
    const command = program
      .command(name)
      .description(description)
      .argument("<stack>", "prod, preprod, lab ...")
      .argument("[options...]", "passed on to Pulumi, for example --diff")
      .passThroughOptions()
      .allowUnknownOption()
      .action(async (stack: string, passed: string[], own: { ifExists?: true; yes?: true }) => {
        const options = passed.filter((option) => name !== "destroy" || option !== IF_EXISTS);
        const ifExists = own.ifExists ?? options.length < passed.length;
        const yes = asks && (own.yes ?? program.opts<{ yes?: true }>().yes);
        try {
          process.exitCode = await run(name, stack, yes ? withYes(options) : options, purpose);
        } catch (error) {
          if (!ifExists || !(error instanceof NoSuchStack)) throw error;
          process.stderr.write(`quay: ${error.message} Nothing is left to destroy.\n`);
        }
      });
    if (asks) command.option("-y, --yes", "ask nothing");
    if (name === "destroy") command.option(IF_EXISTS, "no error where the backend has no such stack (any more)");
  }
}

/** Pulumi's own `--yes`, once. */
function withYes(options: readonly string[]): readonly string[] {
  return options.some((option) => ["--yes", "-y"].includes(option)) ? options : ["--yes", ...options];
}

/** @returns Pulumi's exit code. */
async function run(name: string, stack: string, options: readonly string[], purpose: Purpose): Promise<number> {
  checkStack(stack);
  // Whether it was built from older modules is looked at by setup, try and test; a preview does not pay for it.
  if (!engineIsThere()) await runSteps(engineStep());
  if (stack === "lab" && purpose !== "preview") {
    if (purpose === "deployed") await refuseAbsent(stack);
    const { ensureLabRuns } = await import("../lab-stack.ts");
    await ensureLabRuns();
  }
  const { code } = await pulumi([name], stack, options, { purpose });
  return code;
}
