import { expect, test } from "vitest";
import type { HubNode } from "../mesh-member/look.ts";
import type { MeshPolicyTest } from "./resource.ts";
import { runnableTests, subjectsPresent, testsHold } from "./tests.ts";

const device = (of: Partial<HubNode>): HubNode => ({ id: 1, node_key: "", given_name: "", ip_addresses: [], ...of });
const nodes = [
  device({ tags: ["tag:core", "tag:edge"], user: { name: "tagged-devices" } }),
  device({ tags: null, user: { name: "alice" } }),
];
const groups = { "group:admins": ["alice@", "bob@"], "group:guests": ["carol@"] };
const present = subjectsPresent(nodes, groups);

const declared: MeshPolicyTest[] = [
  { src: "tag:core", proto: "tcp", accept: ["tag:edge:22", "tag:gone:22"], deny: ["tag:edge:80"] },
  { src: "tag:gone", proto: "tcp", deny: ["tag:core:22"] },
  { src: "tag:edge", proto: "tcp", deny: ["tag:gone:22"] },
  { src: "group:admins", proto: "tcp", accept: ["tag:core:22"] },
  { src: "group:guests", proto: "tcp", deny: ["tag:core:22"] },
];

test("who has a device is there: tags, people, and groups that somebody of is", () => {
  expect([...present].sort()).toEqual(["alice@", "group:admins", "tag:core", "tag:edge"]);
});

test("a test whose source or target has no device waits", () => {
  expect(runnableTests(declared, present)).toEqual([
    { src: "tag:core", proto: "tcp", accept: ["tag:edge:22"], deny: ["tag:edge:80"] },
    { src: "group:admins", proto: "tcp", accept: ["tag:core:22"] },
  ]);
});

test("stored tests hold when those of servers are all there and none is foreign", () => {
  const runnable = runnableTests(declared, present);
  expect(testsHold(runnable, declared, present)).toBe(true);
  // A person's first device came after the policy was set.
  expect(testsHold(runnable.slice(0, 1), declared, present)).toBe(true);
  expect(testsHold(runnable.slice(1), declared, present)).toBe(false);
  expect(testsHold([...runnable, { src: "tag:core", proto: "tcp", deny: ["tag:edge:1"] }], declared, present)).toBe(
    false,
  );
  expect(testsHold([{ src: "tag:core", proto: "tcp", accept: ["tag:edge:22"] }], declared, present)).toBe(false);
});
