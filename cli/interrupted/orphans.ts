import { readdirSync, readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { folderOf } from "../backend.ts";

const BACKEND = "PULUMI_BACKEND_URL=";

/**
 * Ends the plugins that a killed engine left running: some look for their engine every few minutes only, and until then
 * go on with what they were doing, beside the next run.
 *
 * @param folder - Only plugins of runs with this backend are looked at, and only those ended whose engine does not answer
 * any more.
 */
export async function endOrphans(folder: string): Promise<void> {
  for (const { pid, port } of pluginsOf(folder)) {
    if (await answers(port)) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}

function pluginsOf(folder: string): { pid: number; port: number }[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const [program = "", ...args] = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      const port = engineIn(args);
      if (port === undefined || !/\/pulumi-(resource|language)-[^/]*$/.test(program)) return [];
      const environment = readFileSync(`/proc/${entry}/environ`, "utf8").split("\0");
      return environment.some((line) => line.startsWith(BACKEND) && folderOf(line.slice(BACKEND.length)) === folder)
        ? [{ pid: Number(entry), port }]
        : [];
    } catch {
      // It ended, or belongs to someone else.
      return [];
    }
  });
}

/** The engine's port: plugins are given its address. */
function engineIn(args: string[]): number | undefined {
  const address = args.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
  return address === undefined ? undefined : Number(address.split(":")[1]);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
