import type { RepositoryRulesetArgs } from "@pulumi/github/repositoryRuleset.js";
import type { BranchRules } from "./repository-args.ts";

/** GitHub's numbers of the roles that every repository has. */
const ROLES = { admin: 5, maintain: 2, write: 4 } as const;

/** The ruleset that says what a stack's rules say. */
export function renderRuleset(name: string, rules: BranchRules): Omit<RepositoryRulesetArgs, "repository"> {
  const { approvals, checks = [], bypass = [] } = rules;
  const pullRequest = approvals !== undefined && {
    requiredApprovingReviewCount: approvals,
    requireCodeOwnerReview: rules.codeOwners ?? false,
    dismissStaleReviewsOnPush: true,
  };
  const statusChecks = checks.length > 0 && {
    requiredChecks: checks.map((context) => ({ context })),
    strictRequiredStatusChecksPolicy: rules.upToDate ?? true,
  };
  return {
    name,
    target: "branch",
    enforcement: "active",
    conditions: { refName: { includes: refsOf(rules.branches), excludes: [] } },
    bypassActors: bypass.map((role) => ({ actorType: "RepositoryRole", actorId: ROLES[role], bypassMode: "always" })),
    rules: {
      deletion: true,
      nonFastForward: true,
      requiredLinearHistory: rules.linearHistory ?? false,
      requiredSignatures: rules.signedCommits ?? false,
      ...(pullRequest ? { pullRequest } : {}),
      ...(statusChecks ? { requiredStatusChecks: statusChecks } : {}),
    },
  };
}

function refsOf(branches: readonly string[] | undefined): string[] {
  return branches ? branches.map((branch) => `refs/heads/${branch}`) : ["~DEFAULT_BRANCH"];
}
