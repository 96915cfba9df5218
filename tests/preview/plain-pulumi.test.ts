/** Plain `pulumi` with what `quay env` prints. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { repository } from "../e2e/harness/quay.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-plain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("it previews a stack, and writes nothing into the checkout", async () => {
  const settings = () => readdirSync(repository).filter((name) => name.startsWith("Pulumi."));
  const before = settings();
  const env = { ...process.env, QUAYSIDE_CACHE: folder, PULUMI_BACKEND_URL: `file://${join(folder, "state")}` };
  const line = 'eval "$(./quay env prod)"; pulumi preview --stack prod --non-interactive --color never';
  const { stdout } = await promisify(execFile)("sh", ["-c", line], { cwd: repository, env });
  expect(stdout).toMatch(/\+ \d\d+ to create/);
  expect(settings()).toEqual(before);
});
