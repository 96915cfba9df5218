import { describe, expect, it } from "vitest";
import type { Drift } from "./drift.ts";
import { differenceLine, exitCode, renderDrift } from "./render.ts";

const line = (from: unknown, to: unknown) => differenceLine({ path: "content", from, to });

it("shows of two texts the lines that differ", () => {
  expect(line("a\nb\nc\n", "a\nx\nc\n")).toBe('content from line 2: deployed "b", found "x"');
  expect(line("a\nb\n", "a\nb\n# by hand\n")).toBe('content from line 3: deployed nothing, found "# by hand"');
  expect(line("a\nb\n", "b\n")).toBe('content from line 1: deployed "a", found nothing');
});

it("shows everything else whole, as far as it fits", () => {
  expect(line("a\n", "b\n")).toBe('content: deployed "a\\n", found "b\\n"');
  expect(line("a", "b")).toBe('content: deployed "a", found "b"');
  expect(line(undefined, true)).toBe("content: deployed nothing, found true");
  expect(line("x".repeat(200), "y")).toMatch(/^content: deployed "x{98}…, found "y"$/);
});

describe("what CI is told", () => {
  const quiet: Drift = { drifted: [], pending: [], looked: { hosts: 5 }, problems: [] };

  it("is that all is well only of what was looked at", () => {
    expect([exitCode(quiet), renderDrift("prod", quiet)]).toEqual([0, expect.stringContaining("prod is as deployed")]);
    const nothing = { ...quiet, pending: ["web"], looked: {} };
    expect(exitCode(nothing)).toBe(1);
    expect(renderDrift("prod", nothing)).not.toContain("is as deployed");
    expect(renderDrift("prod", nothing)).toContain("nothing is deployed, as far as this state says");
  });
});
