import { expect, test } from "vitest";
import { renderHosts, renderPreviews, replaceSection } from "./report.ts";
import { changedResources } from "./tools/quayside.ts";

test("tools are compared by their medians, phase by phase", () => {
  const report = renderHosts({
    seconds: new Map([
      ["Quayside", { first: [2, 9, 1], again: [1], drift: [1] }],
      ["ansible", { first: [30, 20, 40], again: [25], drift: [8] }],
    ]),
    providerMb: new Map([["Quayside", [100, 120]]]),
  });
  expect(report).toContain("| Quayside | **2.0** (1.0–9.0) | **1.0** (1.0–1.0) | **1.0** (1.0–1.0) |");
  expect(report).toContain("| Quayside than ansible | 15.0× | 25.0× | 8.0× |");
  expect(report).toContain("| Quayside | **110** (100–120) |");
});

test("previews are compared with the empty program's", () => {
  const report = renderPreviews(
    new Map([
      ["an empty program", [2, 2, 2]],
      ["prod", [3, 2.5, 4]],
    ]),
  );
  expect(report).toContain("| prod | **3.00** (2.50–4.00) | 1.50× |");
});

test("only the section between its markers is replaced", () => {
  const page = "before\n<!-- hosts: written by bench/run.ts -->\n\nold\n\n<!-- /hosts -->\nafter\n";
  expect(replaceSection(page, "hosts", "new")).toBe(
    "before\n<!-- hosts: written by bench/run.ts -->\n\nnew\n\n<!-- /hosts -->\nafter\n",
  );
  expect(() => replaceSection(page, "previews", "new")).toThrow('no section "previews"');
});

test("changes are read from the engine's summary, not from its progress", () => {
  const output =
    "x\nResources:\n    70 unchanged\n\n ~ 3 \nResources:\n    + 1 to create\n    ~ 2 to update\n    8 unchanged\n";
  expect(changedResources(output)).toBe(3);
  expect(changedResources("\nResources:\n    11 unchanged\n\nDuration: 1s\n")).toBe(0);
});
