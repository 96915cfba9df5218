import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../toolchain/places.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");

test("the program in the README is the example that the package's test previews", () => {
  const shown = /```ts\n(.*?)```/s.exec(read("README.md"))?.[1];
  expect(shown).toBe(read("examples/minimal/index.ts"));
});

test("every link from a page leads to something", () => {
  const pages = globSync(["*.md", "docs/**/*.md"], { cwd: root });
  const broken = pages.flatMap((page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map((match) => match[1] ?? "");
    return targets.filter((target) => !existsSync(join(root, dirname(page), target))).map((to) => `${page}: ${to}`);
  });
  expect(pages.length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});
