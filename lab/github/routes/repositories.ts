/** Repositories and their settings. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { GitHubEnv } from "../app.ts";
import { custom, GitHubError, notFound } from "../errors.ts";
import { readBody } from "../input.ts";
import { renderRepository } from "../render.ts";
import { type GitHubState, now, type Repository } from "../state.ts";
import { defaultLabels } from "./labels.ts";
import { origin, repositoryOf } from "./repository-of.ts";

const name = z.string().regex(/^[\w.-]{1,100}$/);
const visibility = z.enum(["public", "private", "internal"]);

/** Settings that are stored and shown as they are given. */
const settings = z.object({
  description: z.string().nullable().optional(),
  homepage: z.string().nullable().optional(),
  has_issues: z.boolean().optional(),
  has_projects: z.boolean().optional(),
  has_wiki: z.boolean().optional(),
  has_discussions: z.boolean().optional(),
  has_downloads: z.boolean().optional(),
  is_template: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
  allow_auto_merge: z.boolean().optional(),
  allow_update_branch: z.boolean().optional(),
  allow_forking: z.boolean().optional(),
  delete_branch_on_merge: z.boolean().optional(),
  web_commit_signoff_required: z.boolean().optional(),
  squash_merge_commit_title: z.string().optional(),
  squash_merge_commit_message: z.string().optional(),
  merge_commit_title: z.string().optional(),
  merge_commit_message: z.string().optional(),
  archived: z.boolean().optional(),
  default_branch: z.string().optional(),
});
const shown = { private: z.boolean().optional(), visibility: visibility.optional() };
const create = settings.extend({ name, ...shown });
const edit = settings.extend({ name: name.optional(), ...shown });

/** What GitHub assumes of a new repository. */
const DEFAULTS = {
  description: null,
  homepage: null,
  has_issues: true,
  has_projects: true,
  has_wiki: true,
  has_discussions: false,
  has_downloads: true,
  is_template: false,
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  allow_forking: true,
  delete_branch_on_merge: false,
  web_commit_signoff_required: false,
  squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
  squash_merge_commit_message: "COMMIT_MESSAGES",
  merge_commit_title: "MERGE_MESSAGE",
  merge_commit_message: "PR_TITLE",
  archived: false,
};

export function repositoryRoutes(state: GitHubState): Hono<GitHubEnv> {
  const found = (c: Context) => repositoryOf(state, c);
  const show = (c: Context, repository: Repository) => renderRepository(state, repository, origin(c));

  const make = async (c: Context, owner: string) => {
    const body = await readBody(c, create, "Repository");
    if (state.repository(owner, body.name)) {
      const errors = [
        { resource: "Repository", code: "custom", field: "name", message: "name already exists on this account" },
      ] as const;
      throw new GitHubError(422, "Repository creation failed.", errors);
    }
    const { name: title, ...given } = body;
    const repository: Repository = {
      ...state.newScope(),
      id: state.nextId(),
      owner,
      name: title,
      settings: { ...DEFAULTS, ...given, ...visibilityOf(given) },
      topics: [],
      vulnerabilityAlerts: false,
      labels: defaultLabels(() => state.nextId()),
      hooks: new Map(),
      keys: new Map(),
      rulesets: new Map(),
      environments: new Map(),
      createdAt: now(),
    };
    state.repositories.set(`${owner}/${title}`.toLowerCase(), repository);
    return c.json(show(c, repository), 201);
  };

  return new Hono<GitHubEnv>()
    .post("/user/repos", (c) => make(c, c.get("access").login))
    .post("/orgs/:org/repos", (c) => {
      const organization = state.options.organization;
      if (c.req.param("org").toLowerCase() !== organization.toLowerCase()) throw notFound();
      return make(c, organization);
    })
    .get("/repos/:owner/:repo", (c) => c.json(show(c, found(c))))
    .patch("/repos/:owner/:repo", async (c) => {
      const body = await readBody(c, edit, "Repository");
      const repository = state.repository(c.req.param("owner"), c.req.param("repo"));
      if (!repository) throw notFound();
      if (repository.settings.archived && body.archived !== false) {
        throw new GitHubError(403, "Repository was archived so is read-only.");
      }
      const { name: title = repository.name, ...given } = body;
      if (title !== repository.name) rename(repository, title);
      Object.assign(repository.settings, given, visibilityOf({ ...repository.settings, ...given }));
      return c.json(show(c, repository));
    })
    .delete("/repos/:owner/:repo", (c) => {
      const repository = state.repository(c.req.param("owner"), c.req.param("repo"));
      if (!repository) throw notFound();
      state.repositories.delete(`${repository.owner}/${repository.name}`.toLowerCase());
      return c.body(null, 204);
    })
    .get("/repos/:owner/:repo/topics", (c) => c.json({ names: found(c).topics }))
    .put("/repos/:owner/:repo/topics", async (c) => {
      const repository = found(c);
      repository.topics = (await readBody(c, z.object({ names: z.array(z.string()) }), "Topics")).names;
      return c.json({ names: repository.topics });
    })
    .get("/repos/:owner/:repo/vulnerability-alerts", (c) => {
      if (!found(c).vulnerabilityAlerts) throw new GitHubError(404, "Vulnerability alerts are disabled.");
      return c.body(null, 204);
    })
    .put("/repos/:owner/:repo/vulnerability-alerts", (c) => {
      found(c).vulnerabilityAlerts = true;
      return c.body(null, 204);
    })
    .delete("/repos/:owner/:repo/vulnerability-alerts", (c) => {
      found(c).vulnerabilityAlerts = false;
      return c.body(null, 204);
    });

  function rename(repository: Repository, title: string): void {
    const { owner } = repository;
    if (state.repository(owner, title)) throw custom("Repository", "name already exists on this account", "name");
    state.repositories.delete(`${owner}/${repository.name}`.toLowerCase());
    repository.name = title;
    state.repositories.set(`${owner}/${title}`.toLowerCase(), repository);
  }
}

/** `visibility` and the older `private` say the same; the former wins. */
function visibilityOf(given: { visibility?: string | undefined; private?: boolean | undefined }) {
  const visible = given.visibility ?? (given.private ? "private" : "public");
  return { visibility: visible, private: visible !== "public" };
}
