import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Octokit, RequestError } from "octokit";
import { describe, expect, it } from "vitest";
import { createGitHub, type GitHubApp } from "./app.ts";
import { seal } from "./sealed-box.ts";
import { GitHubState } from "./state.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDihGHupt2llbOiHqHb7AhrCpYYTMm20R+TfOHAIwu0s";
const platform = { owner: "acme", repo: "platform" };

/** GitHub's own client, whose requests reach the emulator without a network. */
function client(github: GitHubApp, auth = "admin-token"): Octokit {
  const fetch = async (url: string, init: RequestInit) => github.app.request(url, init);
  return new Octokit({
    auth,
    baseUrl: "http://github.lab/api/v3",
    request: { fetch },
    retry: { enabled: false },
    throttle: { enabled: false },
  });
}

function lab(): { github: GitHubApp; octokit: Octokit } {
  const state = new GitHubState({
    organization: "acme",
    users: [{ id: 11, login: "alice" }],
    teams: [{ id: 21, slug: "ops" }],
    tokens: { "admin-token": { login: "alice" }, "read-token": { login: "alice", role: "read" } },
  });
  const github = createGitHub(state);
  return { github, octokit: client(github) };
}

async function withRepository() {
  const { github, octokit } = lab();
  await octokit.rest.repos.createInOrg({ org: "acme", name: "platform", visibility: "private" });
  return { github, octokit };
}

async function refused(request: Promise<unknown>): Promise<{ status: number; message: string }> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RequestError)) throw new Error(`not refused: ${error}`);
  return { status: error.status, message: error.message };
}

describe("the emulated GitHub, asked by octokit", () => {
  it("makes, changes, renames, archives and deletes repositories", async () => {
    const { octokit } = await withRepository();
    const { data } = await octokit.rest.repos.get(platform);
    expect(data).toMatchObject({ full_name: "acme/platform", private: true, has_issues: true, topics: [] });
    await octokit.rest.repos.update({ ...platform, description: "all of it", has_wiki: false, visibility: "public" });
    await octokit.rest.repos.replaceAllTopics({ ...platform, names: ["pulumi"] });
    expect((await octokit.rest.repos.get(platform)).data).toMatchObject({
      description: "all of it",
      has_wiki: false,
      private: false,
      topics: ["pulumi"],
    });
    await octokit.rest.repos.update({ ...platform, name: "infra" });
    const infra = { owner: "acme", repo: "infra" };
    expect((await refused(octokit.rest.repos.get(platform))).status).toBe(404);
    await octokit.rest.repos.update({ ...infra, archived: true });
    expect(await refused(octokit.rest.issues.createLabel({ ...infra, name: "x", color: "000000" }))).toEqual({
      status: 403,
      message: expect.stringContaining("archived so is read-only"),
    });
    await octokit.rest.repos.delete(infra);
    expect((await refused(octokit.rest.repos.get(infra))).status).toBe(404);
  });

  it("says whose repository it is", async () => {
    const { octokit } = lab();
    const { data } = await octokit.rest.repos.createForAuthenticatedUser({ name: "dotfiles" });
    expect(data.owner).toMatchObject({ login: "alice", type: "User" });
    expect((await octokit.rest.users.getAuthenticated()).data.login).toBe("alice");
  });

  it("keeps labels unique whatever their capitals, and pages through them", async () => {
    const { octokit } = await withRepository();
    await octokit.rest.issues.createLabel({ ...platform, name: "auto-fix", color: "0e8a16" });
    expect((await refused(octokit.rest.issues.createLabel({ ...platform, name: "Bug", color: "000000" }))).status).toBe(
      422,
    );
    await octokit.rest.issues.updateLabel({ ...platform, name: "bug", new_name: "defect" });
    const labels = await octokit.paginate(octokit.rest.issues.listLabelsForRepo, { ...platform, per_page: 4 });
    expect(labels).toHaveLength(10);
    expect(labels.map((label) => label.name)).toEqual(expect.arrayContaining(["auto-fix", "defect", "wontfix"]));
  });

  it("never shows a hook's secret, keeps it unless the configuration is given, and signs with it", async () => {
    const { octokit } = await withRepository();
    const received: { signature: unknown; body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      const body = (await request.toArray()).join("");
      received.push({ signature: request.headers["x-hub-signature-256"], body });
      response.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const config = { url, content_type: "json", secret: "s3cret" };
    const { data: hook } = await octokit.rest.repos.createWebhook({ ...platform, config, events: ["push"] });
    expect(hook.config.secret).toBe("********");
    const at = { ...platform, hook_id: hook.id };
    await octokit.rest.repos.updateWebhook({ ...at, events: ["push", "issues"] });
    await octokit.rest.repos.pingWebhook(at);
    await octokit.rest.repos.updateWebhook({ ...at, config: { url, content_type: "json" } });
    await octokit.rest.repos.pingWebhook(at);
    receiver.close();
    const [signed, unsigned] = received;
    expect(signed?.signature).toBe(
      `sha256=${createHmac("sha256", "s3cret")
        .update(signed?.body ?? "")
        .digest("hex")}`,
    );
    expect(unsigned?.signature).toBeUndefined();
    expect((await refused(octokit.rest.repos.createWebhook({ ...platform, config }))).message).toContain(
      "already exists",
    );
  });

  it("lets a deploy key open one repository only", async () => {
    const { octokit } = await withRepository();
    const { data: key } = await octokit.rest.repos.createDeployKey({
      ...platform,
      title: "core",
      key: `${KEY} me@core`,
    });
    expect(key).toMatchObject({ key: KEY, read_only: false });
    await octokit.rest.repos.createInOrg({ org: "acme", name: "other" });
    const again = octokit.rest.repos.createDeployKey({ owner: "acme", repo: "other", title: "core", key: KEY });
    expect((await refused(again)).message).toContain("key is already in use");
    await octokit.rest.repos.deleteDeployKey({ ...platform, key_id: key.id });
  });

  it("fills in what a ruleset leaves out", async () => {
    const { octokit } = await withRepository();
    const { data: set } = await octokit.rest.repos.createRepoRuleset({
      ...platform,
      name: "main",
      enforcement: "active",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [
        { type: "deletion" },
        {
          type: "required_status_checks",
          parameters: { required_status_checks: [{ context: "test" }], strict_required_status_checks_policy: true },
        },
      ],
    });
    expect(set.rules?.[1]).toMatchObject({ parameters: { do_not_enforce_on_create: false } });
    const same = octokit.rest.repos.createRepoRuleset({ ...platform, name: "main", enforcement: "active" });
    expect((await refused(same)).message).toContain("Name must be unique");
  });

  it("takes away from an environment what is left out", async () => {
    const { octokit } = await withRepository();
    const at = { ...platform, environment_name: "production" };
    const reviewers = [
      { type: "User", id: 11 },
      { type: "Team", id: 21 },
    ] as const;
    await octokit.rest.repos.createOrUpdateEnvironment({ ...at, wait_timer: 30, reviewers: [...reviewers] });
    const { data } = await octokit.rest.repos.getEnvironment(at);
    expect(data.protection_rules).toMatchObject([
      { type: "wait_timer", wait_timer: 30 },
      { type: "required_reviewers", reviewers: [{ reviewer: { login: "alice" } }, { reviewer: { slug: "ops" } }] },
    ]);
    await octokit.rest.repos.createOrUpdateEnvironment(at);
    expect((await octokit.rest.repos.getEnvironment(at)).data.protection_rules).toEqual([]);
    const unknown = octokit.rest.repos.createOrUpdateEnvironment({ ...at, reviewers: [{ type: "User", id: 99 }] });
    expect((await refused(unknown)).message).toContain("User 99 does not exist");
  });

  it("opens sealed secrets, shows that they are there and not what they are", async () => {
    const { github, octokit } = await withRepository();
    const { data: key } = await octokit.rest.actions.getRepoPublicKey(platform);
    const sealed = seal(Buffer.from("hunter2"), Buffer.from(key.key, "base64"));
    const encrypted_value = Buffer.from(sealed).toString("base64");
    const secret = { ...platform, secret_name: "token", encrypted_value, key_id: key.key_id };
    await octokit.rest.actions.createOrUpdateRepoSecret(secret);
    expect(github.state.repository("acme", "platform")?.secrets.get("TOKEN")?.value).toBe("hunter2");
    const { data } = await octokit.rest.actions.listRepoSecrets(platform);
    expect(data.secrets.map((shown) => Object.keys(shown))).toEqual([["name", "created_at", "updated_at"]]);
    sealed[40] = (sealed[40] ?? 0) ^ 1;
    const altered = { ...secret, encrypted_value: Buffer.from(sealed).toString("base64") };
    expect((await refused(octokit.rest.actions.createOrUpdateRepoSecret(altered))).status).toBe(422);
  });

  it("keeps an environment's variables apart from the repository's", async () => {
    const { octokit } = await withRepository();
    const environment = { ...platform, environment_name: "production" };
    await octokit.rest.repos.createOrUpdateEnvironment(environment);
    await octokit.rest.actions.createRepoVariable({ ...platform, name: "region", value: "fsn1" });
    await octokit.rest.actions.createEnvironmentVariable({ ...environment, name: "REGION", value: "nbg1" });
    await octokit.rest.actions.updateRepoVariable({ ...platform, name: "REGION", value: "hel1" });
    const { data } = await octokit.rest.actions.getEnvironmentVariable({ ...environment, name: "REGION" });
    expect(data.value).toBe("nbg1");
    expect((await octokit.rest.actions.getRepoVariable({ ...platform, name: "REGION" })).data.value).toBe("hel1");
    const again = octokit.rest.actions.createRepoVariable({ ...platform, name: "REGION", value: "x" });
    expect((await refused(again)).status).toBe(409);
  });

  it("refuses tokens that are wrong or may only read", async () => {
    const { github } = await withRepository();
    expect((await refused(client(github, "wrong").rest.repos.get(platform))).message).toContain("Bad credentials");
    const reader = client(github, "read-token");
    await reader.rest.repos.get(platform);
    expect((await refused(reader.rest.repos.delete(platform))).status).toBe(403);
  });

  it("answers 304 to who has the newest already", async () => {
    const { octokit } = await withRepository();
    const { headers } = await octokit.rest.repos.get(platform);
    const again = octokit.rest.repos.get({ ...platform, headers: { "if-none-match": headers.etag ?? "" } });
    expect((await refused(again)).status).toBe(304);
    await octokit.rest.repos.update({ ...platform, description: "new" });
    await octokit.rest.repos.get({ ...platform, headers: { "if-none-match": headers.etag ?? "" } });
  });

  it("has the faults that are armed, as often as asked, on matching requests", async () => {
    const { github, octokit } = await withRepository();
    github.faults.add({ kind: "http", status: 502, request: "GET /repos/acme/platform$" });
    await octokit.rest.repos.listTags(platform).catch(() => {});
    expect((await refused(octokit.rest.repos.get(platform))).status).toBe(502);
    await octokit.rest.repos.get(platform);

    github.faults.add({ kind: "secondary-limit", status: 429, retryAfterSeconds: 7 });
    expect(await refused(octokit.rest.repos.get(platform))).toMatchObject({ status: 429 });

    github.faults.add({ kind: "http", status: 504, after: true, request: "POST .*/labels$" });
    expect(
      (await refused(octokit.rest.issues.createLabel({ ...platform, name: "half", color: "000000" }))).status,
    ).toBe(504);
    await octokit.rest.issues.getLabel({ ...platform, name: "half" });

    github.faults.add({ kind: "primary-limit", resetSeconds: 60 });
    expect((await refused(octokit.rest.repos.get(platform))).message).toContain("API rate limit exceeded");
    // Asking for it is free.
    expect((await octokit.rest.rateLimit.get()).data.resources.core).toMatchObject({ limit: 5000, remaining: 0 });
    expect((await refused(octokit.rest.repos.get(platform))).status).toBe(403);
  });
});
