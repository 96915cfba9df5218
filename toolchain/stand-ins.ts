/** Stand-ins, in TypeScript, for official plugins that can be neither downloaded nor built. They serve tests only. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installText } from "./install.ts";
import { readPins } from "./pins.ts";
import { pluginFolder, root } from "./places.ts";

/** Plugins that there is a stand-in for. */
export type StandIn = "command" | "cloudflare";

const ALL: readonly StandIn[] = ["command", "cloudflare"];
const marker = "STAND-IN";

function folderOf(name: StandIn): string {
  const { COMMAND_VERSION, CLOUDFLARE_VERSION } = readPins();
  return pluginFolder(name, name === "command" ? COMMAND_VERSION : CLOUDFLARE_VERSION);
}

/** Whether the plugin in place is the stand-in. */
export function isStandIn(name: StandIn): boolean {
  return existsSync(join(folderOf(name), marker));
}

/** Puts the stand-ins in place, each unless the official plugin is there; another checkout, whose they are, may be gone. */
export function installStandIns(): void {
  for (const name of ALL) installStandIn(name);
}

function installStandIn(name: StandIn): void {
  const [folder, file] = [folderOf(name), `pulumi-resource-${name}`];
  const installed = join(folder, file);
  if (existsSync(installed) && !isStandIn(name)) return;
  const program = join(root, "toolchain", "stand-ins", name, file);
  if (!existsSync(program)) return;
  // It runs from the repository, where its dependencies are.
  const script = `#!/bin/sh\nexec '${program.replaceAll("'", "'\\''")}' "$@"\n`;
  if (existsSync(installed) && readFileSync(installed, "utf8") === script) return;
  installText("Not the official plugin; it is put here by quay and serves tests only.\n", folder, marker);
  installText(script, folder, file, 0o755);
}

/** Makes way for the official plugins. */
export function removeStandIns(): void {
  for (const name of ALL) if (isStandIn(name)) rmSync(folderOf(name), { recursive: true, force: true });
}
