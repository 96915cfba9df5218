import { expect, test } from "vitest";
import { keyOf } from "./pool.ts";

const host = { name: "inner", address: "10.0.0.2" };
const jump = { name: "edge", address: "203.0.113.1" };

test("a connection is told by where it leads and through what, not by how long it is tried", () => {
  expect(keyOf({ ...host, port: 22, user: "root", patience: 3 })).toBe(keyOf(host));
  const other = { ...jump, address: "203.0.113.2" };
  const ways = [host, { ...host, jump }, { ...host, jump: other }, { ...host, otherwise: { ...host, port: 2222 } }];
  expect(new Set(ways.map(keyOf)).size).toBe(4);
});
