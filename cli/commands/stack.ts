import type { Command } from "commander";
import { engineIsThere } from "../../toolchain/engine.ts";
import { pulumi } from "../pulumi.ts";
import type { Purpose } from "../stack-environment.ts";
import { checkStack } from "../stack-preview.ts";
import { runSteps } from "../steps.ts";
import { engineStep } from "./setup.ts";

interface StackCommand {
  name: string;
  description: string;
  command: string[];
  purpose: Purpose;
}

const commands: StackCommand[] = [
  { name: "preview", description: "show what would change; touches no host", command: ["preview"], purpose: "preview" },
  { name: "up", description: "apply a stack", command: ["up"], purpose: "change" },
  { name: "destroy", description: "remove what a stack made", command: ["destroy"], purpose: "change" },
  { name: "refresh", description: "read the hosts' state into the stack", command: ["refresh"], purpose: "change" },
];

/** Adds the commands that are Pulumi's own, with the right engine, Node, backend and keys around them. */
export function registerStackCommands(program: Command): void {
  for (const { name, description, command, purpose } of commands) {
    program
      .command(name)
      .description(description)
      .argument("<stack>", "prod, preprod, lab ...")
      .argument("[options...]", "passed on to Pulumi, for example --diff")
      .passThroughOptions()
      .allowUnknownOption()
      .action(async (stack: string, options: string[]) => {
        checkStack(stack);
        // Whether it was built from older modules is looked at by setup, try and test; a preview does not pay for it.
        if (!engineIsThere()) await runSteps(engineStep());
        if (stack === "lab" && purpose === "change") {
          const { ensureLabRuns } = await import("../lab-stack.ts");
          await ensureLabRuns();
        }
        const { code } = await pulumi(command, stack, options, { purpose });
        process.exitCode = code;
      });
  }
}
