/** A stack's passphrase is replaced in the way that `quay secrets rotate` says, to the letter. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkOut } from "./harness/checkout.ts";
import { passphraseSecrets } from "./harness/passphrase-secrets.ts";
import { quayCommand } from "./harness/quay.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-passphrase-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = `import { KeyPair } from "../provider/index.ts";
new KeyPair("deploy", { comment: "kept" });
export const outputs = {};
`;

let at: string;
let env: Record<string, string | undefined>;
beforeAll(async () => {
  const { key, text } = await passphraseSecrets("secrets/prod.sops.yaml");
  at = checkOut(join(folder, "checkout"), { "stacks/prod.ts": () => program, "secrets/prod.sops.yaml": () => text });
  const given = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };
  // `quay env` leaves the passphrase in the cache.
  const places = { PULUMI_BACKEND_URL: `file://${folder}/state`, QUAYSIDE_CACHE: join(folder, "cache") };
  env = { ...given, ...places, SOPS_AGE_KEY: key };
});

const quay = (...args: string[]) => quayCommand(args, { at, env, mayFail: true });
const secrets = () => readFileSync(join(at, "secrets/prod.sops.yaml"), "utf8");
const passphrase = async () => (await quay("secrets", "get", "prod", "pulumi.passphrase", "--reveal")).stdout.trim();
/** What Pulumi keeps of the passphrase with the state. */
const salt = () => {
  const state = JSON.parse(readFileSync(join(folder, "state/.pulumi/stacks/quayside/prod.json"), "utf8"));
  return state.checkpoint.latest.secrets_providers.state.salt as string;
};

test("rotate refuses it, and what it says instead works", async () => {
  const up = await quay("up", "prod", "--yes", "--skip-preview", "--non-interactive");
  expect(up.code, up.stderr).toBe(0);
  const [before, old] = [secrets(), { salt: salt(), passphrase: await passphrase() }];

  const refused = await quay("secrets", "rotate", "prod", "pulumi.passphrase");
  expect(refused.code).toBe(1);
  expect(secrets()).toBe(before);

  const [, remedy = "no remedy"] = /in one go: (\(.*\))$/m.exec(refused.stderr) ?? [];
  await promisify(execFile)("bash", ["-eu", "-o", "pipefail", "-c", remedy], {
    cwd: at,
    env: { ...process.env, ...env },
  });
  expect(await passphrase()).toMatch(/^.{40,}$/);
  expect(await passphrase()).not.toBe(old.passphrase);
  expect(salt()).not.toBe(old.salt);
  expect(readdirSync(at)).not.toContain("Pulumi.prod.yaml");

  // Here, and where nobody has worked with the stack before.
  const preview = ["preview", "prod", "--non-interactive", "--expect-no-changes"];
  const here = await quay(...preview);
  expect(here.code, here.stderr).toBe(0);
  rmSync(join(folder, "state/Pulumi.prod.yaml"));
  const elsewhere = await quay(...preview);
  expect(elsewhere.code, elsewhere.stderr).toBe(0);
});
