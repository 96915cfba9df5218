import type { RepositoryArgs } from "@pulumi/github/repository.js";
import type { RepositoryEnvironmentArgs } from "@pulumi/github/repositoryEnvironment.js";
import type { RepositoryRulesetArgs } from "@pulumi/github/repositoryRuleset.js";
import type { RepositoryWebhookArgs } from "@pulumi/github/repositoryWebhook.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../component.ts";
import type { GitHubAccount } from "./account.ts";

export interface GitHubRepositoryArgs {
  /** Whose it is. */
  account: GitHubAccount;
  /** Its name at GitHub. @default the component's name */
  repository?: string;
  /**
   * It is there already, and stays what it is: only what is declared beside its settings is made, and nothing of its own is
   * changed or deleted. @default false
   */
  existing?: boolean;
  /**
   * It is there already, made by hand or by a run whose answer was lost, and is taken over as it is. Leave this out from
   * the next run on, which makes its settings what is declared. @default false
   */
  adopt?: boolean;
  /** What it is like; every setting has a default. Not for an existing one. */
  settings?: RepositorySettings;
  /**
   * It is for an afternoon: deleted with the stack. Else it is protected, and archived where protection is lifted.
   * @default false
   */
  ephemeral?: boolean;
  /** What may happen to branches, by the name of the ruleset. Pushes that rewrite history, and deletions, are refused. */
  rules?: Record<string, BranchRules>;
  /**
   * Labels of issues and pull requests, by name. Of a repository that the stack makes they are, with GitHub's own nine,
   * the whole set: others are removed. To an existing one they are added.
   */
  labels?: Record<string, LabelArgs>;
  /** Who is told of events, by a name of your own. */
  webhooks?: Record<string, WebhookArgs>;
  /** SSH keys that open this repository, by title. One key opens one repository only. */
  deployKeys?: Record<string, DeployKeyArgs>;
  /** What deployments go through, by name. */
  environments?: Record<string, EnvironmentArgs>;
  /** Actions secrets of every workflow, by name. */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Actions variables of every workflow, by name; anybody who reads the repository sees them. */
  variables?: Record<string, pulumi.Input<string>>;
  /** Adjusts children beyond what is offered here. */
  transform?: {
    repository?: Transform<RepositoryArgs>;
    rules?: Transform<RepositoryRulesetArgs>;
    webhooks?: Transform<RepositoryWebhookArgs>;
    environments?: Transform<RepositoryEnvironmentArgs>;
  };
}

/** What a repository is like; whatever is left out is as safe and as quiet as it can be. */
export interface RepositorySettings {
  /** One line. @default nothing */
  description?: string;
  /** Shown beside the description. @default none */
  homepage?: string;
  /** @default "private" */
  visibility?: "private" | "public" | "internal";
  /** Lower-case words with hyphens. @default none */
  topics?: readonly string[];
  /** @default true */
  issues?: boolean;
  /** @default false */
  wiki?: boolean;
  /** @default false */
  projects?: boolean;
  /** @default false */
  discussions?: boolean;
  /** How pull requests may be merged. @default ["squash"] */
  merge?: readonly ("merge" | "squash" | "rebase")[];
  /** Whether pull requests may merge themselves as soon as everything required is there. @default false */
  autoMerge?: boolean;
  /** Whether a branch goes when it is merged. @default true */
  deleteMergedBranches?: boolean;
  /** Whether GitHub tells of dependencies that are known to be vulnerable. @default true */
  vulnerabilityAlerts?: boolean;
}

/** What may happen to the branches that a ruleset is for. */
export interface BranchRules {
  /** Branches, such as `main` or `release/*`. @default the default branch */
  branches?: readonly string[];
  /** Changes come by pull request, with so many approvals, 0 to 10. @default no pull request is needed */
  approvals?: number;
  /** Whether owners of the changed files (CODEOWNERS) have to approve. @default false */
  codeOwners?: boolean;
  /** Checks that have to succeed, by the name that they report. @default none */
  checks?: readonly string[];
  /** Whether checks count only on the newest state of the branch. @default true */
  upToDate?: boolean;
  /** Whether merge commits are refused. @default false */
  linearHistory?: boolean;
  /** Whether every commit has to be signed. @default false */
  signedCommits?: boolean;
  /** Roles that the rules do not bind. @default none */
  bypass?: readonly ("admin" | "maintain" | "write")[];
}

/** How a label looks. */
export interface LabelArgs {
  /** Six hexadecimal digits, such as `0e8a16`. */
  color: string;
  /** What it is for, up to 100 characters. @default nothing */
  description?: string;
}

/** A receiver of events. */
export interface WebhookArgs {
  /** Where events are sent, `https://…`. */
  url: string;
  /** Signs each delivery (`X-Hub-Signature-256`). */
  secret: pulumi.Input<string>;
  /** Such as `push`, `pull_request`, `issues`. */
  events: readonly string[];
  /** @default true */
  active?: boolean;
}

/** A key that opens one repository. */
export interface DeployKeyArgs {
  /** Public key, `ssh-ed25519 AAAA…`. */
  key: pulumi.Input<string>;
  /** Whether it may push. @default false */
  write?: boolean;
}

/** An environment: what a deployment waits for, and what its workflows are given. */
export interface EnvironmentArgs {
  /** Who may approve, one of them being enough: up to six, by login or slug, or by number. @default nobody has to */
  reviewers?: {
    /** Such as `alice`. @default none */
    users?: readonly (string | number)[];
    /** Such as `ops`; of the organisation, with access to the repository. @default none */
    teams?: readonly (string | number)[];
  };
  /** Whether who started a deployment may approve it. @default false */
  selfReview?: boolean;
  /** Minutes that a deployment waits, up to 43200 (30 days). @default 0 */
  waitMinutes?: number;
  /** Whether administrators may go past reviewers and waiting. @default false */
  adminsBypass?: boolean;
  /** Branches that may deploy, such as `main` or `release/*`. @default all of them */
  branches?: readonly string[];
  /** Actions secrets of workflows that deploy to it, by name. */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Actions variables of workflows that deploy to it, by name. */
  variables?: Record<string, pulumi.Input<string>>;
}
