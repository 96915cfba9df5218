import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { withLock } from "./lock.ts";

test("one at a time, and a failure lets the next one in", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lock-"));
  const file = join(folder, "deep", "lock");
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside++;
    most = Math.max(most, inside);
    await sleep(10);
    inside--;
  };
  const failing = withLock(file, async () => {
    await work();
    throw new Error("expected");
  });
  await Promise.all([expect(failing).rejects.toThrow("expected"), withLock(file, work), withLock(file, work)]);
  expect(most).toBe(1);
  await rm(folder, { recursive: true });
});
