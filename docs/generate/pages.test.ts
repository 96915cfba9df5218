import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../toolchain/places.ts";
import { reference } from "./pages.ts";

const { pages, faults } = reference(root);

test("every public declaration and property has a docstring", () => {
  expect(faults).toEqual([]);
});

test("the committed pages are what the docstrings say; if not: npm run docs", () => {
  for (const [path, text] of pages) {
    const file = join(root, "docs", path);
    expect(existsSync(file) ? readFileSync(file, "utf8") : "", path).toBe(text);
  }
  const there = globSync("{resources,components}/*.md", { cwd: join(root, "docs") });
  expect(there.sort()).toEqual([...pages.keys()].sort());
});

test("a property is listed with its type, its default and what it is", () => {
  expect(pages.get("resources/file.md")).toContain('| `mode` | `string` | "0644" | Octal mode. |');
  expect(pages.get("resources/file.md")).toContain("| `path` | `string` | required | Absolute path on the host;");
  expect(pages.get("resources/file.md")).toContain("| `content` | `string \\| asset.Asset` |");
});
