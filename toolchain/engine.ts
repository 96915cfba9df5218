/** The Pulumi engine with its language host and plugins: official downloads where they are reached, else built here. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildProgress, build, builtFolder, builtKey } from "./build.ts";
import { installProgram, installText, sweep } from "./install.ts";
import { readPins } from "./pins.ts";
import { engineFolder, pluginFolder, root } from "./places.ts";
import { installStandIns, removeStandIns } from "./stand-ins.ts";

/** Where the engine comes from. */
export type EngineRoute = "official" | "build";

/** Beside what was built here: names its content, so that a newer build replaces it and an official one is left alone. */
const marker = ".built-from-modules";

export interface EngineOptions {
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/** Whether the engine in place was built here (rather than downloaded). */
export function isBuiltHere(): boolean {
  return existsSync(join(engineFolder(), marker));
}

/** Whether everything that a preview needs is in place. */
export function engineIsThere(): boolean {
  const pins = readPins();
  return (
    existsSync(join(engineFolder(), "pulumi")) &&
    existsSync(join(engineFolder(), "pulumi-language-nodejs")) &&
    existsSync(join(pluginFolder("hcloud", pins.HCLOUD_VERSION), "pulumi-resource-hcloud")) &&
    existsSync(pluginFolder("command", pins.COMMAND_VERSION))
  );
}

/**
 * Makes sure that the pinned engine, Node language host and plugins are in Pulumi's own folders, where plain `pulumi`
 * finds them too. What is there already is left alone, unless it was built here from older modules.
 *
 * @throws Error that says what could neither be downloaded nor built.
 */
export async function ensureEngine(options: EngineOptions = {}): Promise<EngineRoute> {
  const report = options.onProgress ?? (() => {});
  if (isBuiltHere()) installStandIns();
  else if (engineIsThere()) return "official";
  const route = process.env["QUAYSIDE_TOOLCHAIN"] === "official" ? "official" : "build";
  if (route === "official" && !engineIsThere()) {
    try {
      await download(report);
      return route;
    } catch (error) {
      report(`The official download failed (${(error as Error).message}); building from Go modules`);
    }
  }
  // Also when it is there: what was built from older modules is replaced, and finding that nothing changed is quick.
  await build(["engine", "language-nodejs"], (progress) => report(describe(progress)), options.signal);
  if (!engineIsThere() || installedKey() !== currentKey()) installBuilt();
  return "build";
}

function installedKey(): string | undefined {
  return isBuiltHere() ? readFileSync(join(engineFolder(), marker), "utf8") : undefined;
}

function currentKey(): string {
  return `${builtKey("engine")} ${builtKey("language-nodejs")}\n`;
}

function installBuilt(): void {
  const pins = readPins();
  const engine = builtFolder("engine");
  installProgram(
    join(builtFolder("language-nodejs"), "pulumi-language-nodejs"),
    engineFolder(),
    "pulumi-language-nodejs-host",
  );
  installProgram(
    join(root, "toolchain", "language-nodejs", "pulumi-language-nodejs"),
    engineFolder(),
    "pulumi-language-nodejs",
  );
  installProgram(
    join(engine, "pulumi-resource-hcloud"),
    pluginFolder("hcloud", pins.HCLOUD_VERSION),
    "pulumi-resource-hcloud",
  );
  installStandIns();
  installProgram(join(engine, "pulumi"), engineFolder(), "pulumi");
  installText(currentKey(), engineFolder(), marker);
  sweep(engineFolder());
}

/** The npm package `pulumi` fetches engine and language hosts by itself when it is run; then the engine its plugins. */
async function download(report: (line: string) => void): Promise<void> {
  const pins = readPins();
  report(`Downloading Pulumi ${pins.PULUMI_VERSION}`);
  await pulumi("version");
  removeStandIns();
  for (const [name, version] of [
    ["hcloud", pins.HCLOUD_VERSION],
    ["command", pins.COMMAND_VERSION],
  ] as const) {
    report(`Downloading plugin ${name} ${version}`);
    await pulumi("plugin", "install", "resource", name, version);
  }
}

function pulumi(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, "node_modules", ".bin", "pulumi"), args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-2000);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`pulumi ${args[0]}: ${stderr.trim().split("\n").at(-1) || `exit code ${code}`}`));
    });
  });
}

function describe({ name, compiled, total }: BuildProgress): string {
  const percent = Math.min(100, Math.round((compiled / total) * 100));
  const what = name === "engine" ? `Pulumi ${readPins().PULUMI_VERSION} and its Hetzner plugin` : "Node language host";
  return `Building ${what} from Go modules: ${percent} % of ${total} packages`;
}
