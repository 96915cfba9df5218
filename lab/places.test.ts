import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheRoot, labRoot } from "./places.ts";

test("the project's own variables win over the desktop's, and those over the home folder", () => {
  expect(cacheRoot({ QUAYSIDE_CACHE: "/c", XDG_CACHE_HOME: "/x" })).toBe("/c");
  expect(cacheRoot({ XDG_CACHE_HOME: "/x" })).toBe("/x/quayside");
  expect(cacheRoot({ XDG_CACHE_HOME: "" })).toBe(join(homedir(), ".cache", "quayside"));
  expect(labRoot({ QUAYSIDE_LAB_DIR: "/l", XDG_STATE_HOME: "/x" })).toBe("/l");
  expect(labRoot({ XDG_STATE_HOME: "/x" })).toBe("/x/quayside/lab");
});
