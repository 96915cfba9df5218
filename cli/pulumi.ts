import { join } from "node:path";
import { engineFolder, root } from "../toolchain/places.ts";
import { type ChildResult, runChild } from "./child.ts";
import { settleInterrupted } from "./interrupted/settle.ts";
import { type Purpose, type StackEnvironment, stackEnvironment } from "./stack-environment.ts";

export interface PulumiOptions {
  purpose: Purpose;
  /** Show Pulumi's own display, or return what it prints. @default "inherit" */
  output?: "inherit" | "capture";
}

/** Commands that leave another state than they found. */
const changing = new Set(["up", "destroy", "refresh"]);

/** Runs `pulumi <command> --stack <stack> ...` with the right engine, Node, backend and keys. */
export async function pulumi(
  command: readonly string[],
  stack: string,
  args: readonly string[],
  options: PulumiOptions,
): Promise<ChildResult> {
  const environment = await stackEnvironment(stack, { purpose: options.purpose });
  try {
    if (options.output !== "capture") for (const note of environment.notes) process.stderr.write(`quay: ${note}\n`);
    if (changing.has(command[0] ?? "")) await settleBefore(stack, environment);
    return await runChild(join(engineFolder(), "pulumi"), [...command, ...environment.args, ...args], {
      cwd: root,
      env: environment.env,
      output: options.output ?? "inherit",
    });
  } finally {
    environment.cleanup();
  }
}

function settleBefore(stack: string, environment: StackEnvironment): Promise<void> {
  return settleInterrupted({
    stack,
    folder: environment.folder,
    scratch: environment.scratch,
    hetzner: environment.hetzner,
    pulumi: (command) => {
      // `stack export` and `stack import` know no settings.
      const args = command[0] === "stack" ? ["--stack", stack] : environment.args;
      return runChild(join(engineFolder(), "pulumi"), [...command, ...args], {
        cwd: root,
        env: environment.env,
        output: "capture",
      });
    },
    say: (line) => process.stderr.write(`quay: ${line}\n`),
  });
}
