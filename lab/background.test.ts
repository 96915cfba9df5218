import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logTail, runningPid, startInBackground, stopBackground } from "./background.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "background-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a program starts once, and ends when it is stopped", async () => {
  const pidFile = join(folder, "pid");
  const what = { program: "sleep", args: ["60"], pidFile, logFile: join(folder, "log") };
  const pid = await startInBackground(what);
  expect(await startInBackground(what)).toBe(pid);
  expect(await runningPid(pidFile, "sleep")).toBe(pid);
  await stopBackground(pidFile, "sleep");
  expect(await runningPid(pidFile, "sleep")).toBeUndefined();
});

test("a pid file whose number went to another program is not believed", async () => {
  const pidFile = join(folder, "stale");
  await writeFile(pidFile, `${process.pid}\n`);
  expect(await runningPid(pidFile, "dockerd")).toBeUndefined();
  await stopBackground(pidFile, "dockerd");
  await expect(readFile(pidFile)).rejects.toThrow("ENOENT");
});

test("a program that is not there is an error that names it", async () => {
  const files = { pidFile: join(folder, "none"), logFile: join(folder, "none.log") };
  await expect(startInBackground({ program: "no-such-program", args: [], ...files })).rejects.toThrow(
    "no-such-program is not installed",
  );
});

test("the tail of a log is its last lines; a missing log is empty", async () => {
  const log = join(folder, "tail");
  await writeFile(log, "1\n2\n3\n");
  expect(await logTail(log, 2)).toBe("2\n3");
  expect(await logTail(join(folder, "missing"))).toBe("");
});
