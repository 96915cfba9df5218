import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Publications } from "./published.ts";

test("an image is current while both its source and what is served are the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "published-"));
  const file = join(folder, "deep", "published.json");
  new Publications(file).record("postgres:18.4", { from: "id-1", digest: "sha256:a" });
  const again = new Publications(file);
  expect(again.isCurrent("postgres:18.4", "id-1", "sha256:a")).toBe(true);
  expect(again.isCurrent("postgres:18.4", "id-2", "sha256:a")).toBe(false);
  expect(again.isCurrent("postgres:18.4", "id-1", "sha256:b")).toBe(false);
  expect(again.isCurrent("postgres:18.4", "id-1", undefined)).toBe(false);
  expect(again.isCurrent("redis:8.0.2", "id-1", undefined)).toBe(false);
  writeFileSync(file, "{");
  expect(new Publications(file).isCurrent("postgres:18.4", "id-1", "sha256:a")).toBe(false);
  rmSync(folder, { recursive: true });
});
