/** Labels of issues and pull requests. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { GitHubEnv } from "../app.ts";
import { invalid, notFound } from "../errors.ts";
import { paged, readBody } from "../input.ts";
import { renderLabel } from "../render.ts";
import type { GitHubState, Label, Repository } from "../state.ts";
import { collection, repositoryOf } from "./repository-of.ts";

const color = z.string().regex(/^[0-9a-fA-F]{6}$/);
const description = z.string().max(100).nullable().optional();
const create = z.object({ name: z.string().min(1).max(50), color, description });
const edit = z.object({
  name: z.string().optional(),
  new_name: z.string().min(1).max(50).optional(),
  color: color.optional(),
  description,
});

/** What GitHub gives to every new repository. */
const DEFAULTS: readonly [name: string, color: string, description: string][] = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["duplicate", "cfd3d7", "This issue or pull request already exists"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["invalid", "e4e669", "This doesn't seem right"],
  ["question", "d876e3", "Further information is requested"],
  ["wontfix", "ffffff", "This will not be worked on"],
];

export function defaultLabels(nextId: () => number): Map<number, Label> {
  return new Map(
    DEFAULTS.map(([name, color, description]) => {
      const id = nextId();
      return [id, { id, name, color, description }];
    }),
  );
}

export function labelRoutes(state: GitHubState): Hono<GitHubEnv> {
  const found = (c: Context): [Repository, Label] => {
    const repository = repositoryOf(state, c);
    const label = named(repository, c.req.param("name") ?? "");
    if (!label) throw notFound();
    return [repository, label];
  };
  const show = (c: Context, label: Label) => renderLabel(label, collection(c, "labels"));

  return new Hono<GitHubEnv>()
    .get("/labels", (c) => c.json(paged(c, [...repositoryOf(state, c).labels.values()]).map((label) => show(c, label))))
    .post("/labels", async (c) => {
      const repository = repositoryOf(state, c);
      const body = await readBody(c, create, "Label");
      if (named(repository, body.name)) throw invalid({ resource: "Label", code: "already_exists", field: "name" });
      const label = { id: state.nextId(), ...body, description: body.description ?? null };
      repository.labels.set(label.id, label);
      return c.json(show(c, label), 201);
    })
    .get("/labels/:name", (c) => c.json(show(c, found(c)[1])))
    .patch("/labels/:name", async (c) => {
      const [repository, label] = found(c);
      const body = await readBody(c, edit, "Label");
      const name = body.new_name ?? label.name;
      const other = named(repository, name);
      if (other && other !== label) throw invalid({ resource: "Label", code: "already_exists", field: "name" });
      Object.assign(label, { ...label, color: body.color ?? label.color, name });
      if (body.description !== undefined) label.description = body.description;
      return c.json(show(c, label));
    })
    .delete("/labels/:name", (c) => {
      const [repository, label] = found(c);
      repository.labels.delete(label.id);
      return c.body(null, 204);
    });
}

function named(repository: Repository, name: string): Label | undefined {
  return [...repository.labels.values()].find((label) => label.name.toLowerCase() === name.toLowerCase());
}
