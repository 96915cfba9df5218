import { expect, test } from "vitest";
import { MESH_RANGES } from "../mesh/ranges.ts";
import { rangeFaults } from "./route-faults.ts";

const faults = (...ranges: string[]) => rangeFaults(ranges).map(({ path, reason }) => `${path} ${reason}`);
const remedy = "name the mesh's own ranges, and make a route for everybody a publicRoute";

test("the mesh is not the whole world, by whatever ranges that is written", () => {
  expect(faults(...MESH_RANGES, "10.210.0.0/16")).toEqual([]);
  expect(faults("100.64.0.0/10", "0.0.0.0/0", "::/0", "100.64.0.1")).toEqual([
    `meshRanges[1] is 0.0.0.0/0, the whole world; ${remedy}`,
    `meshRanges[2] is ::/0, the whole world; ${remedy}`,
    'meshRanges[3] is "100.64.0.1"; a range such as 100.64.0.0/10 is needed',
  ]);
  expect(faults("128.0.0.0/1", "0.0.0.0/1")).toEqual([`meshRanges are the whole world together; ${remedy}`]);
});
