import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isStale, removeStaleLocks } from "./stale-locks.ts";

const lock = { pid: 4242, username: "root", hostname: "here", timestamp: "2026-11-21T09:42:06.897378948Z" };
const began = (seconds: number) => ({
  hostname: "here",
  startOf: () => Date.parse("2026-11-21T09:42:06Z") + seconds * 1000,
});

test("a lock is stale when its process has ended, or its id belongs to a later one", () => {
  expect(isStale(lock, { hostname: "here", startOf: () => undefined })).toBe(true);
  expect(isStale(lock, began(60))).toBe(true);
  expect(isStale(lock, began(-1))).toBe(false);
});

test("what another machine holds is not judged here", () => {
  expect(isStale(lock, { hostname: "elsewhere", startOf: () => undefined })).toBe(false);
});

let folder: string;
const locks = () => join(folder, ".pulumi/locks/organization/quayside/lab");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quayside-locks-"));
  mkdirSync(locks(), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("removes the lock of an ended process and keeps that of a running one, of others, and what it cannot read", () => {
  const put = (name: string, changes: object) =>
    writeFileSync(join(locks(), `${name}.json`), JSON.stringify({ ...lock, hostname: hostname(), ...changes }));
  // The highest process id of Linux is 2^22.
  put("ended", { pid: 2 ** 22 + 1 });
  writeFileSync(join(locks(), "ended.json.attrs"), "{}");
  put("running", { pid: process.pid, timestamp: new Date().toISOString() });
  put("elsewhere", { hostname: "elsewhere" });
  writeFileSync(join(locks(), "half.json"), '{"pid": 1');
  expect(removeStaleLocks(folder, "lab")).toEqual([`process ${2 ** 22 + 1} of root, ${lock.timestamp}`]);
  expect(readdirSync(locks()).sort()).toEqual(["elsewhere.json", "half.json", "running.json"]);
});

test("a stack that was never locked has none", () => {
  expect(removeStaleLocks(folder, "prod")).toEqual([]);
});
