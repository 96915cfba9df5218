/** Rulesets: what protects branches and tags. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { GitHubEnv } from "../app.ts";
import { invalid, notFound } from "../errors.ts";
import { paged, readBody } from "../input.ts";
import { type GitHubState, now, type Repository, type Ruleset } from "../state.ts";
import { collection, idOf, repositoryOf } from "./repository-of.ts";

const rule = z.object({ type: z.string(), parameters: z.record(z.string(), z.unknown()).optional() });
const ruleset = z.object({
  name: z.string().min(1).max(100),
  target: z.enum(["branch", "tag", "push"]).default("branch"),
  enforcement: z.enum(["disabled", "active", "evaluate"]),
  bypass_actors: z.array(z.record(z.string(), z.unknown())).default([]),
  conditions: z
    .object({ ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).optional() })
    .optional(),
  rules: z.array(rule).default([]),
});

/** Parameters that GitHub adds where they are left out. */
const ASSUMED: Record<string, Record<string, unknown>> = {
  pull_request: { allowed_merge_methods: ["merge", "squash", "rebase"], required_reviewers: [] },
  required_status_checks: { do_not_enforce_on_create: false },
};

export function rulesetRoutes(state: GitHubState): Hono<GitHubEnv> {
  const found = (c: Context): Ruleset => {
    const set = repositoryOf(state, c).rulesets.get(idOf(c, "set"));
    if (!set) throw notFound();
    return set;
  };
  const show = (c: Context, { id, body, createdAt, updatedAt }: Ruleset) => ({
    id,
    node_id: `RRS_${id}`,
    source_type: "Repository",
    source: `${c.req.param("owner")}/${c.req.param("repo")}`,
    ...body,
    _links: { self: { href: `${collection(c, "rulesets")}/${id}` } },
    created_at: createdAt,
    updated_at: updatedAt,
  });

  return new Hono<GitHubEnv>()
    .get("/rulesets", (c) => {
      const sets = paged(c, [...repositoryOf(state, c).rulesets.values()]);
      return c.json(sets.map((set) => show(c, set)));
    })
    .post("/rulesets", async (c) => {
      const repository = repositoryOf(state, c);
      const body = await wanted(c);
      refuseDuplicate(repository, body.name);
      const set = { id: state.nextId(), body, createdAt: now(), updatedAt: now() };
      repository.rulesets.set(set.id, set);
      return c.json(show(c, set), 201);
    })
    .get("/rulesets/:set", (c) => c.json(show(c, found(c))))
    .put("/rulesets/:set", async (c) => {
      const set = found(c);
      const body = await wanted(c);
      refuseDuplicate(repositoryOf(state, c), body.name, set.id);
      Object.assign(set, { body, updatedAt: now() });
      return c.json(show(c, set));
    })
    .delete("/rulesets/:set", (c) => {
      repositoryOf(state, c).rulesets.delete(found(c).id);
      return c.body(null, 204);
    });
}

async function wanted(c: Context): Promise<Ruleset["body"]> {
  const body = await readBody(c, ruleset, "Ruleset");
  const rules = body.rules.map(({ type, parameters }) => {
    const assumed = ASSUMED[type];
    return assumed || parameters ? { type, parameters: { ...assumed, ...parameters } } : { type };
  });
  return { ...body, rules };
}

function refuseDuplicate(repository: Repository, name: string, except?: number): void {
  const other = [...repository.rulesets.values()].find((set) => set.body.name === name);
  if (other && other.id !== except) {
    throw invalid({ resource: "Ruleset", code: "custom", field: "name", message: "Name must be unique" });
  }
}
