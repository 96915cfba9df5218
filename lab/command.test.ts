import { expect, test } from "vitest";
import { CommandError, run } from "./command.ts";

test("output comes back, input goes in, lines are reported", async () => {
  const lines: string[] = [];
  expect(await run("sh", ["-c", "cat; echo two >&2"], { input: "one\n", onLine: (line) => lines.push(line) })).toBe(
    "one\n",
  );
  expect(lines.sort()).toEqual(["one", "two"]);
});

test("an error tells code and message, and none of the arguments behind the first", async () => {
  const failure = await run("sh", ["-c", "echo broken >&2; exit 3", "s3cret"]).catch((error) => error);
  expect(failure).toBeInstanceOf(CommandError);
  expect(failure.code).toBe(3);
  expect(failure.message).toBe("sh -c failed (exit code 3): broken");
});

test("a missing program is named", async () => {
  await expect(run("no-such-program", [])).rejects.toThrow("no-such-program is not installed on this machine");
});
