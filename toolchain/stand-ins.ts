/** Stand-ins, in TypeScript, for official plugins that can be neither downloaded nor built. They serve tests only. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installText } from "./install.ts";
import { readPins } from "./pins.ts";
import { pluginFolder, root } from "./places.ts";

const marker = "STAND-IN";

function folder(): string {
  return pluginFolder("command", readPins().COMMAND_VERSION);
}

/** Whether the plugin `command` in place is the stand-in. */
export function commandIsStandIn(): boolean {
  return existsSync(join(folder(), marker));
}

/** Puts the stand-in for `@pulumi/command`'s plugin in place, unless the official one is there. */
export function installCommandStandIn(): void {
  if (existsSync(join(folder(), "pulumi-resource-command")) && !commandIsStandIn()) return;
  const program = join(root, "toolchain", "stand-ins", "command", "pulumi-resource-command");
  if (!existsSync(program)) return;
  installText("Not the official plugin; it is put here by quay and serves tests only.\n", folder(), marker);
  // It runs from the repository, where its dependencies are.
  installText(
    `#!/bin/sh\nexec '${program.replaceAll("'", "'\\''")}' "$@"\n`,
    folder(),
    "pulumi-resource-command",
    0o755,
  );
}

/** Makes way for the official plugin. */
export function removeCommandStandIn(): void {
  if (commandIsStandIn()) rmSync(folder(), { recursive: true, force: true });
}
