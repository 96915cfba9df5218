import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { docker } from "../engine.ts";
import { labLabel } from "./public-network.ts";

/** Exit code of a container whose process 1 asked the kernel to reboot (killed by SIGHUP); power-off gives 130. */
const rebooted = "129";

/**
 * Starts a lab's hosts again that rebooted themselves (`reboot` in the host, unattended upgrades): to Docker they have
 * merely ended. One that powered itself off stays off. Watches until the returned function is called.
 */
export function watchReboots(labName: string, onError: (error: Error) => void): () => void {
  const watch = spawn(
    "docker",
    [
      ...["events", "--filter", "type=container", "--filter", "event=die", "--filter", `label=${labLabel}=${labName}`],
      ...["--format", "{{.Actor.Attributes.exitCode}} {{.Actor.Attributes.name}}"],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  watch.on("error", onError);
  createInterface({ input: watch.stdout }).on("line", (line) => {
    const [code, name] = line.split(" ");
    if (code === rebooted && name !== undefined) docker(["start", name]).catch(onError);
  });
  return () => {
    watch.kill();
  };
}
