import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parsePackageList } from "./prerequisites.ts";

test("comments and empty lines are no packages", () => {
  expect(parsePackageList("# why\n\n docker.io \nskopeo # copies images\n")).toEqual(["docker.io", "skopeo"]);
});

test("the list is one that a shell can read: plain names, each once", () => {
  const names = parsePackageList(readFileSync(new URL("./apt-packages.txt", import.meta.url), "utf8"));
  expect(names.filter((name) => !/^[a-z0-9][a-z0-9.+-]+$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
