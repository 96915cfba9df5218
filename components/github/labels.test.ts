import { expect, it } from "vitest";
import { wholeSet } from "./labels.ts";

it("keeps GitHub's own labels beside those that are declared", () => {
  const labels = wholeSet({ "auto-fix": { color: "0E8A16" } });
  expect(labels).toHaveLength(10);
  expect(labels.at(-1)).toEqual({ name: "auto-fix", color: "0e8a16", description: "" });
});

it("lets a declaration change the look of one of them, whatever its capitals", () => {
  const labels = wholeSet({ Bug: { color: "ff0000", description: "broken" } });
  expect(labels.filter(({ name }) => name.toLowerCase() === "bug")).toEqual([
    { name: "Bug", color: "ff0000", description: "broken" },
  ]);
});
