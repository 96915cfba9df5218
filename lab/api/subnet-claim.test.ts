import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { claimSubnet, releaseSubnet } from "./subnet-claim.ts";

let root = "";
const lab = (name: string): string => {
  mkdirSync(join(root, name), { recursive: true });
  return join(root, name);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "quayside-claims-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it("gives each lab a range of its own, and the same one again", () => {
  const claims = join(root, "claims");
  const first = claimSubnet("lab", lab("a"), claims);
  const second = claimSubnet("lab", lab("b"), claims);
  expect(second).not.toBe(first);
  expect(claimSubnet("lab", lab("a"), claims)).toBe(first);
  for (const octet of [first, second]) expect(octet >= 1 && octet <= 254).toBe(true);
});

it("takes over ranges of labs that are gone", () => {
  const claims = join(root, "claims");
  const first = claimSubnet("lab", lab("a"), claims);
  rmSync(lab("a"), { recursive: true });
  expect(claimSubnet("lab", lab("b"), claims)).toBe(first);
  releaseSubnet(lab("b"), claims);
  expect(claimSubnet("lab", lab("c"), claims)).toBe(first);
});

it("says so when no range is left", () => {
  const claims = join(root, "claims");
  for (let i = 0; i < 254; i++) claimSubnet(`lab${i}`, lab(`l${i}`), claims);
  expect(() => claimSubnet("one more", lab("more"), claims)).toThrow(/all 254/);
});
