import { expect, test } from "vitest";
import { createCloudflare } from "../../lab/cloudflare/app.ts";
import { createGitHub } from "../../lab/github/app.ts";
import { GitHubState } from "../../lab/github/state.ts";
import type { Api } from "./ask.ts";
import { cloudflare, cloudflareAccess } from "./cloudflare.ts";
import { gitHub, gitHubAccess } from "./github.ts";
import type { Cloud, Deployment, ResourceState } from "./pending.ts";
import { configured } from "./providers.ts";

const URN = "urn:pulumi:prod::quayside::";
/** As `pulumi stack export --show-secrets` prints it. */
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const hidden = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };

const resource = (type: string, inputs: Record<string, unknown>, id?: string): ResourceState => ({
  ...{ urn: `${URN}${type}::it`, type, inputs, provider: `${URN}pulumi:providers:${type.split(":")[0]}::account::p1` },
  ...(id !== undefined && { id }),
});

/** A state with the provider's account in it, and what was pending as it is in plain text. */
function shown(name: string, account: Record<string, unknown>, pending: ResourceState): () => Promise<Deployment> {
  const type = `pulumi:providers:${name}`;
  const provider = { urn: `${URN}${type}::account`, type, id: "p1", inputs: account };
  const pending_operations = [{ type: "creating", resource: pending }];
  return async () => ({ deployment: { resources: [provider], pending_operations } });
}

/** Requests that reach an emulator without a network. */
const through = (app: { request(url: string, init?: RequestInit): Response | Promise<Response> }) =>
  (async (url: string, init?: RequestInit) => app.request(url, init)) as unknown as typeof fetch;
const using = <A extends Api>(access: A | undefined, request: typeof fetch): A | undefined =>
  access && { ...access, request };

const hookUrl = "https://ci.example.org/hook?token=s3cr3t";

async function platform() {
  const tokens = { "admin-token": { login: "alice" } };
  const options = { organization: "acme", users: [{ id: 11, login: "alice" }], teams: [], tokens };
  const { app } = createGitHub(new GitHubState(options));
  const post = async (path: string, body: unknown) => {
    const headers = { Authorization: "Bearer admin-token", "Content-Type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await app.request(`http://github.lab/api/v3/${path}`, init);
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { id: number };
  };
  await post("orgs/acme/repos", { name: "platform", visibility: "private" });
  const account = { owner: "acme", baseUrl: "http://github.lab/", token: secret("admin-token") };
  const ask = (pending: ResourceState, notBefore = 0): Cloud =>
    configured(
      shown("github", account, pending),
      "GitHub",
      (inputs) => using(gitHubAccess(inputs), through(app)),
      (access) => gitHub(access, notBefore),
    );
  return { post, ask };
}

test("what GitHub refuses to make twice is found by what it was declared with, secrets included", async () => {
  const { post, ask } = await platform();
  const type = "github:index/repositoryWebhook:RepositoryWebhook";
  const declared = { repository: "platform", configuration: secret({ url: hookUrl }) };
  const pending = resource(type, { ...declared, configuration: hidden });
  expect(await ask(resource(type, declared)).find(pending)).toBeUndefined();
  const { id } = await post("repos/acme/platform/hooks", { config: { url: hookUrl }, events: ["push"] });
  expect(await ask(resource(type, declared)).find(pending)).toBe(String(id));

  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDihGHupt2llbOiHqHb7AhrCpYYTMm20R+TfOHAIwu0s";
  const deployKey = resource("github:index/repositoryDeployKey:RepositoryDeployKey", {
    ...{ repository: "platform", title: "prod", key: `${key} a comment` },
  });
  const { id: keyId } = await post("repos/acme/platform/keys", { title: "prod", key, read_only: true });
  expect(await ask(deployKey).find(deployKey)).toBe(`platform:${keyId}`);

  const variable = resource("github:index/actionsVariable:ActionsVariable", {
    ...{ repository: "platform", variableName: "stack", value: "prod" },
  });
  expect(await ask(variable).find(variable)).toBeUndefined();
  await post("repos/acme/platform/actions/variables", { name: "STACK", value: "prod" });
  expect(await ask(variable).find(variable)).toBe("platform:STACK");
  const gone = { ...variable, id: "platform:OTHER" };
  expect(await ask(gone).isGone(gone)).toBe(true);
  expect(await ask(variable).isGone({ ...variable, id: "platform:STACK" })).toBe(false);
});

test("a repository that was there before the run is nobody's to take over", async () => {
  const { ask } = await platform();
  const repository = resource("github:index/repository:Repository", { name: "platform" });
  expect(await ask(repository).find(repository)).toBe("platform");
  expect(await ask(repository, Date.now() + 60_000).find(repository)).toBeUndefined();
});

test("a record is Cloudflare's answer with the same content, in the same zone", async () => {
  const { app, state } = createCloudflare("cf-token");
  const send = async (path: string, body: unknown) => {
    const headers = { Authorization: "Bearer cf-token", "Content-Type": "application/json" };
    const answer = await app.request(`http://cf/client/v4/${path}`, {
      ...{ method: "POST", headers, body: JSON.stringify(body) },
    });
    if (!answer.ok) throw new Error(await answer.text());
    return ((await answer.json()) as { result: { id: string } }).result.id;
  };
  const zoneId = await send("zones", { account: { id: state.account }, name: "example.org", type: "full" });
  const inputs = { zoneId, name: "n8n.example.org", type: "A", content: "203.0.113.10", ttl: 300, proxied: false };
  const record = resource("cloudflare:index/dnsRecord:DnsRecord", inputs);
  const cloud = configured(
    shown("cloudflare", { apiToken: secret("cf-token"), baseUrl: "http://cf/client/v4" }, record),
    "Cloudflare",
    (access) => using(cloudflareAccess(access), through(app)),
    cloudflare,
  );
  await send(`zones/${zoneId}/dns_records`, { ...inputs, content: "203.0.113.99" });
  expect(await cloud.find(record)).toBeUndefined();
  const id = await send(`zones/${zoneId}/dns_records`, inputs);
  expect(await cloud.find(record)).toBe(id);
  expect(await cloud.isGone({ ...record, id })).toBe(false);
  expect(await cloud.isGone({ ...record, id: "f".repeat(32) })).toBe(true);
});

test("without the account's token nothing is guessed", async () => {
  const repository = resource("github:index/repository:Repository", { name: "platform" });
  const state = shown("github", { owner: "acme", token: hidden }, repository);
  const cloud = configured(state, "GitHub", gitHubAccess, (access) => gitHub(access, 0));
  await expect(cloud.find(repository)).rejects.toThrow(/interrupted at it, and without a token nobody can tell/);
});
