import { rmSync } from "node:fs";
import { join } from "node:path";
import { labRoot } from "../lab/places.ts";
import { caddyStep } from "./commands/setup.ts";
import { runSteps } from "./steps.ts";

/** Starts the lab that the lab stack is deployed to, unless it runs. */
export async function ensureLabRuns(): Promise<void> {
  const { labStatus } = await import("../lab/main.ts");
  const { running, registry } = await labStatus();
  if (running && registry.running) return;
  await startLab();
}

/** Starts the lab with its progress on display; what runs is left alone. */
export async function startLab(options: { mesh?: true; s3?: true } = {}): Promise<void> {
  const lab = await import("../lab/main.ts");
  await runSteps(caddyStep());
  await runSteps({
    title: "Lab",
    run: async (report) => {
      await lab.startLab(report, options);
      return "Lab: cloud API, image registry and images";
    },
  });
}

/** Forgets the lab stack's state, once the machines that it describes are gone. */
export function forgetLabStack(): void {
  rmSync(join(labRoot(), "pulumi"), { recursive: true, force: true });
}
