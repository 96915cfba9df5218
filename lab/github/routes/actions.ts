/** Secrets and variables of Actions: of a repository, and of its environments. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { GitHubEnv } from "../app.ts";
import { GitHubError, notFound } from "../errors.ts";
import { paged, readBody } from "../input.ts";
import { openSealed } from "../sealed-box.ts";
import { type ActionsScope, type ActionsValue, type GitHubState, now } from "../state.ts";
import { environmentOf } from "./environments.ts";
import { repositoryOf } from "./repository-of.ts";

const name = z.string().regex(/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i);
const secret = z.object({ encrypted_value: z.base64(), key_id: z.string() });
const newVariable = z.object({ name, value: z.string().max(48 * 1024) });
const variable = newVariable.partial();

export function actionsRoutes(state: GitHubState): Hono<GitHubEnv> {
  const routes = new Hono<GitHubEnv>();
  scopeRoutes(routes, "/actions", (c) => repositoryOf(state, c));
  scopeRoutes(routes, "/environments/:environment", (c) => environmentOf(state, c));
  return routes;
}

function scopeRoutes(routes: Hono<GitHubEnv>, base: string, scopeOf: (c: Context) => ActionsScope): void {
  routes
    .get(`${base}/secrets/public-key`, (c) => {
      const { keyId, box } = scopeOf(c);
      return c.json({ key_id: keyId, key: Buffer.from(box.publicKey).toString("base64") });
    })
    .get(`${base}/secrets`, (c) => {
      const all = [...scopeOf(c).secrets.values()];
      return c.json({ total_count: all.length, secrets: paged(c, all).map(withoutValue) });
    })
    .get(`${base}/secrets/:name`, (c) => c.json(withoutValue(existing(scopeOf(c).secrets, c))))
    .put(`${base}/secrets/:name`, async (c) => {
      const scope = scopeOf(c);
      const body = await readBody(c, secret, "Secret");
      const value = decrypt(scope, body);
      const known = scope.secrets.get(keyOf(c));
      store(scope.secrets, keyOf(c), value);
      return known ? c.body(null, 204) : c.json({}, 201);
    })
    .delete(`${base}/secrets/:name`, (c) => {
      if (!scopeOf(c).secrets.delete(keyOf(c))) throw notFound();
      return c.body(null, 204);
    })
    .get(`${base}/variables`, (c) => {
      const all = [...scopeOf(c).variables.values()];
      return c.json({ total_count: all.length, variables: paged(c, all).map(withValue) });
    })
    .post(`${base}/variables`, async (c) => {
      const { variables } = scopeOf(c);
      const body = await readBody(c, newVariable, "Variable");
      const key = body.name.toUpperCase();
      if (variables.has(key)) throw new GitHubError(409, "Already exists - Variable already exists");
      store(variables, key, body.value);
      return c.json({}, 201);
    })
    .get(`${base}/variables/:name`, (c) => c.json(withValue(existing(scopeOf(c).variables, c))))
    .patch(`${base}/variables/:name`, async (c) => {
      const { variables } = scopeOf(c);
      const known = existing(variables, c);
      const body = await readBody(c, variable, "Variable");
      store(variables, known.name, body.value ?? known.value);
      return c.body(null, 204);
    })
    .delete(`${base}/variables/:name`, (c) => {
      if (!scopeOf(c).variables.delete(keyOf(c))) throw notFound();
      return c.body(null, 204);
    });
}

/** Names are kept in capitals. */
function keyOf(c: Context): string {
  return (c.req.param("name") ?? "").toUpperCase();
}

function existing(values: Map<string, ActionsValue>, c: Context): ActionsValue {
  const value = values.get(keyOf(c));
  if (!value) throw notFound();
  return value;
}

function store(values: Map<string, ActionsValue>, key: string, value: string): void {
  if (!name.safeParse(key).success) {
    throw new GitHubError(422, "Secret names can only contain alphanumeric characters and underscores.");
  }
  values.set(key, { name: key, value, createdAt: values.get(key)?.createdAt ?? now(), updatedAt: now() });
}

function decrypt(scope: ActionsScope, { key_id, encrypted_value }: z.output<typeof secret>): string {
  if (key_id !== scope.keyId) throw new GitHubError(422, "The provided key_id is not this repository's current one");
  try {
    return Buffer.from(openSealed(Buffer.from(encrypted_value, "base64"), scope.box)).toString("utf8");
  } catch {
    throw new GitHubError(422, "The provided value could not be decrypted with the public key");
  }
}

function withoutValue({ name, createdAt, updatedAt }: ActionsValue) {
  return { name, created_at: createdAt, updated_at: updatedAt };
}

function withValue(value: ActionsValue) {
  return { ...withoutValue(value), value: value.value };
}
