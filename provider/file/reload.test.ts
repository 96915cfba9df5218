import { expect, test } from "vitest";
import { reloadedUnits, unitsToReload } from "./reload.ts";

const each = { "a.service": ["/etc/a", "/etc/both"], "b.service": ["/etc/b", "/etc/both"] };

test("units of a list take up every file", () => {
  expect(unitsToReload(["a.service", "b.service"], ["/etc/x"])).toEqual(["a.service", "b.service"]);
  expect(reloadedUnits(["a.service"])).toEqual(["a.service"]);
});

test("units with files of their own take up those", () => {
  expect(unitsToReload(each, ["/etc/b"])).toEqual(["b.service"]);
  expect(unitsToReload(each, ["/etc/both"])).toEqual(["a.service", "b.service"]);
  expect(unitsToReload(each, ["/etc/other"])).toEqual([]);
  expect(reloadedUnits(each)).toEqual(["a.service", "b.service"]);
});

test("nothing is reloaded when nothing changed or nothing is named", () => {
  expect(unitsToReload(["a.service"], [])).toEqual([]);
  expect(unitsToReload(undefined, ["/etc/x"])).toEqual([]);
  expect(reloadedUnits(undefined)).toEqual([]);
});
