import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { askDockerFor, requireDocker } from "./docker-daemon.ts";
import type { Session } from "./transport/session.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-docker-"));
afterAll(() => rmSync(folder, { recursive: true }));
const session = { fail: (message: string) => new Error(message) } as unknown as Session;

/** What a script prints that asks Docker, here a script of its own. */
function ask(docker: string): string {
  writeFileSync(join(folder, "docker"), `#!/bin/sh\n${docker}\n`);
  chmodSync(join(folder, "docker"), 0o755);
  const script = `${askDockerFor(0.2)}\nfound=$(docker ps --all 2>&1); printf 'found %s, %s\\n' "$found" "$?"`;
  return spawnSync("sh", ["-c", script], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
  }).stdout;
}

test("Docker is asked as ever while it answers", () => {
  const printed = ask('echo "$@"; exit 3');
  expect(printed).toBe("found ps --all, 3\n");
  expect(requireDocker(session, printed)).toBe(printed);
});

test("a daemon that hangs is given up, also from within a substitution, and named with a remedy", () => {
  const printed = ask("exec sleep 5");
  expect(printed).toContain("found , 124");
  expect(() => requireDocker(session, printed)).toThrow(/Docker's daemon hangs.*`systemctl restart docker`/);
});
