import type { Command } from "commander";
import { confirm, isAttended } from "../confirm.ts";
import { runSteps } from "../steps.ts";

/** Adds `lab start | status | stop | reset`: the emulated cloud alone. */
export function registerLab(program: Command): void {
  const lab = program.command("lab").description("the cloud on this machine that the lab stack is deployed to");

  lab
    .command("start")
    .description("start the cloud; hosts that ran before are started again")
    .option(
      "--mesh",
      "with a hub and a mesh for the lab stack; its programs are built first where that was not done yet",
    )
    .option("--s3", "with an S3 server, whose program is built first where that was not done yet")
    .action(async (options: { mesh?: true; s3?: true }) => {
      const { labStatus } = await import("../../lab/main.ts");
      const { renderLabStatus } = await import("../../lab/status.ts");
      const { startLab } = await import("../lab-stack.ts");
      await startLab(options);
      process.stdout.write(`${renderLabStatus(await labStatus())}\n`);
    });

  lab
    .command("status")
    .description("API endpoint and hosts")
    .option("--json", "one JSON object, with the API's token")
    .action(async ({ json }: { json?: boolean }) => {
      const { labStatus } = await import("../../lab/main.ts");
      const status = await labStatus();
      if (json) {
        process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
        return;
      }
      const { renderLabStatus } = await import("../../lab/status.ts");
      process.stdout.write(`${renderLabStatus(status)}\n`);
    });

  lab
    .command("stop")
    .description("stop the cloud and its hosts, keep everything")
    .action(async () => {
      const { stopLab } = await import("../../lab/main.ts");
      await runSteps({
        title: "Stopping the lab",
        run: async (report) => {
          await stopLab(report);
          return undefined;
        },
      });
    });

  lab
    .command("reset")
    .description("remove the lab's hosts, networks, volumes, buckets and state")
    .option("-y, --yes", "ask nothing; only a terminal is asked")
    .action(async ({ yes = program.opts<{ yes?: boolean }>().yes }: { yes?: boolean }) => {
      if (!yes && isAttended() && !(await confirm(`Remove the lab's hosts, with their volumes, buckets and state?`))) {
        process.stdout.write("nothing was removed\n");
        process.exitCode = 1;
        return;
      }
      const { resetLab } = await import("../../lab/main.ts");
      const { forgetLabStack } = await import("../lab-stack.ts");
      await runSteps({
        title: "Removing the lab",
        run: async (report) => {
          await resetLab(report);
          forgetLabStack();
          return undefined;
        },
      });
    });
}
