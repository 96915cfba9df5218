import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { raiseInotifyLimit } from "./kernel-limits.ts";

test("raises the limit, never lowers it, and does without where it may not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "quayside-limits-"));
  const file = join(folder, "max_user_instances");
  try {
    for (const [before, after] of [
      ["128\n", "1024"],
      ["8192\n", "8192\n"],
    ] as const) {
      writeFileSync(file, before);
      await raiseInotifyLimit(file);
      expect(readFileSync(file, "utf8")).toBe(after);
    }
    await raiseInotifyLimit(join(folder, "missing", "file"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
