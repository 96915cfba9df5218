import { expect, it } from "vitest";
import { duration } from "./steps.ts";

it.each([
  [840, "0.8 s"],
  [9_960, "10 s"],
  [59_400, "59 s"],
  [185_000, "3 min 05 s"],
])("shows %d ms as %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
