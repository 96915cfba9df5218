import fc from "fast-check";
import { expect, test } from "vitest";
import { choosePlacement, stillWanted } from "./plan.ts";

const offers = new Map([
  ["fsn1", new Set(["cpx22", "cx33"])],
  ["nbg1", new Set(["cx23", "cpx22"])],
]);

test("location comes before type, and both in the order given", () => {
  expect(choosePlacement(["cx23", "cpx22"], ["fsn1", "nbg1"], offers)).toEqual({ type: "cpx22", location: "fsn1" });
  expect(choosePlacement(["cx23"], ["fsn1", "nbg1"], offers)).toEqual({ type: "cx23", location: "nbg1" });
  expect(choosePlacement(["cx22"], ["fsn1", "nbg1"], offers)).toBeUndefined();
});

test("what is chosen is always offered and always wanted", () => {
  const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1 });
  const anyOffers = fc.array(fc.tuple(fc.constantFrom("x", "y", "z"), fc.array(fc.constantFrom("a", "b", "c", "d"))));
  fc.assert(
    fc.property(
      names,
      fc.uniqueArray(fc.constantFrom("x", "y", "z"), { minLength: 1 }),
      anyOffers,
      (types, locations, pairs) => {
        const map = new Map<string, Set<string>>(pairs.map(([location, there]) => [location, new Set(there)]));
        const choice = choosePlacement(types, locations, map);
        if (!choice) return;
        expect(map.get(choice.location)?.has(choice.type)).toBe(true);
        expect(stillWanted(choice, types, locations)).toBe(true);
      },
    ),
  );
});
