/** The repository that all this is kept in: who may change it, and what its workflows deploy with. */
import { GitHubAccount } from "../components/github/account.ts";
import { GitHubRepository } from "../components/github/repository.ts";
import { loadSecrets } from "../secrets/load.ts";
import { repositorySecrets } from "../secrets/schemas.ts";

const secrets = loadSecrets("github", repositorySecrets);

/**
 * What a workflow deploys with: the same names in each environment. Preprod's state is in a project of its own, as a key
 * at Hetzner opens every bucket of its project, and any branch that is labelled for a preprod runs with it.
 */
const deployment = (
  bucket: string,
  { ageKey, stateAccessKeyId, stateSecretAccessKey }: typeof secrets.deploy.preprod,
) => ({
  variables: { PULUMI_BACKEND_URL: `s3://${bucket}?endpoint=fsn1.your-objectstorage.com&region=fsn1` },
  secrets: {
    SOPS_AGE_KEY: ageKey,
    STATE_ACCESS_KEY_ID: stateAccessKeyId,
    STATE_SECRET_ACCESS_KEY: stateSecretAccessKey,
  },
});

const platform = new GitHubRepository("platform", {
  account: new GitHubAccount("github", { owner: "example", token: secrets.github.token }),
  settings: { description: "The company's platform", topics: ["pulumi", "self-hosted"] },
  rules: { main: { approvals: 1, checks: ["quick", "test"] } },
  labels: {
    "auto-fix": { color: "0e8a16", description: "May be repaired by the bot" },
    preprod: { color: "1d76db", description: "Has a preprod of its own while it is open" },
  },
  webhooks: {
    "auto-fix": { url: "https://hook.example.org/webhook/github", secret: secrets.github.webhook, events: ["issues"] },
  },
  environments: {
    preprod: deployment("example-preprod-state", secrets.deploy.preprod),
    plan: { branches: ["main"], ...deployment("example-state", secrets.deploy.production) },
    production: {
      // The team "operators", by its number: a name would have to be looked up at GitHub in every preview.
      reviewers: { teams: [4711] },
      waitMinutes: 5,
      branches: ["main"],
      ...deployment("example-state", secrets.deploy.production),
    },
  },
  // Runners that the servers let in over SSH. One that runs branches' code is not to be production's.
  variables: { PREPROD_RUNNER: "preprod", PRODUCTION_RUNNER: "production" },
});

export const outputs = { repository: platform.fullName };
