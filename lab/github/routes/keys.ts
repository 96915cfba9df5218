/** Deploy keys. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { GitHubEnv } from "../app.ts";
import { custom, notFound } from "../errors.ts";
import { paged, readBody } from "../input.ts";
import { type DeployKey, type GitHubState, now } from "../state.ts";
import { collection, idOf, repositoryOf } from "./repository-of.ts";

const create = z.object({ title: z.string().min(1), key: z.string(), read_only: z.boolean().default(false) });

export function keyRoutes(state: GitHubState): Hono<GitHubEnv> {
  const show = (c: Context, key: DeployKey) => ({
    id: key.id,
    key: key.key,
    title: key.title,
    read_only: key.readOnly,
    verified: true,
    created_at: key.createdAt,
    url: `${collection(c, "keys")}/${key.id}`,
  });
  return new Hono<GitHubEnv>()
    .get("/keys", (c) => c.json(paged(c, [...repositoryOf(state, c).keys.values()]).map((key) => show(c, key))))
    .post("/keys", async (c) => {
      const repository = repositoryOf(state, c);
      const body = await readBody(c, create, "PublicKey");
      // The comment is dropped.
      const [, key] =
        /^((?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/=]+)( .*)?$/.exec(body.key.trim()) ?? [];
      if (!key) throw custom("PublicKey", "key is invalid. You must supply a key in OpenSSH public key format", "key");
      // A key opens one repository of all GitHub.
      const used = [...state.repositories.values()].some(({ keys }) =>
        [...keys.values()].some((other) => other.key === key),
      );
      if (used) throw custom("PublicKey", "key is already in use", "key");
      const made = { id: state.nextId(), title: body.title, key, readOnly: body.read_only, createdAt: now() };
      repository.keys.set(made.id, made);
      return c.json(show(c, made), 201);
    })
    .get("/keys/:key", (c) => {
      const key = repositoryOf(state, c).keys.get(idOf(c, "key"));
      if (!key) throw notFound();
      return c.json(show(c, key));
    })
    .delete("/keys/:key", (c) => {
      if (!repositoryOf(state, c).keys.delete(idOf(c, "key"))) throw notFound();
      return c.body(null, 204);
    });
}
