import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { reloadService } from "./docker-script.ts";

/** Runs a script whose Docker sleeps instead. */
const run = (script: string) =>
  spawnSync("sh", ["-c", script.replaceAll("docker exec", "sh -c 'exec sleep 3'")], { encoding: "utf8" });

test("a reload that does not end is given up, and says so", () => {
  const { status, stderr } = run(reloadService(["c1"], { command: ["reload"] }, 0.1));
  expect(status).toBe(124);
  expect(stderr).toContain("it was given up after 0.1 s");
});
