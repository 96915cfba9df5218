/** Environments that deployments go through. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { GitHubEnv } from "../app.ts";
import { custom, notFound } from "../errors.ts";
import { paged, readBody } from "../input.ts";
import { renderEnvironment } from "../render.ts";
import { type Environment, type GitHubState, now } from "../state.ts";
import { idOf, repositoryOf } from "./repository-of.ts";

/** Leaving something out, or null, takes it away. */
const wanted = z.object({
  wait_timer: z.number().int().min(0).max(43_200).nullish(),
  prevent_self_review: z.boolean().nullish(),
  can_admins_bypass: z.boolean().nullish(),
  reviewers: z
    .array(z.object({ type: z.enum(["User", "Team"]), id: z.number().int() }))
    .max(6)
    .nullish(),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .refine((policy) => policy.protected_branches !== policy.custom_branch_policies, "cannot be both or neither")
    .nullish(),
});

const newPolicy = z.object({ name: z.string().min(1), type: z.enum(["branch", "tag"]).default("branch") });

export function environmentOf(state: GitHubState, c: Context): Environment {
  const environment = repositoryOf(state, c).environments.get((c.req.param("environment") ?? "").toLowerCase());
  if (!environment) throw notFound();
  return environment;
}

export function environmentRoutes(state: GitHubState): Hono<GitHubEnv> {
  return new Hono<GitHubEnv>()
    .get("/environments", (c) => {
      const all = [...repositoryOf(state, c).environments.values()];
      const environments = paged(c, all).map((environment) => renderEnvironment(state, environment));
      return c.json({ total_count: all.length, environments });
    })
    .get("/environments/:environment", (c) => c.json(renderEnvironment(state, environmentOf(state, c))))
    .put("/environments/:environment", async (c) => {
      const { environments } = repositoryOf(state, c);
      const name = c.req.param("environment");
      const body = await readBody(c, wanted, "Environment");
      for (const reviewer of body.reviewers ?? []) refuseUnknown(state, reviewer);
      const known = environments.get(name.toLowerCase());
      const environment: Environment = {
        ...(known ?? { ...state.newScope(), id: state.nextId(), name, policies: new Map(), createdAt: now() }),
        waitMinutes: body.wait_timer ?? 0,
        reviewers: body.reviewers ?? [],
        preventSelfReview: body.prevent_self_review ?? false,
        canAdminsBypass: body.can_admins_bypass ?? true,
        branchPolicy: body.deployment_branch_policy ?? null,
        updatedAt: now(),
      };
      environments.set(name.toLowerCase(), environment);
      return c.json(renderEnvironment(state, environment));
    })
    .delete("/environments/:environment", (c) => {
      repositoryOf(state, c).environments.delete(environmentOf(state, c).name.toLowerCase());
      return c.body(null, 204);
    });
}

/** Branches and tags that may deploy to an environment whose branch policy is a custom one. */
export function branchPolicyRoutes(state: GitHubState): Hono<GitHubEnv> {
  const base = "/environments/:environment/deployment-branch-policies";
  const found = (c: Context) => {
    const { policies } = environmentOf(state, c);
    const policy = policies.get(idOf(c, "policy"));
    if (!policy) throw notFound();
    return { policies, policy };
  };
  return new Hono<GitHubEnv>()
    .get(base, (c) => {
      const all = [...environmentOf(state, c).policies.values()];
      return c.json({ total_count: all.length, branch_policies: paged(c, all) });
    })
    .post(base, async (c) => {
      const environment = environmentOf(state, c);
      if (!environment.branchPolicy?.custom_branch_policies) throw notFound();
      const policy = { id: state.nextId(), ...(await readBody(c, newPolicy, "DeploymentBranchPolicy")) };
      environment.policies.set(policy.id, policy);
      return c.json(policy);
    })
    .get(`${base}/:policy`, (c) => c.json(found(c).policy))
    .put(`${base}/:policy`, async (c) => {
      const { policy } = found(c);
      policy.name = (await readBody(c, newPolicy.omit({ type: true }), "DeploymentBranchPolicy")).name;
      return c.json(policy);
    })
    .delete(`${base}/:policy`, (c) => {
      const { policies, policy } = found(c);
      policies.delete(policy.id);
      return c.body(null, 204);
    });
}

function refuseUnknown({ options }: GitHubState, { type, id }: Environment["reviewers"][number]): void {
  const known: readonly { id: number }[] = type === "User" ? options.users : (options.teams ?? []);
  if (!known.some((candidate) => candidate.id === id)) {
    throw custom("Environment", `Failed to create the environment protection rule. ${type} ${id} does not exist`);
  }
}
