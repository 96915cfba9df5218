import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { duration } from "./steps.ts";

it.each([
  [840, "0.8 s"],
  [9_960, "10 s"],
  [59_400, "59 s"],
  [185_000, "3 min 05 s"],
])("shows %d ms as %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it("says nothing on a standard output that is read by a program", () => {
  const steps = new URL("./steps.ts", import.meta.url);
  const program = `const { runSteps } = await import(${JSON.stringify(steps.href)});
    await runSteps({ title: "one", run: async (report) => { report("half"); return "done"; } });
    process.stdout.write("{}");`;
  const args = ["--input-type=module", "--eval", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stdout).toBe("{}");
  expect(stderr).toContain("done");
});
