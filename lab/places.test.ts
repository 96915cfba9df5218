import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { labRoot } from "./places.ts";

test("the project's own variable wins over the desktop's, and that over the home folder", () => {
  expect(labRoot({ QUAYSIDE_LAB_DIR: "/l", XDG_STATE_HOME: "/x" })).toBe("/l");
  expect(labRoot({ XDG_STATE_HOME: "/x" })).toBe("/x/quayside/lab");
  expect(labRoot({ XDG_STATE_HOME: "" })).toBe(join(homedir(), ".local", "state", "quayside", "lab"));
});
