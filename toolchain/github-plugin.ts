/** The plugin of `@pulumi/github`: built only when a stack or a test uses it, as most of the set-up does without. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type BuildProgress, build, builtFolder } from "./build.ts";
import { isBuiltHere } from "./engine.ts";
import { installProgram } from "./install.ts";
import { readPins } from "./pins.ts";
import { pluginFolder } from "./places.ts";

const program = "pulumi-resource-github";

/** Whether the engine was built here and does not find the plugin; one that was downloaded fetches it by itself. */
export function gitHubPluginIsMissing(): boolean {
  return isBuiltHere() && !existsSync(join(pluginFolder("github", readPins().GITHUB_VERSION), program));
}

/**
 * Makes sure that the engine finds the GitHub plugin. An engine that was downloaded fetches it by itself; for one that
 * was built here it is built, too, once: half a minute on two cores, as most of its packages are the engine's.
 *
 * @throws Error with the end of the build's log.
 */
export async function ensureGitHubPlugin(onProgress?: (progress: BuildProgress) => void): Promise<void> {
  if (!isBuiltHere()) return;
  await build(["github"], onProgress);
  installProgram(join(builtFolder("github"), program), pluginFolder("github", readPins().GITHUB_VERSION), program);
}
