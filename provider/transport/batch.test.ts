import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { joinScripts, ScriptBatch, splitOutput } from "./batch.ts";

function sh(script: string) {
  const { stdout, stderr } = spawnSync("sh", ["-s"], { input: script, encoding: "utf8" });
  return { code: 0, stdout, stderr };
}

describe("batched scripts", () => {
  test("each part gets its own output, byte for byte, and its own exit code", () => {
    const scripts = [
      "printf 'no newline'",
      "echo two; echo why >&2; exit 3",
      "echo warning >&2",
      "printf 'a\\n\\nb\\n'",
    ];
    expect(splitOutput(sh(joinScripts(scripts, "--mark")), "--mark")).toEqual([
      { code: 0, stdout: "no newline", stderr: "" },
      { code: 3, stdout: "two\n", stderr: "why\n" },
      { code: 0, stdout: "", stderr: "" },
      { code: 0, stdout: "a\n\nb\n", stderr: "" },
    ]);
  });

  test("a part that stops at its first failing command does stop there", () => {
    expect(splitOutput(sh(joinScripts(["set -e; false; echo never", "echo next"], "--mark")), "--mark")).toEqual([
      { code: 1, stdout: "", stderr: "" },
      { code: 0, stdout: "next\n", stderr: "" },
    ]);
  });

  test("reads that arrive together go as one script", async () => {
    let runs = 0;
    const batch = new ScriptBatch(async (script) => {
      runs += 1;
      return sh(script);
    });
    const results = await Promise.all(["a", "b", "c"].map((word) => batch.add(`echo ${word}`)));
    expect(results.map((result) => result.stdout)).toEqual(["a\n", "b\n", "c\n"]);
    expect(runs).toBe(1);
  });

  const echo = (words: readonly string[]) =>
    words.map((word) => (word === "bad" ? "exit 1" : `echo ${word}`)).join("\n");
  const joint = (word: string) => ({ parts: [word], join: echo });

  test("what can be asked for as one is one part, and everybody gets the whole", async () => {
    const scripts: string[] = [];
    const batch = new ScriptBatch(async (script) => {
      scripts.push(script);
      return sh(script);
    });
    const results = await Promise.all([batch.add(joint("a")), batch.add("echo b"), batch.add(joint("c"))]);
    expect(results.map((result) => result.stdout)).toEqual(["a\nc\n", "b\n", "a\nc\n"]);
    expect(scripts).toHaveLength(1);
    expect(scripts[0]?.match(/ end/g)).toHaveLength(2 * 2);
  });

  test("what fails as one is asked for alone, so that only who is at fault fails", async () => {
    const batch = new ScriptBatch(async (script) => sh(script));
    const results = await Promise.all([batch.add(joint("a")), batch.add(joint("bad")), batch.add(joint("c"))]);
    expect(results.map(({ code, stdout }) => [code, stdout])).toEqual([
      [0, "a\n"],
      [1, ""],
      [0, "c\n"],
    ]);
  });

  test("what comes while the host is at work goes together afterwards", async () => {
    let busy = 0;
    let most = 0;
    const sizes: number[] = [];
    const batch = new ScriptBatch(async (script) => {
      sizes.push(script.match(/ failed/g)?.length ?? 0);
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setTimeout(resolve, 60));
      busy -= 1;
      return sh(script);
    });
    const added: Promise<unknown>[] = [];
    for (let number = 0; number < 20; number++) {
      added.push(batch.add(`echo ${number}`));
      await new Promise((resolve) => setTimeout(resolve, 6));
    }
    await Promise.all(added);
    expect(most).toBeLessThanOrEqual(4);
    expect(Math.max(...sizes)).toBeGreaterThan(2);
  });

  test("a host that stops in the middle fails the parts that did not finish, and only those", async () => {
    const batch = new ScriptBatch(async (script) => {
      const { stdout } = sh(script);
      return { code: 255, stdout: stdout.slice(0, stdout.indexOf("second")), stderr: "killed" };
    });
    const [first, second] = await Promise.all([batch.add("echo first"), batch.add("echo second")]);
    expect(first).toEqual({ code: 0, stdout: "first\n", stderr: "" });
    expect(second).toEqual({ code: 255, stdout: "", stderr: "killed" });
  });

  test("what hangs holds up those after it once, and is the only one to fail", async () => {
    const asked: number[] = [];
    const batch = new ScriptBatch(async (script, parts) => {
      asked.push(parts);
      const { stdout } = sh(script);
      const hung = stdout.indexOf("hangs");
      return hung < 0
        ? { code: 0, stdout, stderr: "" }
        : { code: 124, stdout: stdout.slice(0, hung), stderr: "", lateAfter: 120 };
    });
    const results = await Promise.all(["first", "hangs", "third"].map((word) => batch.add(`echo ${word}`)));
    expect(results.map(({ code, stdout, lateAfter }) => [code, stdout, lateAfter])).toEqual([
      [0, "first\n", undefined],
      [124, "", 120],
      [0, "third\n", undefined],
    ]);
    expect(asked).toEqual([3, 1, 1]);
  });
});
