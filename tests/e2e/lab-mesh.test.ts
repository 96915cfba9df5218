/** The `lab` stack with its mesh, from nothing to nothing, by the commands that a person types. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { prove } from "../../lab/prove.ts";
import { CLOUD_LISTS, LabPlatform } from "./harness/lab-platform.ts";

let lab: LabPlatform;

beforeAll(async () => {
  lab = await LabPlatform.start("lab-mesh", 2, { mesh: true });
});
afterAll(() => lab?.remove());

test("hub, core and application server join the mesh, and all that the lab promises is so", async () => {
  const run = await lab.up();
  expect(run.urns.filter((urn) => urn.includes("quayside:host:MeshMember::")).length).toBe(3);
  const proofs = [];
  for await (const proof of prove()) proofs.push(proof);
  expect(proofs.filter(({ ok }) => !ok)).toEqual([]);
  expect(proofs.map(({ name }) => name).join()).toMatch(/member of the mesh.*relay/);
});

test("nothing is left to do, on the hosts neither", async () => {
  expect((await lab.up()).steps).toEqual([]);
  expect((await lab.preview({ args: ["--refresh"] })).steps).toEqual([]);
});

test("destroy leaves nothing behind", async () => {
  await lab.destroy();
  const left = await Promise.all(CLOUD_LISTS.map(async (list) => [list, (await lab.cloud(list)).length]));
  expect(left.filter(([, count]) => count !== 0)).toEqual([]);
});
