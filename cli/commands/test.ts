import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { root } from "../../toolchain/places.ts";
import { runChild } from "../child.ts";
import { makeScratch } from "../interrupted/scratch.ts";
import { prepareLab } from "../prepare-lab.ts";
import { engineEnvironment } from "../stack-environment.ts";
import { heading, runSteps } from "../steps.ts";
import { type Count, countVitest, plus, resultLine } from "../test-result.ts";
import { caddyStep, engineStep } from "./setup.ts";

/** Adds `test`: sets up what the tests need and runs all of them. */
export function registerTest(program: Command): void {
  program
    .command("test")
    .description("run all tests; ends with `N passed, N failed`")
    .option("-y, --yes", "ask nothing")
    .option("--quick", "types, lint and unit tests only")
    .action(async ({ quick }: { quick?: boolean }) => {
      let count = await check("Types", "tsc", ["--noEmit", "--project", root]);
      count = plus(count, await check("Lint", "biome", ["check", "--error-on-warnings", root]));
      count = plus(count, await vitest("unit"));
      if (!quick) {
        await setUpLab();
        for (const project of ["preview", "e2e"]) count = plus(count, await vitest(project));
      }
      process.stdout.write(`\n${resultLine(count)}\n`);
      process.exitCode = count.failed === 0 ? 0 : 1;
    });
}

async function setUpLab(): Promise<void> {
  heading("What the other tests need");
  await runSteps(engineStep(), {
    title: "Lab host image",
    run: async (report) => {
      await prepareLab(report);
      return undefined;
    },
  });
  await runSteps(caddyStep());
}

/** A check without tests of its own counts as one. */
async function check(title: string, program: string, args: string[]): Promise<Count> {
  heading(title);
  const { code } = await runChild(join(root, "node_modules", ".bin", program), args, {
    cwd: root,
    env: engineEnvironment(),
  });
  process.stdout.write(code === 0 ? `${title}: passed\n` : `${title}: FAILED\n`);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(project: string): Promise<Count> {
  heading(`Tests: ${project}`);
  const folder = makeScratch();
  const report = join(folder, "report.json");
  try {
    const { code } = await runChild(
      join(root, "node_modules", ".bin", "vitest"),
      [
        "run",
        ...["--project", project],
        ...["--reporter", "default", "--reporter", "json", "--outputFile.json", report],
      ],
      { cwd: root, env: engineEnvironment() },
    );
    return countVitest(code, read(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
