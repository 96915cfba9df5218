import { describe, expect, it } from "vitest";
import { renderRuleset } from "./rules.ts";

describe("renderRuleset", () => {
  it("refuses rewritten history and deletion of the default branch, if nothing else is said", () => {
    expect(renderRuleset("main", {})).toEqual({
      name: "main",
      target: "branch",
      enforcement: "active",
      conditions: { refName: { includes: ["~DEFAULT_BRANCH"], excludes: [] } },
      bypassActors: [],
      rules: { deletion: true, nonFastForward: true, requiredLinearHistory: false, requiredSignatures: false },
    });
  });

  it("asks for pull requests, approvals and checks on the branches that are named", () => {
    const { conditions, rules } = renderRuleset("releases", {
      branches: ["release/*"],
      approvals: 0,
      codeOwners: true,
      checks: ["test", "lint"],
      upToDate: false,
    });
    expect(conditions).toEqual({ refName: { includes: ["refs/heads/release/*"], excludes: [] } });
    expect(rules).toMatchObject({
      pullRequest: { requiredApprovingReviewCount: 0, requireCodeOwnerReview: true, dismissStaleReviewsOnPush: true },
      requiredStatusChecks: {
        requiredChecks: [{ context: "test" }, { context: "lint" }],
        strictRequiredStatusChecksPolicy: false,
      },
    });
  });

  it("knows roles by GitHub's numbers", () => {
    expect(renderRuleset("main", { bypass: ["admin", "maintain"] }).bypassActors).toEqual([
      { actorType: "RepositoryRole", actorId: 5, bypassMode: "always" },
      { actorType: "RepositoryRole", actorId: 2, bypassMode: "always" },
    ]);
  });
});
