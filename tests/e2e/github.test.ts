import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningGitHub, startGitHub } from "../../lab/github/server.ts";
import type { Repository } from "../../lab/github/state.ts";
import { ensureGitHubPlugin } from "../../toolchain/github-plugin.ts";
import { Project } from "./harness/project.ts";
import type { Run } from "./harness/run.ts";

/*
 * GitHubRepository through the real engine and the real plugin, against the emulated GitHub that octokit accepts.
 */

const components = resolve(import.meta.dirname, "../../components/github");
const TOKEN = "ghp_adminadminadminadminadminadminadmin0";
const HOOK_SECRET = "hook-secret-7c1f5a";
const SECRETS = { SOPS_AGE_KEY: "age-key-41d2c9", HCLOUD_TOKEN: "hcloud-token-93be07" };
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDihGHupt2llbOiHqHb7AhrCpYYTMm20R+TfOHAIwu0s";

let github: RunningGitHub;
let receiver: Server;
let hookUrl: string;
const deliveries: { signature: unknown; body: string }[] = [];
let project: Project;

beforeAll(async () => {
  await ensureGitHubPlugin();
  receiver = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    deliveries.push({ signature: request.headers["x-hub-signature-256"], body });
    response.end();
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
});

afterAll(() => void receiver?.close());

beforeEach(async () => {
  github = await startGitHub({
    organization: "acme",
    users: [{ id: 11, login: "alice" }],
    teams: [{ id: 21, slug: "ops" }],
    tokens: { [TOKEN]: { login: "alice" }, "read-token": { login: "alice", role: "read" } },
  });
  project = await Project.create();
});

afterEach(async () => {
  await project?.remove();
  await github?.close();
});

/** A stack with one repository; `changes` are arguments of it as source. */
function declare(changes: { repository?: string; token?: string } = {}): Promise<Project> {
  return project.program(`
    import { GitHubAccount } from ${JSON.stringify(`${components}/account.ts`)};
    import { GitHubRepository } from ${JSON.stringify(`${components}/repository.ts`)};
    const account = new GitHubAccount("github", {
      owner: "acme",
      token: ${JSON.stringify(changes.token ?? TOKEN)},
      baseUrl: ${JSON.stringify(github.url)},
      transform: { provider: { writeDelayMs: 1, retryDelayMs: 50 } },
    });
    new GitHubRepository("platform", { account, ephemeral: true, ${changes.repository ?? everything()} });
  `);
}

function everything(changes: { secret?: string; events?: string; wait?: number } = {}): string {
  const { secret = HOOK_SECRET, events = '["push"]', wait = 10 } = changes;
  return `
    settings: { description: "the platform", topics: ["pulumi"], merge: ["squash", "rebase"] },
    rules: { main: { approvals: 1, checks: ["test"] }, releases: { branches: ["release/*"], linearHistory: true } },
    labels: { "auto-fix": { color: "0e8a16", description: "may be repaired" } },
    webhooks: { relay: { url: ${JSON.stringify(hookUrl)}, secret: ${JSON.stringify(secret)}, events: ${events} } },
    deployKeys: { core: { key: "${KEY} deploy@core" } },
    secrets: { HCLOUD_TOKEN: "${SECRETS.HCLOUD_TOKEN}" },
    variables: { REGION: "fsn1" },
    environments: {
      production: {
        reviewers: { users: ["alice"], teams: ["ops"] },
        waitMinutes: ${wait},
        branches: ["main"],
        secrets: { SOPS_AGE_KEY: "${SECRETS.SOPS_AGE_KEY}" },
        variables: { STACK: "prod" },
      },
    },`;
}

function repository(): Repository {
  const found = github.state.repository("acme", "platform");
  if (!found) throw new Error("GitHub has no acme/platform");
  return found;
}

/** Delivers an event through the hook. @returns the secret of `candidates` that it was signed with */
async function signedWith(...candidates: string[]): Promise<string | undefined> {
  const [hook] = repository().hooks.values();
  const url = `${github.url}api/v3/repos/acme/platform/hooks/${hook?.id}/pings`;
  await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${TOKEN}` } });
  const { signature, body } = deliveries.at(-1) ?? { body: "" };
  return candidates.find((key) => signature === `sha256=${createHmac("sha256", key).update(body).digest("hex")}`);
}

const stepsOf = (run: Run): string[] => run.steps.map(({ op, name }) => `${op} ${name}`);

function expectNoSecret(text: string, more: readonly string[] = []): void {
  for (const secret of [TOKEN, HOOK_SECRET, ...Object.values(SECRETS), ...more]) expect(text).not.toContain(secret);
}

describe("a repository at GitHub", () => {
  it("is made whole, stays as it is, changes, is repaired, and goes", async () => {
    await declare();
    const made = await project.up();
    expectNoSecret(made.output);
    expectNoSecret(await project.state());
    const { settings, topics, labels, keys, rulesets, secrets, variables, environments } = repository();
    expect(settings).toMatchObject({ description: "the platform", visibility: "private", allow_merge_commit: false });
    expect(topics).toEqual(["pulumi"]);
    expect(repository().vulnerabilityAlerts).toBe(true);
    expect([...labels.values()].map(({ name }) => name)).toEqual(expect.arrayContaining(["auto-fix", "bug"]));
    expect([...keys.values()]).toMatchObject([{ title: "core", key: KEY, readOnly: true }]);
    expect([...rulesets.values()].map(({ body }) => body.name).sort()).toEqual(["main", "releases"]);
    expect(secrets.get("HCLOUD_TOKEN")?.value).toBe(SECRETS.HCLOUD_TOKEN);
    expect(variables.get("REGION")?.value).toBe("fsn1");
    const production = environments.get("production");
    expect(production).toMatchObject({ waitMinutes: 10, canAdminsBypass: false, preventSelfReview: true });
    expect(production?.reviewers).toEqual(
      expect.arrayContaining([
        { type: "User", id: 11 },
        { type: "Team", id: 21 },
      ]),
    );
    expect([...(production?.policies.values() ?? [])]).toMatchObject([{ name: "main", type: "branch" }]);
    expect(production?.secrets.get("SOPS_AGE_KEY")?.value).toBe(SECRETS.SOPS_AGE_KEY);
    expect(production?.variables.get("STACK")?.value).toBe("prod");
    expect(await signedWith(HOOK_SECRET)).toBe(HOOK_SECRET);

    // Nothing differs, with and without asking GitHub.
    expect(stepsOf(await project.preview())).toEqual([]);
    expect(stepsOf(await project.preview({ refresh: true }))).toEqual([]);

    // What is unrelated to it changes, and the secret survives.
    await declare({ repository: everything({ events: '["push", "issues"]', wait: 30 }) });
    const changed = await project.up();
    expect(stepsOf(changed).sort()).toEqual([
      "update platform-production-environment",
      "update platform-webhook-relay",
    ]);
    expect(await signedWith(HOOK_SECRET)).toBe(HOOK_SECRET);
    expect(production).not.toBe(repository().environments.get("production"));
    expect(repository().environments.get("production")?.secrets.size).toBe(1);

    // Another secret is a change of the hook, and of nothing else.
    await declare({ repository: everything({ events: '["push", "issues"]', wait: 30, secret: "another-secret" }) });
    const rotated = await project.up();
    expect(stepsOf(rotated)).toEqual(["update platform-webhook-relay"]);
    expectNoSecret(rotated.output, ["another-secret"]);
    expectNoSecret(await project.state(), ["another-secret"]);
    expect(await signedWith(HOOK_SECRET, "another-secret")).toBe("another-secret");

    // Somebody has been there by hand.
    repository().settings["has_wiki"] = true;
    const [hook] = repository().hooks.values();
    delete hook?.config.secret;
    secrets.delete("HCLOUD_TOKEN");
    const main = [...rulesets.values()].find(({ body }) => body.name === "main");
    if (main) main.body["enforcement"] = "disabled";
    expect(stepsOf(await project.preview({ refresh: true })).sort()).toEqual([
      "create platform-secret-HCLOUD_TOKEN",
      "update platform-repository",
      "update platform-rules-main",
      "update platform-webhook-relay",
    ]);
    await project.up({ refresh: true });
    expect(repository().settings["has_wiki"]).toBe(false);
    expect(main?.body["enforcement"]).toBe("active");
    expect(repository().secrets.get("HCLOUD_TOKEN")?.value).toBe(SECRETS.HCLOUD_TOKEN);
    expect(await signedWith("another-secret")).toBe("another-secret");

    await project.destroy();
    expect(github.state.repositories.size).toBe(0);
  });

  it("leaves an existing repository as it is and makes what is declared beside its settings", async () => {
    const api = (path: string, body: object) =>
      fetch(`${github.url}api/v3${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { Authorization: `Bearer ${TOKEN}` },
      });
    await api("/orgs/acme/repos", { name: "platform", description: "by hand", has_wiki: true });
    const labels = 'labels: { "auto-fix": { color: "0e8a16" } },';
    await declare({ repository: `ephemeral: false, existing: true, ${labels} variables: { REGION: "fsn1" }` });
    await project.up();
    expect(repository().settings).toMatchObject({ description: "by hand", has_wiki: true });
    expect(repository().labels.size).toBe(10);
    expect(stepsOf(await project.preview({ refresh: true }))).toEqual([]);
    await project.destroy();
    expect(repository().labels.size).toBe(9);
    expect(repository().variables.size).toBe(0);
  });
});
