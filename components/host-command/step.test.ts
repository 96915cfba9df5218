import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { renderStep } from "./step.ts";

const folder = mkdtempSync(join(tmpdir(), "step-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a step here, with its log in a folder of the test's own. */
function run(step: Partial<Parameters<typeof renderStep>[0]>) {
  const script = renderStep({ name: "owner", run: "true", variables: {}, shown: false, ...step });
  return spawnSync("sh", { input: script.replaceAll("/var/log/quayside", folder), encoding: "utf8" });
}

describe("renderStep", () => {
  test("what it prints is the result; variables arrive as they are", () => {
    const password = `a 'b' "c" $HOME \`id\` \\ \n€`;
    const { status, stdout } = run({ variables: { password }, run: 'printf %s "$password"' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: password });
  });

  test("it ends at the first failing command, and what was said stays in a file for its owner", () => {
    const { status, stdout, stderr } = run({
      variables: { password: "hunter2" },
      run: 'echo "$password"; echo "$password" >&2; sh -c "exit 3"; echo never',
    });
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(stderr).toBe(
      `the step failed (exit code 3); what it said is in ${folder}/owner.log on the host, for root to read\n`,
    );
    expect(readFileSync(join(folder, "owner.log"), "utf8")).toBe("hunter2\nhunter2\n");
    expect(statSync(join(folder, "owner.log")).mode & 0o777).toBe(0o600);
  });

  test("without variables what it said is shown", () => {
    expect(run({ shown: true, run: "echo broken >&2; false" }).stderr).toMatch(
      /^broken\nthe step failed \(exit code 1\)/,
    );
  });

  test("nothing runs when it was done already", () => {
    expect(run({ unless: "true", run: "echo ran" }).stdout).toBe("done already\n");
    expect(run({ unless: "false", run: "echo ran" }).stdout).toBe("ran\n");
  });

  test("a variable is not in the environment of what the step starts", () => {
    expect(run({ variables: { password: "hunter2" }, run: "env" }).stdout).not.toContain("hunter2");
  });
});
