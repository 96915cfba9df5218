/** Plugins that only some stacks use, and those of this checkout. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isBuiltHere } from "../toolchain/engine.ts";
import { ensureGitHubPlugin, gitHubPluginIsMissing } from "../toolchain/github-plugin.ts";
import { root } from "../toolchain/places.ts";
import { installStandIns } from "../toolchain/stand-ins.ts";
import { kindOf } from "./stack-kind.ts";

/**
 * Builds what a stack's program uses and the engine does not find, which the set-up of all does not. Costs a look at some
 * files where all is there.
 */
export async function ensureStackPlugins(stack: string): Promise<void> {
  // Another checkout may have been set up after this one, and be gone.
  if (isBuiltHere()) installStandIns();
  if (!gitHubPluginIsMissing()) return;
  const file = join(root, "stacks", `${kindOf(stack)}.ts`);
  if (!existsSync(file) || !packagesOf(file).has("@pulumi/github")) return;
  process.stderr.write(`quay: building the GitHub plugin, which ${stack} uses; half a minute, once.\n`);
  await ensureGitHubPlugin();
}

/** Packages that a module loads, or the modules that it loads; types are none. @param file - TypeScript */
export function packagesOf(file: string): ReadonlySet<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const queue = [file];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path) || !existsSync(path)) continue;
    seen.add(path);
    for (const name of importsOf(readFileSync(path, "utf8"))) {
      if (name.startsWith(".")) queue.push(resolve(dirname(path), name));
      else packages.add(/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    }
  }
  return packages;
}

/** The modules that a source names in its imports and re-exports, those of types alone left out. */
export function importsOf(source: string): string[] {
  const statements = source.matchAll(/^(?:import|export)\s+(?!type\b)(?:[\w*{][^;"]*?\sfrom\s+)?"([^"]+)"/gm);
  return [...statements].flatMap(([, name]) => name ?? []);
}
