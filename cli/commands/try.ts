import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { root } from "../../toolchain/places.ts";
import { type CostLine, costLines, listedResources, renderCost } from "../cost.ts";
import { UserError } from "../errors.ts";
import { prepareLab } from "../prepare-lab.ts";
import { pulumi } from "../pulumi.ts";
import { duration, heading, runSteps } from "../steps.ts";
import { engineStep } from "./setup.ts";

/** One thing that was proven of the running lab, by trying it. */
interface Proof {
  name: string;
  ok: boolean;
  detail: string;
}

/** Previewed by `try`: described for real accounts and hosts, none of which is touched. */
const described = ["prod", "preprod"];

/** Adds `try`: everything once, on this machine, at no cost. */
export function registerTry(program: Command): void {
  program
    .command("try")
    .description("set up, preview prod and preprod, deploy the lab, prove it")
    .option("-y, --yes", "ask nothing")
    .action(async () => {
      process.exitCode = await tryEverything();
    });
}

async function tryEverything(): Promise<number> {
  const started = Date.now();
  const { startLab } = await import("../lab-stack.ts");

  heading("Set up");
  // The hosts' image is made beside the engine's build: one waits for package mirrors while the other computes.
  const prepared = settle(prepareLab());
  await runSteps(engineStep());

  for (const stack of described) {
    heading(`What ${stack} would be (nothing is touched: no host, no account)`);
    await mustSucceed(stack, "preview");
  }

  heading("The lab: the same code on this machine");
  const costs = settle(Promise.all(described.map(monthlyCost)));
  await prepared();
  await startLab();
  heading("Deploying the lab stack");
  await mustSucceed("lab", "up", "--yes", "--skip-preview");

  heading("Proof");
  const failed = await prove();
  await summary(await costs(), Date.now() - started);
  return failed === 0 ? 0 : 1;
}

async function mustSucceed(stack: string, ...command: [string, ...string[]]): Promise<void> {
  const [name, ...args] = command;
  const purpose = name === "preview" ? "preview" : "change";
  const { code } = await pulumi([name], stack, ["--non-interactive", ...args], { purpose });
  if (code !== 0) throw new UserError(`pulumi ${name} of ${stack} failed; its output above says why.`);
}

async function monthlyCost(stack: string): Promise<{ stack: string; lines: CostLine[] }> {
  const { code, stdout, stderr } = await pulumi(["preview", "--json", "--show-sames"], stack, ["--non-interactive"], {
    purpose: "preview",
    output: "capture",
  });
  if (code !== 0) throw new UserError(`the preview of ${stack} for its cost failed: ${stderr.trim()}`);
  return { stack, lines: costLines(listedResources(stdout)) };
}

/** Tries what was promised on the running lab; returns how much of it failed. */
async function prove(): Promise<number> {
  const file = join(root, "lab", "prove.ts");
  if (!existsSync(file)) throw new UserError("lab/prove.ts is missing, which holds the proofs.");
  const { prove: proofs } = (await import(pathToFileURL(file).href)) as { prove(): AsyncIterable<Proof> };
  let failed = 0;
  for await (const { name, ok, detail } of proofs()) {
    if (!ok) failed++;
    process.stdout.write(`  ${ok ? "proven" : "FAILED"}  ${name}${detail ? `: ${detail}` : ""}\n`);
  }
  return failed;
}

async function summary(costs: { stack: string; lines: CostLine[] }[], ms: number): Promise<void> {
  const { labStatus } = await import("../../lab/main.ts");
  const { renderLabStatus } = await import("../../lab/status.ts");
  heading(`What is running (after ${duration(ms)})`);
  process.stdout.write(`${renderLabStatus(await labStatus())}\n`);
  heading("What it would cost at Hetzner (net, list prices)");
  for (const { stack, lines } of [...costs, await monthlyCost("lab")]) {
    process.stdout.write(`  ${stack.padEnd(8)} ${renderCost(lines)}\n`);
  }
  heading("How to go on");
  process.stdout.write(
    [
      "  ./quay lab status             hosts and how to log in",
      "  ./quay up lab                 deploy again (nothing to do now)",
      "  ./quay drift lab              what was changed on the hosts by hand",
      "  ./quay lab start --mesh       give it a hub and a mesh of all hosts (then ./quay up lab)",
      "  ./quay lab stop               stop it, keep it",
      "  ./quay destroy lab && ./quay lab reset    remove it",
      "",
    ].join("\n"),
  );
}

/** Keeps a promise that is looked at later from counting as an unhandled rejection. */
function settle<T>(promise: Promise<T>): () => Promise<T> {
  promise.catch(() => {});
  return () => promise;
}
