import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeScratch, removeAbandoned } from "./scratch.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quayside-scratch-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// The highest process id of Linux is 2^22.
const ofKilled = () => join(folder, `quayside-run-${2 ** 22 + 1}-${hostname()}-AbCdEf`);

test("what a killed run left goes with its keys; what a running one has stays", () => {
  const own = makeScratch(folder);
  expect(statSync(own).mode & 0o777).toBe(0o700);
  const killed = ofKilled();
  const elsewhere = join(folder, `quayside-run-${2 ** 22 + 1}-not-${hostname()}-AbCdEf`);
  const others = join(folder, "quayside-e2e-1234");
  for (const path of [killed, elsewhere, others]) mkdirSync(path);
  writeFileSync(join(killed, "ssh-key"), "secret");
  removeAbandoned(folder);
  expect(existsSync(killed)).toBe(false);
  expect(readdirSync(folder)).toHaveLength(3);
  expect(existsSync(own)).toBe(true);
});

test("a process id that another process has by now keeps nothing", () => {
  const own = makeScratch(folder);
  removeAbandoned(folder, { hostname: hostname(), startOf: () => Date.now() + 60_000 });
  expect(existsSync(own)).toBe(false);
});

test("an engine that outlived its command keeps its keys until it ends", async () => {
  mkdirSync(ofKilled());
  const engine = spawn("cat", { env: { ...process.env, QUAYSIDE_SSH_KEY_FILE: join(ofKilled(), "ssh-key") } });
  await once(engine, "spawn");
  removeAbandoned(folder);
  expect(existsSync(ofKilled())).toBe(true);
  engine.stdin.end();
  await once(engine, "close");
  removeAbandoned(folder);
  expect(existsSync(ofKilled())).toBe(false);
});
