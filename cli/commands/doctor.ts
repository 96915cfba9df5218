import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { isBuiltHere } from "../../toolchain/engine.ts";
import { readPins } from "../../toolchain/pins.ts";
import { cacheRoot, engineFolder, pluginFolder } from "../../toolchain/places.ts";
import { isStandIn } from "../../toolchain/stand-ins.ts";

interface Finding {
  name: string;
  ok: boolean;
  detail: string;
}

async function findings(): Promise<Finding[]> {
  const pins = readPins();
  const origin = isBuiltHere() ? "built from Go modules" : "official";
  const there = (name: string, path: string, detail: string): Finding => {
    const ok = existsSync(path);
    return { name, ok, detail: ok ? detail : `missing (${path}); run: ./quay setup` };
  };
  const { engineAnswers } = await import("../../lab/engine.ts");
  const { missingPackages } = await import("../../lab/prerequisites.ts");
  const docker = await engineAnswers();
  const packages = await missingPackages(docker);
  return [
    { name: "Node", ok: true, detail: process.version },
    there("engine", join(engineFolder(), "pulumi"), `${pins.PULUMI_VERSION}, ${origin}`),
    there("language host", join(engineFolder(), "pulumi-language-nodejs"), origin),
    there(
      "plugin hcloud",
      join(pluginFolder("hcloud", pins.HCLOUD_VERSION), "pulumi-resource-hcloud"),
      `${pins.HCLOUD_VERSION}, ${origin}`,
    ),
    there(
      "plugin command",
      join(pluginFolder("command", pins.COMMAND_VERSION), "pulumi-resource-command"),
      isStandIn("command") ? "STAND-IN for the official one, which could not be downloaded" : pins.COMMAND_VERSION,
    ),
    { name: "Docker", ok: true, detail: docker ? "answers" : "does not answer; ./quay lab start starts it" },
    {
      name: "packages",
      ok: packages.length === 0,
      detail: packages.length === 0 ? "all there" : `missing: ${packages.join(" ")}; run: ./quay setup --lab`,
    },
    { name: "cache", ok: true, detail: cacheRoot() },
  ];
}

/** Adds `doctor`: what is there and what is missing, with the command that gets it. */
export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("what is installed, and what is missing")
    .action(async () => {
      const found = await findings();
      for (const { name, ok, detail } of found) {
        process.stdout.write(`${ok ? "ok     " : "missing"}  ${name.padEnd(14)}  ${detail}\n`);
      }
      if (found.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}
