import fc from "fast-check";
import { expect, it } from "vitest";
import { diffLines } from "./diff-lines.ts";

const lines = (text: string) => text.split("\n");
const site = (name: string) => `http://${name} {\n\tbind x\n\thandle {\n\t\treverse_proxy app\n\t}\n}`;

it("shows a block that was put in as that block, in its order", () => {
  const before = lines([site("a"), site("c")].join("\n\n"));
  const after = lines([site("a"), site("b"), site("c")].join("\n\n"));
  expect(diffLines(before, after)).toEqual(lines(site("b")).map((line) => `+ ${line}`));
});

it("keeps changes in their order, and says where lines between them stayed", () => {
  expect(diffLines(lines("a\nb\nc\nd"), lines("A\nb\nc\nD"))).toEqual(["- a", "+ A", "  …", "- d", "+ D"]);
  expect(diffLines(lines("a\n\nb"), lines("a\nb"))).toEqual([]);
});

it("shows all that went and came, and no more, for any two texts", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const shown = diffLines(before, after);
      const count = (of: readonly string[], line: string) => of.filter((other) => other === line).length;
      for (const line of ["a", "b", "c", "d"]) {
        expect(count(after, line) - count(before, line)).toBe(count(shown, `+ ${line}`) - count(shown, `- ${line}`));
      }
      expect(shown.length === 0).toBe(before.join() === after.join());
    }),
  );
});
