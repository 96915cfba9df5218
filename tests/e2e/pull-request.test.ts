/** A pull request's way through the commands that its workflows run: previewed, commented on, planned, applied. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generateIdentity } from "age-encryption";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Changes, checkOut, readIfThere } from "./harness/checkout.ts";
import { passphraseSecrets } from "./harness/passphrase-secrets.ts";
import { repository } from "./harness/quay.ts";

const execute = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "quayside-pull-request-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** No keys, no tokens, no state of the person who tests. */
const bare = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(SOPS_|HCLOUD_|GITHUB_|PULUMI_(CONFIG|BACKEND))/.test(name)),
);

const checkout = (name: string, changes: Changes) => checkOut(join(folder, name), changes);

/** @returns what it printed; throws all of it when it fails. */
async function quay(at: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const options = { cwd: at, env: { ...bare, ...env }, maxBuffer: 2 ** 28 };
    return (await execute(join(at, "quay"), args, options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  }
}

/** Nocodb's image before the pull request. */
const older = (text: string) => {
  const changed = text.replace(/nocodb\/nocodb:[\d.]+/, "nocodb/nocodb:0.264.0");
  if (changed === text) throw new Error(`${platform} does not declare NocoDB's image any more`);
  return changed;
};
/** Where it is declared. */
const platform = "stacks/shared/core.ts";

interface Comment {
  id: number;
  body: string;
  user: { type: string };
}

let github: Server;
const comments: Comment[] = [];
let api: string;

beforeAll(async () => {
  github = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { body } = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString("utf8")) : { body: "" };
      const id = Number(/\/comments\/(\d+)$/.exec(request.url ?? "")?.[1] ?? comments.length + 1);
      const existing = comments.find((comment) => comment.id === id);
      if (request.method === "PATCH" && existing) existing.body = body;
      if (request.method === "POST") comments.push({ id, body, user: { type: "Bot" } });
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(request.method === "GET" ? comments : { id, html_url: `http://github/${id}` }));
    });
  });
  await new Promise<void>((resolve) => github.listen(0, "127.0.0.1", resolve));
  api = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => github.close(resolve)));

test("without keys and state, a pull request that changes one service gets one comment, which names that service alone", async () => {
  const base = checkout("base", { [platform]: older });
  const previews = join(folder, "previews");
  await quay(repository, ["pull-request", "preview", "prod", "--base", base, "--out", previews], {
    PULUMI_BACKEND_URL: `file://${folder}/none`,
  });
  expect(readdirSync(previews).sort()).toEqual(["prod.base.json", "prod.head.json"]);

  const comment = ["pull-request", "comment", previews, "--number", "7"];
  const env = { GITHUB_API_URL: api, GITHUB_TOKEN: "t0ken", GITHUB_REPOSITORY: "owner/name" };
  expect(await quay(repository, comment, env)).toMatch(/^written: /);
  expect(await quay(repository, comment, env)).toMatch(/^updated: /);

  expect(comments).toHaveLength(1);
  const text = comments[0]?.body ?? "";
  expect(text).toMatch(/- `compose\.services\.nocodb\.image`: `nocodb\/nocodb:0\.264\.0` → `nocodb\/nocodb:[\d.]+`/);
  expect(text).toContain("**On `sese-ai`**");
  expect(text).not.toMatch(/n8n|litellm|qdrant|postgres|redis|couchdb|edge|seko-vpn|prod-apps|waza/);
  expect(text).toMatch(/\| `prod` \| 1 changed \| unchanged \| ([\d.]+) \| \1 \|/);
});

/** A stack that needs no host, and one that wants more than was approved. */
const tiny = (comment: string) => `import { KeyPair } from "../provider/index.ts";
new KeyPair("deploy", { comment: "${comment}" });
export const outputs = {};
`;
const more = `${tiny("first")}new KeyPair("another", {});\n`;

const state = () => readIfThere(`${folder}/state/.pulumi/stacks/quayside/tiny.json`);
const file = join(folder, "tiny.plan");
let env: NodeJS.ProcessEnv;
/** Checkouts of programs: what is deployed at first, what is approved, and others. */
let at: Record<"first" | "approved" | "byHand" | "other", string>;

beforeAll(async () => {
  const { key, text: secrets } = await passphraseSecrets("secrets/tiny.sops.yaml");
  env = { SOPS_AGE_KEY: key, PULUMI_BACKEND_URL: `file://${folder}/state` };
  const of = (name: string, program: string) =>
    checkout(name, { "stacks/tiny.ts": () => program, "secrets/tiny.sops.yaml": () => secrets });
  at = {
    ...{ first: of("first", tiny("first")), approved: of("approved", tiny("approved")) },
    ...{ byHand: of("by-hand", tiny("by hand")), other: of("other", more) },
  };
});

/** @returns the digest of the plan */
async function save(checkout: string): Promise<string> {
  const output = await quay(checkout, ["plan", "save", "tiny", "--out", file, "--json"], env);
  return (JSON.parse(output) as { sha256: string }).sha256;
}

const apply = (checkout: string, sha256: string, more: NodeJS.ProcessEnv = {}) =>
  quay(checkout, ["plan", "apply", "tiny", file, "--sha256", sha256], { ...env, ...more }).then(
    () => "applied",
    (error: Error) => error.message,
  );

const up = (checkout: string) => quay(checkout, ["up", "tiny", "--yes", "--skip-preview", "--non-interactive"], env);

test("a saved plan is unreadable without the key, and is applied once", async () => {
  const [outputs, summary] = [join(folder, "outputs"), join(folder, "md")];
  const files = ["--out", file, "--outputs", outputs, "--summary", summary];
  await quay(at.first, ["plan", "save", "tiny", ...files], env);
  const said = readFileSync(outputs, "utf8").split("\n");
  const { changes, sha256 = "" } = Object.fromEntries(said.map((line) => line.split("=")));
  expect(Number(changes)).toBeGreaterThan(0);
  expect(readFileSync(summary, "utf8")).toContain("`deploy`");
  expect(readFileSync(file, "utf8")).not.toMatch(/first|KeyPair|deploy/);

  expect(await apply(at.first, "0".repeat(64))).toMatch(/not the plan that was approved/);
  expect(await apply(at.first, sha256, { SOPS_AGE_KEY: await generateIdentity() })).toMatch(/tiny\.sops\.yaml/);
  expect(await apply(at.first, sha256)).toBe("applied");
  expect(state()).toContain("KeyPair::deploy");
  // A job that is run again makes nothing twice.
  const once = state();
  expect(await apply(at.first, sha256)).toMatch(/what is deployed has changed since: .*deploy \(new\)/);
  expect(state()).toBe(once);
});

test("what was deployed by hand since the plan was saved is not undone by it", async () => {
  const sha256 = await save(at.approved);
  await up(at.byHand);
  expect(await apply(at.approved, sha256)).toMatch(
    /what is deployed has changed since: deploy \(changed\)\.\n.*Have a new plan approved: \.\/quay plan save tiny/s,
  );
  expect(state()).toContain("by hand");

  // Taken back, and written once more with nothing to do: what was approved is again what would be done.
  await up(at.first);
  await up(at.first);
  expect(await apply(at.approved, sha256)).toBe("applied");
  expect(state()).toMatch(/"comment": ?"approved"/);
});

test("neither another commit nor another program than was planned is applied", async () => {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
  const commit = async () => {
    const empty = ["commit", "--quiet", "--allow-empty", "--message", "test"];
    await execute("git", [...identity, ...empty], { cwd: at.first });
  };
  await execute("git", ["init", "--quiet"], { cwd: at.first });
  await commit();
  const planned = await save(at.first);
  await commit();
  expect(await apply(at.first, planned)).toMatch(/it was made from commit [0-9a-f]{40}, and this checkout is at /);
  expect(state()).toMatch(/"comment": ?"approved"/);

  expect(await apply(at.other, planned)).toMatch(/create is not allowed by the plan/);
  expect(state()).not.toContain("KeyPair::another");
});
