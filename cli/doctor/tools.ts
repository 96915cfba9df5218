/** Whether engine, language host and plugins are in place. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isBuiltHere } from "../../toolchain/engine.ts";
import { readPins } from "../../toolchain/pins.ts";
import { engineFolder, pluginFolder } from "../../toolchain/places.ts";
import { isStandIn } from "../../toolchain/stand-ins.ts";
import { type Finding, inArea } from "./finding.ts";

const { ok, warning, problem } = inArea("tools");

export function toolFindings(): Finding[] {
  const pins = readPins();
  const origin = isBuiltHere() ? "built from Go modules" : "official";
  const needed = (name: string, path: string, detail: string): Finding =>
    existsSync(path) ? ok(name, detail) : problem(name, `missing (${path})`, "./quay setup");
  return [
    node(process.versions.node),
    needed("engine", join(engineFolder(), "pulumi"), `${pins.PULUMI_VERSION}, ${origin}`),
    needed("language host", join(engineFolder(), "pulumi-language-nodejs"), origin),
    needed("plugin hcloud", plugin("hcloud", pins.HCLOUD_VERSION), `${pins.HCLOUD_VERSION}, ${origin}`),
    isStandIn("command")
      ? standIn("command")
      : needed("plugin command", plugin("command", pins.COMMAND_VERSION), pins.COMMAND_VERSION),
    optional("github", pins.GITHUB_VERSION),
    isStandIn("cloudflare") ? standIn("cloudflare") : optional("cloudflare", pins.CLOUDFLARE_VERSION),
  ];
}

const plugin = (name: string, version: string): string => join(pluginFolder(name, version), `pulumi-resource-${name}`);

function node(version: string): Finding {
  const major = Number(version.split(".")[0]);
  return major >= 24 ? ok("Node", version) : problem("Node", `${version}, which is older than 24`, "./quay setup");
}

function standIn(name: string): Finding {
  return warning(
    `plugin ${name}`,
    "STAND-IN for the official one, which could not be downloaded: good for tests only",
    "Where get.pulumi.com can be reached: remove ~/.pulumi/versions, then QUAYSIDE_TOOLCHAIN=official ./quay setup",
  );
}

/** The engine gets it by itself when a stack first uses it, or it is built then. */
function optional(name: string, version: string): Finding {
  const there = existsSync(plugin(name, version));
  return ok(`plugin ${name}`, there ? version : "not there; it is had when a stack uses it");
}
