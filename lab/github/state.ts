/** What the emulated GitHub holds, in memory. */
import { type BoxKeyPair, newBoxKeyPair } from "./sealed-box.ts";

export interface User {
  id: number;
  login: string;
}

export interface Team {
  id: number;
  slug: string;
}

/** What a token may do. */
export interface Access {
  login: string;
  /** @default "admin" */
  role?: "admin" | "read";
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Hook {
  id: number;
  active: boolean;
  events: string[];
  config: { url: string; content_type: string; insecure_ssl: string; secret?: string };
  createdAt: string;
  updatedAt: string;
}

export interface DeployKey {
  id: number;
  title: string;
  key: string;
  readOnly: boolean;
  createdAt: string;
}

/** A secret or variable of Actions; a secret's value as the workflow would see it. */
export interface ActionsValue {
  name: string;
  value: string;
  createdAt: string;
  updatedAt: string;
}

/** Where secrets and variables are: a repository, or one of its environments. */
export interface ActionsScope {
  keyId: string;
  box: BoxKeyPair;
  secrets: Map<string, ActionsValue>;
  variables: Map<string, ActionsValue>;
}

export interface Environment extends ActionsScope {
  id: number;
  name: string;
  waitMinutes: number;
  reviewers: { type: "User" | "Team"; id: number }[];
  preventSelfReview: boolean;
  canAdminsBypass: boolean;
  branchPolicy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  /** Patterns of branches and tags that may deploy, where the branch policy is a custom one. */
  policies: Map<number, { id: number; name: string; type: "branch" | "tag" }>;
  createdAt: string;
  updatedAt: string;
}

export interface Ruleset {
  id: number;
  body: Record<string, unknown> & { name: string };
  createdAt: string;
  updatedAt: string;
}

export interface Repository extends ActionsScope {
  id: number;
  owner: string;
  name: string;
  settings: Record<string, unknown> & { private: boolean; visibility: string; archived: boolean };
  topics: string[];
  vulnerabilityAlerts: boolean;
  labels: Map<number, Label>;
  hooks: Map<number, Hook>;
  keys: Map<number, DeployKey>;
  rulesets: Map<number, Ruleset>;
  environments: Map<string, Environment>;
  createdAt: string;
}

export interface GitHubOptions {
  /** Login of the one organisation. */
  organization: string;
  users: readonly User[];
  teams?: readonly Team[];
  /** What each token may do. */
  tokens: Readonly<Record<string, Access>>;
}

export class GitHubState {
  readonly options: GitHubOptions;
  /** By `owner/name`, lower-case. */
  readonly repositories: Map<string, Repository> = new Map();
  #nextId = 1000;

  constructor(options: GitHubOptions) {
    this.options = options;
  }

  nextId(): number {
    return this.#nextId++;
  }

  repository(owner: string, name: string): Repository | undefined {
    return this.repositories.get(`${owner}/${name}`.toLowerCase());
  }

  repositoryById(id: number): Repository | undefined {
    return [...this.repositories.values()].find((repository) => repository.id === id);
  }

  newScope(): ActionsScope {
    return { keyId: String(this.nextId()), box: newBoxKeyPair(), secrets: new Map(), variables: new Map() };
  }
}

/** GitHub's times have no fractions of a second. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
