import type { Command } from "commander";
import { build } from "../../toolchain/build.ts";
import { ensureEngine } from "../../toolchain/engine.ts";
import { interruption } from "../child.ts";
import { runSteps, type Step } from "../steps.ts";

/** Gets engine and plugins; the system's and npm's packages are there already, or this would not run. */
export function engineStep(): Step {
  return {
    title: "Pulumi engine and plugins",
    run: async (report) => {
      const route = await ensureEngine({ onProgress: report, signal: interruption });
      return `Pulumi engine and plugins (${route === "official" ? "official" : "built from Go modules"})`;
    },
  };
}

/** Gets the Caddy that the lab's proxy image is made of. */
export function caddyStep(): Step {
  return {
    title: "Caddy for the lab's image",
    run: async (report) => {
      await build(
        ["caddy"],
        ({ compiled, total }) => report(`Building Caddy: ${compiled} of ${total} packages`),
        interruption,
      );
      return undefined;
    },
  };
}

/** Makes what takes longest of the lab: a Docker engine and the image of its hosts. */
function labStep(): Step {
  return {
    title: "Docker engine and the image of the lab's hosts",
    run: async (report) => {
      const { prepareLab } = await import("../prepare-lab.ts");
      await prepareLab(report);
      return undefined;
    },
  };
}

/** Adds `setup`: what the other commands would do first. */
export function registerSetup(program: Command): void {
  program
    .command("setup")
    .description("get what stacks need: Node, npm packages, engine, plugins")
    .option("--lab", "what the lab needs, too: system packages, a Docker engine, the image of its hosts, Caddy")
    .option("-y, --yes", "ask nothing")
    .action(async ({ lab }: { lab?: boolean }) => {
      await runSteps(engineStep());
      if (lab) await runSteps(labStep(), caddyStep());
    });
}
