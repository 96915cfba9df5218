import { expect, test } from "vitest";
import { notesFor, refuseStranger } from "./mesh.ts";
import { type DeployedMesh, deployedMeshes, groupsOf } from "./mesh-state.ts";

const hub = { name: "hub", address: "203.0.113.20" };
const url = "https://vpn.example.org";
const groups = { ops: ["bob", "alice"], admins: ["alice"] };
const urn = (name: string) => `urn:pulumi:prod::quayside::quayside:mesh:Mesh::${name}`;
const exported = (...resources: object[]) => JSON.stringify({ deployment: { resources } });
const mesh: DeployedMesh = { name: "mesh", url, hub, groups };

test("a stack's meshes are those whose deployment ended", () => {
  const type = "quayside:mesh:Mesh";
  const text = exported(
    { type: "quayside:mesh:MeshMember", urn: urn("other"), outputs: { url, hub } },
    { type, urn: urn("begun"), outputs: {} },
    { type, urn: urn("mesh"), outputs: { url, hub, groups, authority: "PEM" } },
  );
  expect(deployedMeshes(text)).toEqual([{ ...mesh, authority: "PEM" }]);
  expect(deployedMeshes("{}")).toEqual([]);
});

test("a person may do what the person's groups may; who is in none gets no key", () => {
  expect(groupsOf(mesh, "alice")).toEqual(["admins", "ops"]);
  expect(notesFor(mesh, "alice", "1h")).toEqual([
    "for one device of alice, within 1h; whoever has this line gets in as alice.",
    "alice may do what group:admins and group:ops may.",
  ]);
  expect(() => refuseStranger("prod", mesh, "bob")).not.toThrow();
  expect(() => refuseStranger("prod", mesh, "carol")).toThrow(
    "carol is in no group of the mesh, so the device would reach nothing; people there are alice, bob.",
  );
});

test("a hub with an authority of its own has its certificate shown, to be trusted first", () => {
  const notes = notesFor({ ...mesh, authority: "-----BEGIN CERTIFICATE-----\n" }, "bob", "30m");
  expect(notes.at(-1)).toBe("-----BEGIN CERTIFICATE-----");
});
