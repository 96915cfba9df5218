// One module each: the package's index loads all of its resources.
import { ActionsSecret } from "@pulumi/github/actionsSecret.js";
import { ActionsVariable } from "@pulumi/github/actionsVariable.js";
import { IssueLabel } from "@pulumi/github/issueLabel.js";
import { IssueLabels } from "@pulumi/github/issueLabels.js";
import { Repository, type RepositoryArgs } from "@pulumi/github/repository.js";
import { RepositoryDeployKey } from "@pulumi/github/repositoryDeployKey.js";
import { RepositoryRuleset } from "@pulumi/github/repositoryRuleset.js";
import { RepositoryVulnerabilityAlerts } from "@pulumi/github/repositoryVulnerabilityAlerts.js";
import { RepositoryWebhook } from "@pulumi/github/repositoryWebhook.js";
import * as pulumi from "@pulumi/pulumi";
import { Component, refuse, transformed } from "../component.ts";
import { createEnvironment } from "./environment.ts";
import { repositoryFaults } from "./faults.ts";
import { declaredLabels, wholeSet } from "./labels.ts";
import type { GitHubRepositoryArgs, RepositorySettings } from "./repository-args.ts";
import { renderRuleset } from "./rules.ts";

/**
 * A repository at GitHub and what belongs to it: its settings, rules for branches, labels, webhooks, deploy keys, and the
 * environments that deployments go through, with the secrets and variables of Actions.
 *
 * GitHub never shows a secret. Its whole value is in the stack's state, encrypted, so that a changed one is a change, an
 * unchanged one is none, and whatever else changes sends it along. One that was removed at GitHub is noticed and set again;
 * that somebody overwrote it there cannot be seen.
 *
 * A run whose answer from GitHub was lost repeats the request, and ends with what is there already; `quay up` takes that
 * into the stack, so that the next run goes on. Plain `pulumi` does not: a repository is then taken over with `adopt`; a
 * webhook, rule, deploy key or variable is deleted at GitHub, and made by the next run.
 *
 * @example
 * ```ts
 * const acme = new GitHubAccount("github", { owner: "acme", token: secrets.github.token });
 * new GitHubRepository("platform", {
 *   account: acme,
 *   settings: { description: "The company's platform", topics: ["pulumi"] },
 *   rules: { main: { approvals: 1, checks: ["test"] } },
 *   labels: { "auto-fix": { color: "0e8a16", description: "May be repaired by the bot" } },
 *   webhooks: { relay: { url: "https://hook.example.org/github", secret: secrets.github.webhook, events: ["push"] } },
 *   environments: {
 *     production: {
 *       reviewers: { teams: ["ops"] },
 *       waitMinutes: 10,
 *       branches: ["main"],
 *       secrets: { SOPS_AGE_KEY: secrets.github.ageKey },
 *       variables: { STACK: "prod" },
 *     },
 *   },
 * });
 * ```
 */
export class GitHubRepository extends Component {
  /** `platform`. */
  readonly repositoryName: pulumi.Output<string>;
  /** `acme/platform`. */
  readonly fullName: pulumi.Output<string>;
  readonly #args: GitHubRepositoryArgs;
  /** Undefined for an existing one. */
  readonly #repository: Repository | undefined;

  constructor(name: string, args: GitHubRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("github:GitHubRepository", name, opts);
    refuse("GitHubRepository", name, repositoryFaults(name, args));
    this.#args = args;
    this.#repository = args.existing ? undefined : this.#createRepository(args.settings ?? {});
    this.repositoryName = this.#repository?.name ?? pulumi.output(args.repository ?? name);
    this.fullName = pulumi.interpolate`${args.account.owner}/${this.repositoryName}`;

    this.#createRules();
    this.#createLabels();
    this.#createWebhooks();
    this.#createDeployKeys();
    this.#createEnvironments();
    this.#createSecrets();
    this.registerOutputs({});
  }

  #createRepository(settings: RepositorySettings): Repository {
    const { ephemeral = false, adopt, transform, repository: title = this.name } = this.#args;
    const args: RepositoryArgs = { name: title, ...renderSettings(settings), archiveOnDestroy: !ephemeral };
    // The engine takes over only what is as declared, or whose differences are ignored.
    const adoption = adopt ? { import: title, ignoreChanges: Object.keys(args) } : {};
    const opts = this.#args.account.options(this, { protect: !ephemeral, ...adoption });
    const repository = new Repository(...transformed(transform?.repository, `${this.name}-repository`, args, opts));
    new RepositoryVulnerabilityAlerts(
      `${this.name}-vulnerability-alerts`,
      { repository: repository.name, enabled: settings.vulnerabilityAlerts ?? true },
      this.#args.account.options(this, { deletedWith: repository, retainOnDelete: true }),
    );
    return repository;
  }

  #createRules(): void {
    for (const [title, rules] of Object.entries(this.#args.rules ?? {})) {
      const args = { repository: this.repositoryName, ...renderRuleset(title, rules) };
      const name = `${this.name}-rules-${title}`;
      new RepositoryRuleset(...transformed(this.#args.transform?.rules, name, args, this.#options()));
    }
  }

  #createLabels(): void {
    const { labels, account } = this.#args;
    if (!labels) return;
    const repository = this.repositoryName;
    if (this.#repository) {
      // Issues keep their labels when nobody declares them any more.
      const opts = account.options(this, { retainOnDelete: true });
      new IssueLabels(`${this.name}-labels`, { repository, labels: wholeSet(labels) }, opts);
      return;
    }
    for (const label of declaredLabels(labels)) {
      new IssueLabel(`${this.name}-label-${label.name}`, { repository, ...label }, this.#options());
    }
  }

  #createWebhooks(): void {
    for (const [title, { url, secret, events, active }] of Object.entries(this.#args.webhooks ?? {})) {
      const args = {
        repository: this.repositoryName,
        configuration: { url, contentType: "json", insecureSsl: false, secret: pulumi.secret(secret) },
        events: [...events],
        active: active ?? true,
      };
      const name = `${this.name}-webhook-${title}`;
      new RepositoryWebhook(...transformed(this.#args.transform?.webhooks, name, args, this.#options()));
    }
  }

  #createDeployKeys(): void {
    for (const [title, { key, write }] of Object.entries(this.#args.deployKeys ?? {})) {
      const args = { repository: this.repositoryName, title, key, readOnly: !write };
      // GitHub takes a key once, so the old entry has to go before the new one comes.
      const opts = this.#options({ deleteBeforeReplace: true });
      new RepositoryDeployKey(`${this.name}-deploy-key-${title}`, args, opts);
    }
  }

  #createEnvironments(): void {
    for (const [environment, args] of Object.entries(this.#args.environments ?? {})) {
      const { account, transform } = this.#args;
      createEnvironment(`${this.name}-${environment}`, args, {
        account,
        environment,
        repository: this.repositoryName,
        transform: transform?.environments,
        options: (opts) => this.#options(opts),
      });
    }
  }

  #createSecrets(): void {
    const repository = this.repositoryName;
    for (const [secretName, value] of Object.entries(this.#args.secrets ?? {})) {
      const args = { repository, secretName, value: pulumi.secret(value) };
      new ActionsSecret(`${this.name}-secret-${secretName}`, args, this.#options());
    }
    for (const [variableName, value] of Object.entries(this.#args.variables ?? {})) {
      const args = { repository, variableName, value };
      new ActionsVariable(`${this.name}-variable-${variableName}`, args, this.#options());
    }
  }

  /** What is deleted with its repository; from one that is archived it is taken, lest secrets and keys stay in it. */
  #options(opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    const gone = this.#args.ephemeral && this.#repository ? { deletedWith: this.#repository } : {};
    return this.#args.account.options(this, { ...gone, ...opts });
  }
}

function renderSettings(settings: RepositorySettings): RepositoryArgs {
  const merge = settings.merge ?? ["squash"];
  return {
    description: settings.description ?? "",
    homepageUrl: settings.homepage ?? "",
    visibility: settings.visibility ?? "private",
    topics: [...(settings.topics ?? [])],
    hasIssues: settings.issues ?? true,
    hasWiki: settings.wiki ?? false,
    hasProjects: settings.projects ?? false,
    hasDiscussions: settings.discussions ?? false,
    allowMergeCommit: merge.includes("merge"),
    allowSquashMerge: merge.includes("squash"),
    allowRebaseMerge: merge.includes("rebase"),
    allowAutoMerge: settings.autoMerge ?? false,
    allowUpdateBranch: true,
    deleteBranchOnMerge: settings.deleteMergedBranches ?? true,
    // A first commit, so that there is a default branch to have rules for; it matters only when it is made.
    autoInit: true,
  };
}
