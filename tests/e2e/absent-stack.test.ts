/** What is about a deployed stack is refused where its state is not, and a copy's stack goes with what it had deployed. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkOut } from "./harness/checkout.ts";
import { passphraseSecrets } from "./harness/passphrase-secrets.ts";
import { type Captured, quayCommand } from "./harness/quay.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-absent-"));
const stacks = join(folder, "state/.pulumi/stacks/quayside");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = `import { KeyPair } from "../provider/index.ts";
new KeyPair("deploy", { comment: "of a stack that is there" });
export const outputs = {};
`;

let at: string;
let env: Record<string, string | undefined>;
beforeAll(async () => {
  const { key, text } = await passphraseSecrets("secrets/tiny.sops.yaml");
  at = checkOut(join(folder, "checkout"), {
    "stacks/tiny.ts": () => program,
    "secrets/tiny.sops.yaml": () => text,
  });
  const given = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };
  env = { ...given, SOPS_AGE_KEY: key, PULUMI_BACKEND_URL: `file://${folder}/state` };
});

const quay = (args: string[], more: Record<string, string | undefined> = {}): Promise<Captured> =>
  quayCommand(args, { at, env: { ...env, ...more }, mayFail: true });
const quietly = ["--yes", "--skip-preview", "--non-interactive"];

test("drift, destroy and refresh of a stack that is not there fail, say where they looked, and make none", async () => {
  for (const command of [
    ["drift", "tiny"],
    ["destroy", "tiny", ...quietly],
    ["refresh", "tiny", ...quietly],
  ]) {
    const { code, stderr } = await quay(command);
    expect([command[0], code]).toEqual([command[0], 1]);
    expect(stderr).toContain(`there is no state of tiny in ${folder}/state, so nobody knows here what it deployed.`);
  }
  expect(existsSync(join(folder, "state"))).toBe(false);

  const { code, stderr } = await quay(["drift", "tiny"], { PULUMI_BACKEND_URL: undefined });
  expect(code).toBe(1);
  expect(stderr).toContain("PULUMI_BACKEND_URL is not set: set it to where the state is");
  expect(existsSync(join(at, ".state"))).toBe(false);

  const late = await quay(["destroy", "tiny", "--if-exists", ...quietly]);
  expect([late.code, late.stderr]).toEqual([0, expect.stringContaining("Nothing is left to destroy.")]);
});

test("one that deployed nothing is not as deployed", async () => {
  const up = await quay(["up", "tiny", ...quietly]);
  expect(up.code, up.stderr).toBe(0);
  expect(await quay(["drift", "tiny"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("tiny is as deployed"),
  });

  const gone = await quay(["destroy", "tiny", ...quietly]);
  expect(gone.code, gone.stderr).toBe(0);
  expect(readdirSync(stacks)).toContain("tiny.json");
  const { code, stdout } = await quay(["drift", "tiny"]);
  expect([code, stdout]).toEqual([1, expect.stringContaining("nothing is deployed, as far as this state says")]);
});

test("of a copy nothing stays in the backend", async () => {
  const up = await quay(["up", "tiny-pr-12", ...quietly]);
  expect(up.code, up.stderr).toBe(0);
  expect(readdirSync(stacks)).toContain("tiny-pr-12.json");
  const gone = await quay(["destroy", "tiny-pr-12", ...quietly]);
  expect(gone.code, gone.stderr).toBe(0);
  expect(gone.stderr).toContain("took the empty stack tiny-pr-12 out of the backend");
  const left = readdirSync(join(folder, "state"), { recursive: true, withFileTypes: true });
  const files = left.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  expect(files.filter((path) => path.includes("tiny-pr-12"))).toEqual([]);
  expect(readdirSync(stacks)).toContain("tiny.json");
});
