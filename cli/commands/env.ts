import type { Command } from "commander";
import { stackEnvironment } from "../stack-environment.ts";
import { checkStack } from "../stack-preview.ts";

/** One `export` line for a POSIX shell. */
export function exportLine(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}

/** Adds `env`: what to export so that plain `pulumi` works on a stack as `quay` would. */
export function registerEnv(program: Command): void {
  program
    .command("env")
    .description('print what plain pulumi needs: eval "$(./quay env prod)"; pulumi preview --stack prod')
    .argument("<stack>", "prod, preprod, lab ...")
    .action(async (stack: string) => {
      checkStack(stack);
      const { env, notes, settings } = await stackEnvironment(stack, { purpose: "preview", lasting: true });
      // What the engine would write into the settings beside the program is kept with the state instead.
      if (settings !== undefined) env["PULUMI_OPTION_CONFIG_FILE"] = settings;
      for (const note of notes) process.stderr.write(`quay: ${note}\n`);
      for (const [name, value] of Object.entries(env)) process.stdout.write(`${exportLine(name, value)}\n`);
    });
}
