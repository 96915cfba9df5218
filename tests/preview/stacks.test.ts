/** The real engine's previews of every stack, on a machine without network, keys, credentials, state or lab. */
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { offline, quay } from "../e2e/harness/quay.ts";

const empty = mkdtempSync(join(tmpdir(), "quayside-preview-"));
afterAll(() => rmSync(empty, { recursive: true, force: true }));

/** What names keys, credentials or state in the environment of a person, and what stays of it. */
const bare: Record<string, string | undefined> = {
  ...Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /^(SOPS_|HCLOUD_|QUAYSIDE_|SSH_|PULUMI_(CONFIG|BACKEND|ACCESS))/.test(name))
      .map((name) => [name, undefined]),
  ),
  HOME: empty,
  XDG_CONFIG_HOME: empty,
  XDG_STATE_HOME: empty,
  QUAYSIDE_CACHE:
    process.env["QUAYSIDE_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "quayside"),
  PULUMI_HOME: process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"),
  // An empty folder is a backend without any state.
  PULUMI_BACKEND_URL: `file://${empty}/backend`,
};

// A stack's list is in urns/<stack>.txt; `vitest -u` writes it anew.
test.each(["prod", "preprod", "lab"])("%s is previewed without network, keys or credentials", async (stack) => {
  const run = await quay("preview", stack, [], { env: bare, through: offline });
  expect(run.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(run.urns.length).toBeGreaterThan(50);
  expect(run.steps.every(({ op }) => op === "create")).toBe(true);
  await expect(`${run.urns.join("\n")}\n`).toMatchFileSnapshot(`urns/${stack}.txt`);
});
