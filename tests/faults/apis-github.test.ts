/** What GitHub's API does to a deployment at its worst, through the real plugin. */
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type RunningGitHub, startGitHub } from "../../lab/github/server.ts";
import type { Repository } from "../../lab/github/state.ts";
import { ensureGitHubPlugin } from "../../toolchain/github-plugin.ts";
import type { Project } from "../e2e/harness/project.ts";
import { closedPort, errorsOf, givenUp, startGate, stepsOf, up, withProject } from "./apis/as-quay.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5p2SVkmPaIw1u0p8qTz3E0nX9bYc0o1m2d3e4f5g6h";
const components = resolve(import.meta.dirname, "../../components");

describe.concurrent("GitHub", () => {
  beforeAll(() => ensureGitHubPlugin());

  const TOKEN = "ghp_adminadminadminadminadminadminadmin0";
  const HOOK_SECRET = "hook-secret-7c1f5a";
  const AGE_KEY = "age-key-41d2c9";

  interface Declared {
    project: Project;
    github: RunningGitHub;
    declare(changes?: { token?: string; baseUrl?: string }): Promise<unknown>;
    repository(): Repository;
    /** Everything is there once, with its secrets, and nothing differs. */
    expectWhole(): Promise<void>;
  }

  const withGitHub = (work: (declared: Declared) => Promise<void>) =>
    withProject(async (project) => {
      const github = await startGitHub({
        organization: "acme",
        users: [{ id: 11, login: "alice" }],
        teams: [],
        tokens: { [TOKEN]: { login: "alice" }, "read-token": { login: "alice", role: "read" } },
      });
      const repository = () => {
        const found = github.state.repository("acme", "platform");
        if (!found) throw new Error("GitHub has no acme/platform");
        return found;
      };
      try {
        await work({
          ...{ project, github, repository },
          declare: (changes) => project.program(program({ token: TOKEN, baseUrl: github.url, ...changes })),
          expectWhole: async () => {
            const { hooks, keys, rulesets, variables, labels, environments } = repository();
            expect([...hooks.values()].map(({ config }) => config.secret)).toEqual([HOOK_SECRET]);
            expect([keys.size, rulesets.size, variables.size, labels.size]).toEqual([1, 1, 1, 10]);
            const production = environments.get("production");
            expect(production?.secrets.get("SOPS_AGE_KEY")?.value).toBe(AGE_KEY);
            expect(production?.variables.get("STACK")?.value).toBe("prod");
            expect(github.state.repositories.size).toBe(1);
            expect((await project.preview({ refresh: true })).steps).toEqual([]);
          },
        });
      } finally {
        await github.close();
      }
    });

  const program = ({ token, baseUrl }: { token: string; baseUrl: string }) => `
    import { GitHubAccount } from ${JSON.stringify(`${components}/github/account.ts`)};
    import { GitHubRepository } from ${JSON.stringify(`${components}/github/repository.ts`)};
    const account = new GitHubAccount("github", { owner: "acme", token: "${token}", baseUrl: "${baseUrl}",
      transform: { provider: { writeDelayMs: 1, retryDelayMs: 50 } } });
    new GitHubRepository("platform", { account, ephemeral: true,
      rules: { main: { approvals: 1 } },
      labels: { "auto-fix": { color: "0e8a16" } },
      webhooks: { relay: { url: "https://hook.example.org/", secret: "${HOOK_SECRET}", events: ["push"] } },
      deployKeys: { core: { key: "${KEY}" } },
      variables: { REGION: "fsn1" },
      environments: { production: { secrets: { SOPS_AGE_KEY: "${AGE_KEY}" }, variables: { STACK: "prod" } } },
    });`;

  it("refuses a wrong token in one sentence that says where another one is made", () =>
    withGitHub(async ({ project, github, declare, expectWhole }) => {
      await declare({ token: "wrong-token" });
      const run = await up(project);
      expect(run.code).not.toBe(0);
      for (const { message } of errorsOf(run)) expect(message).toContain("401 Bad credentials");
      expect(run.said).toEqual([expect.stringMatching(/^GitHub does not accept the token\. .*GitHubAccount\.$/)]);
      expect(run.output + run.said).not.toMatch(/wrong-token|Bearer/);
      expect(github.state.repositories.size).toBe(0);
      await declare({ token: "read-token" });
      const weak = await up(project);
      expect(weak.output).toContain("403 Resource not accessible by personal access token");
      expect(github.state.repositories.size).toBe(0);
      await declare();
      expect(errorsOf(await up(project))).toEqual([]);
      await expectWhole();
    }));

  it("in passing is waited out: both of its limits, its faults, an answer that takes long or gets lost", () =>
    withGitHub(async ({ project, github, declare, expectWhole }) => {
      const { faults } = github;
      faults.add({ kind: "secondary-limit", request: "POST /orgs/acme/repos$" });
      faults.add({ kind: "secondary-limit", status: 429, request: "POST .*/hooks$" });
      faults.add({ kind: "primary-limit", status: 429, resetSeconds: 2, request: "POST .*/labels$" });
      faults.add({ kind: "http", status: 502, times: 2, request: "PUT .*/environments/production$" });
      faults.add({ kind: "http", status: 429, request: "GET .*/secrets/public-key$" });
      faults.add({ kind: "slow", delayMs: 15_000, request: "GET /repos/acme/platform$" });
      // Takes effect, and nobody hears of it.
      faults.add({ kind: "http", status: 504, after: true, request: "PUT .*/secrets/SOPS_AGE_KEY$" });
      faults.add({ kind: "hang-up", after: true, request: "PUT .*/vulnerability-alerts$" });
      await declare();
      const run = await up(project);
      expect(errorsOf(run)).toEqual([]);
      for (const secret of [TOKEN, HOOK_SECRET, AGE_KEY]) expect(run.output).not.toContain(secret);
      expect(faults.list()).toEqual([]);
      await expectWhole();
    }));

  it("for good is one error with its words and what to do, and the next run goes on from there", () =>
    withGitHub(async ({ project, github, declare, expectWhole }) => {
      github.faults.add({ kind: "http", status: 503, message: "Unicorn!", times: 50, request: "POST .*/hooks$" });
      github.faults.add({ kind: "http", status: 503, request: "/rate_limit$" });
      await declare();
      const run = await up(project);
      const failed = errorsOf(run).filter(({ message }) => message.includes("503 Unicorn!"));
      expect([...new Set(failed.map(({ name }) => name))]).toEqual(["platform-webhook-relay"]);
      expect(run.said).toEqual([expect.stringMatching(/^GitHub itself fails \(503\)\. .* Run again later: /)]);
      github.faults.clear();
      expect(stepsOf(await up(project))).toContain("create platform-webhook-relay");
      await expectWhole();
    }));

  it("whose answers get lost has made what it made: it is taken over, and nothing is there twice", () =>
    withGitHub(async ({ project, github, declare, expectWhole }) => {
      // Asked again by the plugin, it says that there is one already.
      github.faults.add({ kind: "hang-up", after: true, request: "POST /orgs/acme/repos$" });
      await declare();
      const first = await up(project);
      expect(first.output).toContain("name already exists on this account");
      expect(first.said).toEqual([
        expect.stringContaining("GitHub had made platform-repository: taken into the stack"),
      ]);
      for (const made of ["hooks", "keys", "rulesets", "actions/variables", "environments/production/variables"]) {
        github.faults.add({ kind: "http", status: 504, after: true, request: `POST .*/platform/${made}$` });
      }
      const second = await up(project);
      expect(second.code).not.toBe(0);
      expect(second.said.join()).toMatch(/GitHub had made [\w, -]+: taken into the stack, nothing is made twice/);
      const third = await up(project);
      // One in an environment comes only once that is there.
      const last = third.code === 0 ? third : await up(project);
      expect(errorsOf(last)).toEqual([]);
      expect(github.faults.list()).toEqual([]);
      await expectWhole();
    }));

  it("that takes requests and never answers is given up: the run ends with that, and the next one goes on", () =>
    withGitHub(async ({ project, github, declare, expectWhole }) => {
      const gate = await startGate(github.url);
      try {
        await declare({ baseUrl: `${gate.origin}/` });
        gate.silent = true;
        const run = await up(project);
        expect(run.code).not.toBe(0);
        expect(run.said).toEqual(givenUp("GitHub", gate.origin));
        gate.silent = false;
        expect(errorsOf(await up(project))).toEqual([]);
        await expectWhole();
      } finally {
        await gate.close();
      }
    }));

  it("that is not there is said so", () =>
    withGitHub(async ({ project, declare }) => {
      const origin = `http://127.0.0.1:${await closedPort()}`;
      await declare({ baseUrl: `${origin}/` });
      const run = await up(project);
      expect(run.code).not.toBe(0);
      expect(run.said).toEqual([expect.stringContaining(`GitHub does not answer at ${origin} (ECONNREFUSED). `)]);
    }));
});
