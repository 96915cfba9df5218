import { describe, expect, test } from "vitest";
import { GitHubAccount } from "../../components/github/account.ts";
import { GitHubRepository } from "../../components/github/repository.ts";
import type { GitHubRepositoryArgs } from "../../components/github/repository-args.ts";
import { faultsOf, recordResources, resourcesOf } from "./mocks.ts";

recordResources();

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDihGHupt2llbOiHqHb7AhrCpYYTMm20R+TfOHAIwu0s";

function platform(args: Omit<GitHubRepositoryArgs, "account"> = {}): GitHubRepository {
  const account = new GitHubAccount("github", { owner: "acme", token: "ghp_0" });
  return new GitHubRepository("platform", { account, ...args });
}

describe("GitHubRepository", () => {
  test("is private, squashes, and names its children by what they are", async () => {
    const resources = await resourcesOf(() => {
      platform({
        rules: { main: { approvals: 1 } },
        labels: { "auto-fix": { color: "0e8a16" } },
        webhooks: { relay: { url: "https://hook.example.org/github", secret: "s3cret", events: ["push"] } },
        deployKeys: { core: { key: KEY } },
        secrets: { HCLOUD_TOKEN: "t0ken" },
        variables: { REGION: "fsn1" },
        environments: {
          production: { reviewers: { users: [11] }, waitMinutes: 10, branches: ["main"], secrets: { AGE_KEY: "k" } },
        },
      });
    });
    expect(Object.keys(resources).sort()).toEqual([
      "github",
      "github-provider",
      "platform",
      "platform-deploy-key-core",
      "platform-labels",
      "platform-production-branch-main",
      "platform-production-environment",
      "platform-production-secret-AGE_KEY",
      "platform-repository",
      "platform-rules-main",
      "platform-secret-HCLOUD_TOKEN",
      "platform-variable-REGION",
      "platform-vulnerability-alerts",
      "platform-webhook-relay",
    ]);
    expect(resources["platform-repository"]?.inputs).toMatchObject({
      name: "platform",
      visibility: "private",
      allowSquashMerge: true,
      allowMergeCommit: false,
      deleteBranchOnMerge: true,
      archiveOnDestroy: true,
    });
    expect(resources["platform-deploy-key-core"]?.inputs).toMatchObject({ repository: "platform", readOnly: true });
    expect(resources["platform-production-environment"]?.inputs).toMatchObject({
      repository: "platform",
      environment: "production",
      canAdminsBypass: false,
      preventSelfReview: true,
      waitTimer: 10,
      reviewers: [{ users: [11], teams: [] }],
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
  });

  test("makes nothing of an existing repository itself", async () => {
    const resources = await resourcesOf(() => {
      platform({ repository: "Infra", existing: true, labels: { "auto-fix": { color: "0e8a16" } } });
    });
    expect(Object.keys(resources).sort()).toEqual(["github", "github-provider", "platform", "platform-label-auto-fix"]);
    expect(resources["platform-label-auto-fix"]?.inputs).toMatchObject({ repository: "Infra", name: "auto-fix" });
  });

  test("says everything that is wrong at once, and never a key or secret", () => {
    const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----";
    const faults = faultsOf(() =>
      platform({
        repository: "a/b",
        existing: true,
        adopt: true,
        settings: { topics: ["Pulumi"] },
        rules: { main: { codeOwners: true, branches: [] }, next: { approvals: 11 } },
        labels: { "auto fix": { color: "#0e8a16" } },
        webhooks: { relay: { url: "http://hook.example.org/", secret: "s3cret", events: [] } },
        deployKeys: { core: { key: privateKey }, hub: { key: KEY }, apps: { key: `${KEY} me@apps` } },
        environments: {
          production: { waitMinutes: 50_000, reviewers: { users: [1, 2, 3, 4], teams: ["a", "b", "c"] }, branches: [] },
        },
        secrets: { GITHUB_TOKEN: "t0ken", "hcloud-token": "t0ken" },
      }),
    );
    expect(
      faults.map((fault) =>
        fault
          .split(" ")
          .slice(0, fault.startsWith("labels") ? 2 : 1)
          .join(" "),
      ),
    ).toEqual([
      "repository",
      "settings",
      "adopt",
      "settings.topics[0]",
      "rules.main.codeOwners",
      "rules.main.branches",
      "rules.next.approvals",
      'labels["auto fix"].color',
      "webhooks.relay.url",
      "webhooks.relay.events",
      "deployKeys.core.key",
      "deployKeys.apps.key",
      "environments.production.waitMinutes",
      "environments.production.reviewers",
      "environments.production.branches",
      "secrets.GITHUB_TOKEN",
      "secrets.hcloud-token",
    ]);
    expect(faults.join("\n")).not.toMatch(/PRIVATE|s3cret|t0ken/);
  });
});
