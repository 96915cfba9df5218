import type { Context } from "hono";
import { GitHubError, notFound } from "../errors.ts";
import type { GitHubState, Repository } from "../state.ts";

/** The repository that a request is about; archived ones are read-only. */
export function repositoryOf(state: GitHubState, c: Context): Repository {
  const { owner, repo, id } = c.req.param() as Record<string, string | undefined>;
  const found = owner && repo ? state.repository(owner, repo) : state.repositoryById(Number(id));
  if (!found) throw notFound();
  if (found.settings.archived && c.req.method !== "GET") {
    throw new GitHubError(403, "Repository was archived so is read-only.");
  }
  return found;
}

/** Scheme and host that the client reached us by. */
export function origin(c: Context): string {
  return new URL(c.req.url).origin;
}

/** URL of the collection that a request is about, for the links in answers. */
export function collection(c: Context, path: string): string {
  const { owner, repo } = c.req.param() as Record<string, string>;
  return `${origin(c)}/api/v3/repos/${owner}/${repo}/${path}`;
}

/** The number in a path. */
export function idOf(c: Context, name: string): number {
  const id = Number(c.req.param(name));
  if (!Number.isInteger(id)) throw notFound();
  return id;
}
