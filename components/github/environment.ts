import { ActionsEnvironmentSecret } from "@pulumi/github/actionsEnvironmentSecret.js";
import { ActionsEnvironmentVariable } from "@pulumi/github/actionsEnvironmentVariable.js";
import { getTeamOutput } from "@pulumi/github/getTeam.js";
import { getUserOutput } from "@pulumi/github/getUser.js";
import { RepositoryEnvironment, type RepositoryEnvironmentArgs } from "@pulumi/github/repositoryEnvironment.js";
import { RepositoryEnvironmentDeploymentPolicy } from "@pulumi/github/repositoryEnvironmentDeploymentPolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "../component.ts";
import type { GitHubAccount } from "./account.ts";
import type { EnvironmentArgs } from "./repository-args.ts";

/** Where an environment is. */
interface Place {
  account: GitHubAccount;
  repository: pulumi.Output<string>;
  environment: string;
  transform: Transform<RepositoryEnvironmentArgs> | undefined;
  options: (opts?: pulumi.CustomResourceOptions) => pulumi.CustomResourceOptions;
}

/** Creates an environment and what is in it, which goes when the environment goes. */
export function createEnvironment(name: string, args: EnvironmentArgs, place: Place): void {
  const { repository, options } = place;
  const parent = new RepositoryEnvironment(
    ...transformed(place.transform, `${name}-environment`, renderEnvironment(args, place), options()),
  );
  const inside = { repository, environment: parent.environment };
  const opts = options({ deletedWith: parent });
  for (const branchPattern of args.branches ?? []) {
    new RepositoryEnvironmentDeploymentPolicy(`${name}-branch-${branchPattern}`, { ...inside, branchPattern }, opts);
  }
  for (const [secretName, value] of Object.entries(args.secrets ?? {})) {
    const secret = { ...inside, secretName, value: pulumi.secret(value) };
    new ActionsEnvironmentSecret(`${name}-secret-${secretName}`, secret, opts);
  }
  for (const [variableName, value] of Object.entries(args.variables ?? {})) {
    new ActionsEnvironmentVariable(`${name}-variable-${variableName}`, { ...inside, variableName, value }, opts);
  }
}

function renderEnvironment(wanted: EnvironmentArgs, place: Place): RepositoryEnvironmentArgs {
  const { users = [], teams = [] } = wanted.reviewers ?? {};
  const { repository, environment, account } = place;
  const lookup = { provider: account.provider };
  const reviewers = {
    users: users.map((user) =>
      typeof user === "number" ? user : getUserOutput({ username: user }, lookup).apply(({ id }) => Number(id)),
    ),
    teams: teams.map((team) =>
      typeof team === "number"
        ? team
        : getTeamOutput({ slug: team, summaryOnly: true }, lookup).apply(({ id }) => Number(id)),
    ),
  };
  const needed = users.length + teams.length > 0;
  return {
    repository,
    environment,
    canAdminsBypass: wanted.adminsBypass ?? false,
    preventSelfReview: needed && !wanted.selfReview,
    ...(wanted.waitMinutes ? { waitTimer: wanted.waitMinutes } : {}),
    ...(needed ? { reviewers: [reviewers] } : {}),
    ...(wanted.branches ? { deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true } } : {}),
  };
}
