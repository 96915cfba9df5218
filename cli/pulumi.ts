import { join } from "node:path";
import { engineFolder, root } from "../toolchain/places.ts";
import { type ChildResult, runChild } from "./child.ts";
import { type Purpose, stackEnvironment } from "./stack-environment.ts";

export interface PulumiOptions {
  purpose: Purpose;
  /** Show Pulumi's own display, or return what it prints. @default "inherit" */
  output?: "inherit" | "capture";
}

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
    return await runChild(join(engineFolder(), "pulumi"), [...command, ...environment.args, ...args], {
      cwd: root,
      env: environment.env,
      output: options.output ?? "inherit",
    });
  } finally {
    environment.cleanup();
  }
}
