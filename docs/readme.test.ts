import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { GROUPS } from "../cli/help.ts";
import { root } from "../toolchain/places.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");

test("the program in the README is the example that the package's test previews", () => {
  const shown = /```ts\n(.*?)```/s.exec(read("README.md"))?.[1];
  expect(shown).toBe(read("examples/minimal/index.ts"));
});

test("the README counts the example's resources as the package's test does", () => {
  const listed = read("tests/e2e/package.test.ts").match(/^ {6}"(pulumi|quayside):.+",$/gm) ?? [];
  expect(read("README.md")).toContain(`, ${listed.length} resources.`);
});

const pages = globSync(["*.md", "docs/**/*.md", "{bench,lab,secrets,toolchain}/**/*.md"], { cwd: root });

test("every command that a page names is one", () => {
  const known = Object.values(GROUPS).flat();
  const unknown = pages.flatMap((page) =>
    [...read(page).matchAll(/(?<=[`(]|^)(?:\.\/)?quay ([a-z][a-z-]*)(?=[ `|])/gm)]
      .map(([, command = ""]) => command)
      .filter((command) => !known.includes(command))
      .map((command) => `${page}: quay ${command}`),
  );
  expect(unknown).toEqual([]);
});

test("every file that a page names is there", () => {
  const folders = "bench|cli|components|docs|examples|lab|preload|provider|secrets|stacks|tests|toolchain";
  const path = new RegExp(`\`((?:${folders})/[\\w./-]*)\``, "g");
  const missing = pages.flatMap((page) =>
    [...read(page).matchAll(path)].map(([, found = ""]) => found).filter((found) => !existsSync(join(root, found))),
  );
  expect(missing).toEqual([]);
});

test("every link from a page leads to something", () => {
  const broken = pages.flatMap((page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map((match) => match[1] ?? "");
    return targets.filter((target) => !existsSync(join(root, dirname(page), target))).map((to) => `${page}: ${to}`);
  });
  expect(pages.length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});
