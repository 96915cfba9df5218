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

const publicKeys = (state: string) => state.match(/ssh-ed25519 [\w+/=]+/g);

/** A stack that needs no host, and one that wants more than was approved. */
const tiny =
  'import { KeyPair } from "../provider/index.ts";\nnew KeyPair("deploy", { comment: "approved" });\nexport const outputs = {};\n';
const more = `${tiny}new KeyPair("another", {});\n`;

test("a saved plan is unreadable without the key, and exactly what it says is applied from another checkout", async () => {
  const { key, text: secrets } = await passphraseSecrets("secrets/tiny.sops.yaml");
  const files = { "stacks/tiny.ts": () => tiny, "secrets/tiny.sops.yaml": () => secrets };
  const [approved, other] = [
    checkout("approved", files),
    checkout("other", { ...files, "stacks/tiny.ts": () => more }),
  ];
  const env = { SOPS_AGE_KEY: key, PULUMI_BACKEND_URL: `file://${folder}/state` };
  const file = join(folder, "tiny.plan");

  const outputs = join(folder, "outputs");
  await quay(
    approved,
    ["plan", "save", "tiny", "--out", file, "--outputs", outputs, "--summary", join(folder, "md")],
    env,
  );
  const { changes, sha256 } = Object.fromEntries(
    readFileSync(outputs, "utf8")
      .split("\n")
      .map((line) => line.split("=")),
  );
  expect(Number(changes)).toBeGreaterThan(0);
  expect(readFileSync(join(folder, "md"), "utf8")).toContain("`deploy`");
  expect(readFileSync(file, "utf8")).not.toMatch(/approved|KeyPair|deploy/);

  const apply = (at: string, digest = sha256, more: NodeJS.ProcessEnv = {}) =>
    quay(at, ["plan", "apply", "tiny", file, "--sha256", digest ?? ""], { ...env, ...more }).then(
      () => "applied",
      (error: Error) => error.message,
    );
  expect(await apply(approved, "0".repeat(64))).toMatch(/not the plan that was approved/);
  expect(await apply(approved, sha256, { SOPS_AGE_KEY: await generateIdentity() })).toMatch(/tiny\.sops\.yaml/);
  expect(await apply(other)).toMatch(/create is not allowed by the plan/);
  const state = () => readIfThere(`${folder}/state/.pulumi/stacks/quayside/tiny.json`);
  expect(state()).not.toContain("KeyPair::another");

  expect(await apply(approved)).toBe("applied");
  expect(state()).toContain("KeyPair::deploy");
  // A job that is run again makes nothing twice.
  const once = state();
  expect(await apply(approved)).toBe("applied");
  expect(publicKeys(state())).toEqual(publicKeys(once));
});
