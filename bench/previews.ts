import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backendUrl } from "../cli/backend.ts";
import { parallel } from "../cli/pulumi.ts";
import { engineEnvironment, stackEnvironment } from "../cli/stack-environment.ts";
import { run } from "../lab/command.ts";
import { root } from "../toolchain/places.ts";
import { type Command, measure } from "./measure.ts";

/** Seconds of every preview, by program. */
export type PreviewResults = Map<string, number[]>;

/** What the others are compared with. */
export const EMPTY = "an empty program";

/** Previews an empty program, prod and preprod in turns; the first turn fills caches and does not count. */
export async function benchPreviews(rounds: number, say: (line: string) => void): Promise<PreviewResults> {
  const folder = await mkdtemp(join(tmpdir(), "quayside-bench-"));
  const empty = await emptyProgram(folder);
  const stacks = await Promise.all(
    ["prod", "preprod"].map(async (name) => ({
      name,
      environment: await stackEnvironment(name, { purpose: "preview" }),
    })),
  );
  const results: PreviewResults = new Map();
  try {
    const commands = new Map<string, Command>([[EMPTY, empty]]);
    for (const { name, environment } of stacks) {
      const args = ["preview", ...parallel, ...environment.args, "--non-interactive"];
      commands.set(name, { program: "pulumi", args, cwd: root, env: environment.env });
    }
    for (let round = -1; round < rounds; round++) {
      for (const [name, command] of commands) {
        const { seconds } = await measure(command);
        if (round < 0) continue;
        results.set(name, [...(results.get(name) ?? []), seconds]);
        say(`preview of ${name}: ${seconds.toFixed(2)} s`);
      }
    }
  } finally {
    for (const { environment } of stacks) environment.cleanup();
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}

/** A project as `pulumi new typescript` makes it, without what it declares, and as plain Pulumi runs it. */
async function emptyProgram(folder: string): Promise<Command> {
  const { NODE_COMPILE_CACHE: _cache, NODE_OPTIONS: _options, ...plain } = engineEnvironment();
  const env = {
    ...plain,
    PULUMI_BACKEND_URL: backendUrl(join(folder, "state")),
    PULUMI_CONFIG_PASSPHRASE: "bench",
  };
  await mkdir(join(folder, "state"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "Pulumi.yaml"), "name: empty\nruntime: nodejs\n");
  await writeFile(join(folder, "package.json"), '{ "main": "index.ts" }\n');
  await writeFile(join(folder, "index.ts"), 'import * as pulumi from "@pulumi/pulumi";\n');
  await run("pulumi", ["stack", "init", "empty", "--non-interactive"], { cwd: folder, env });
  return {
    program: "pulumi",
    args: ["preview", ...parallel, "--stack", "empty", "--non-interactive"],
    cwd: folder,
    env,
  };
}
