import { expect, test } from "vitest";
import { spread } from "./statistics.ts";

test("the median is the middle one, or half-way between the middle two", () => {
  expect(spread([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 });
  expect(spread([4, 1, 2, 10])).toEqual({ min: 1, median: 3, max: 10 });
  expect(spread([7])).toEqual({ min: 7, median: 7, max: 7 });
});

test("nothing measured is no result", () => {
  expect(() => spread([])).toThrow("nothing was measured");
});
