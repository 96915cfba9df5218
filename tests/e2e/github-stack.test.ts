/** The stack of the repository itself, as it is in stacks/, by `quay`: at the emulated GitHub, and without any network. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningGitHub, startGitHub } from "../../lab/github/server.ts";
import type { Repository } from "../../lab/github/state.ts";
import { createSopsFile } from "../../secrets/sops-create.ts";
import { checkOut } from "./harness/checkout.ts";
import { offline, type QuayOptions, quay, quayCommand } from "./harness/quay.ts";
import type { Run } from "./harness/run.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-github-stack-"));
const TOKEN = "ghp_adminadminadminadminadminadminadmin0";
const OPERATORS = 4711;

let github: RunningGitHub;
/** A checkout whose stack is at the emulated GitHub, and whose secrets are this test's. */
let at: string;
let ageKey: string;
let env: Record<string, string | undefined>;
/** Its resources. */
let declared: readonly string[];

beforeAll(async () => {
  github = await startGitHub({
    organization: "example",
    users: [{ id: 11, login: "alice" }],
    teams: [{ id: OPERATORS, slug: "operators" }],
    tokens: { [TOKEN]: { login: "alice" } },
  });
  const key = await generateIdentity();
  ageKey = await generateIdentity();
  const deployment = (of: string): [string[], string][] => [
    [["deploy", of, "ageKey"], ageKey],
    [["deploy", of, "stateAccessKeyId"], `access-key-of-${of}`],
    [["deploy", of, "stateSecretAccessKey"], `secret-access-key-of-the-state-of-${of}`],
  ];
  const secrets = await createSopsFile(
    "secrets/github.sops.yaml",
    [await identityToRecipient(key)],
    new Map([
      [["pulumi", "passphrase"], "a-passphrase-that-nobody-has-to-remember"],
      [["github", "token"], TOKEN],
      [["github", "webhook"], "the-secret-of-the-webhook-0123456789"],
      ...deployment("preprod"),
      ...deployment("production"),
    ]),
  );
  const emulated = `owner: "example", baseUrl: "${github.url}", transform: { provider: { writeDelayMs: 1 } }`;
  at = checkOut(join(folder, "checkout"), {
    "stacks/github.ts": (text) => text.replace('owner: "example"', emulated),
    "secrets/github.sops.yaml": () => secrets,
  });
  const others = Object.keys(process.env).filter((name) => /^(SOPS_|GITHUB_|PULUMI_(CONFIG|BACKEND))/.test(name));
  env = {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    ...{ SOPS_AGE_KEY: key, PULUMI_BACKEND_URL: `file://${folder}/state` },
  };
});

afterAll(async () => {
  await github?.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (command: string, args: string[] = [], options: QuayOptions = {}) =>
  quay(command, "github", args, { at, ...options, env: { ...env, ...options.env } });
const up = (...args: string[]) => run("up", ["--yes", "--skip-preview", ...args]);
const stepsOf = ({ steps }: Run) => steps.map(({ op, name }) => `${op} ${name}`).sort();

function repository(): Repository {
  const found = github.state.repository("example", "platform");
  if (!found) throw new Error("GitHub has no example/platform");
  return found;
}

test("the stack makes what it declares, stays as it is, repairs what a hand changed, and keeps the repository", async () => {
  const announced = await run("preview");
  const made = await up();
  expect(stepsOf(announced)).toEqual(stepsOf(made));
  declared = made.urns;
  const { settings, topics, labels, hooks, rulesets, variables, environments } = repository();
  expect(settings).toMatchObject({ visibility: "private", description: "The company's platform" });
  expect([...topics].sort()).toEqual(["pulumi", "self-hosted"]);
  expect([...labels.values()].map(({ name }) => name)).toEqual(expect.arrayContaining(["auto-fix", "preprod"]));
  expect([...hooks.values()]).toMatchObject([{ active: true, events: ["issues"] }]);
  expect([...rulesets.values()]).toMatchObject([{ body: { name: "main", enforcement: "active" } }]);
  expect([...variables.keys()].sort()).toEqual(["PREPROD_RUNNER", "PRODUCTION_RUNNER"]);
  expect([...environments.keys()].sort()).toEqual(["plan", "preprod", "production"]);
  expect(environments.get("production")).toMatchObject({
    waitMinutes: 5,
    reviewers: [{ type: "Team", id: OPERATORS }],
  });
  for (const [name, of] of Object.entries({ plan: "production", preprod: "preprod", production: "production" })) {
    const { secrets, variables: own } = environments.get(name) ?? {};
    const bucket = of === "production" ? "example-state" : "example-preprod-state";
    expect(own?.get("PULUMI_BACKEND_URL")?.value).toMatch(new RegExp(`^s3://${bucket}\\?`));
    expect(secrets?.get("SOPS_AGE_KEY")?.value).toBe(ageKey);
    expect(secrets?.get("STATE_ACCESS_KEY_ID")?.value).toBe(`access-key-of-${of}`);
  }

  expect(stepsOf(await run("preview"))).toEqual([]);
  expect(stepsOf(await run("preview", ["--refresh"]))).toEqual([]);
  expect((await run("refresh", ["--yes", "--skip-preview"])).code).toBe(0);

  settings["has_wiki"] = true;
  environments.get("production")?.secrets.delete("SOPS_AGE_KEY");
  const drift = await quayCommand(["drift", "github", "--json"], { at, env, mayFail: true });
  expect(drift.code).toBe(2);
  const drifted = ["platform-production-secret-SOPS_AGE_KEY", "platform-repository"];
  expect((JSON.parse(drift.stdout).drifted as { name: string }[]).map(({ name }) => name).sort()).toEqual(drifted);
  await up("--refresh");
  expect(repository().environments.get("production")?.secrets.get("SOPS_AGE_KEY")?.value).toBe(ageKey);
  expect(stepsOf(await run("preview", ["--refresh"]))).toEqual([]);

  // What cannot be made again stays, with all that is in it.
  const refused = await run("destroy", ["--yes"], { mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("because it is protected");
  expect([repository().rulesets.size, repository().environments.size]).toEqual([1, 3]);
  const stack = join(at, "stacks/github.ts");
  writeFileSync(stack, readFileSync(stack, "utf8").replace("settings: {", "ephemeral: true,\n  settings: {"));
  await up();
  await run("destroy", ["--yes"]);
  expect(github.state.repositories.size).toBe(0);
});

test("without network, key and state, its preview is whole", async () => {
  const { code, urns, diagnostics } = await run("preview", [], {
    env: { SOPS_AGE_KEY: undefined, PULUMI_BACKEND_URL: `file://${folder}/none` },
    through: offline,
  });
  expect(code).toBe(0);
  expect(urns).toEqual(declared);
  await expect(`${urns.join("\n")}\n`).toMatchFileSnapshot("../preview/urns/github.txt");
  const said = diagnostics.filter(({ severity }) => severity === "warning" || severity === "error");
  expect(said.map(({ message }) => message)).toEqual([expect.stringContaining("secrets are shown as placeholders")]);
});
