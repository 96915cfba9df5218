/** Webhooks of a repository. */
import { createHmac, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { GitHubEnv } from "../app.ts";
import { custom, notFound } from "../errors.ts";
import { paged, readBody } from "../input.ts";
import { renderHook } from "../render.ts";
import { type GitHubState, type Hook, now, type Repository } from "../state.ts";
import { collection, repositoryOf } from "./repository-of.ts";

const config = z.object({
  url: z.url({ protocol: /^https?$/ }),
  content_type: z.enum(["json", "form"]).default("form"),
  insecure_ssl: z
    .union([z.string(), z.number()])
    .transform(String)
    .refine((value) => value === "0" || value === "1")
    .default("0"),
  secret: z.string().optional(),
});
const events = z.array(z.string().regex(/^(\*|[a-z_]+)$/));
const create = z.object({ config, events: events.default(["push"]), active: z.boolean().default(true) });
const edit = z.object({ config: config.optional(), events: events.optional(), active: z.boolean().optional() });

export function hookRoutes(state: GitHubState): Hono<GitHubEnv> {
  const found = (c: Context): [Repository, Hook] => {
    const repository = repositoryOf(state, c);
    const hook = repository.hooks.get(Number(c.req.param("hook")));
    if (!hook) throw notFound();
    return [repository, hook];
  };
  const show = (c: Context, hook: Hook) => renderHook(hook, collection(c, "hooks"));

  return new Hono<GitHubEnv>()
    .get("/hooks", (c) => c.json(paged(c, [...repositoryOf(state, c).hooks.values()]).map((hook) => show(c, hook))))
    .post("/hooks", async (c) => {
      const repository = repositoryOf(state, c);
      const body = await readBody(c, create, "Hook");
      const same = [...repository.hooks.values()].some((hook) => hook.config.url === body.config.url);
      if (same) throw custom("Hook", "Hook already exists on this repository");
      const hook: Hook = {
        id: state.nextId(),
        ...body,
        config: configOf(body.config),
        createdAt: now(),
        updatedAt: now(),
      };
      repository.hooks.set(hook.id, hook);
      return c.json(show(c, hook), 201);
    })
    .get("/hooks/:hook", (c) => c.json(show(c, found(c)[1])))
    .patch("/hooks/:hook", async (c) => {
      const [, hook] = found(c);
      const body = await readBody(c, edit, "Hook");
      // A configuration that is given replaces the whole: without a secret in it, there is none afterwards.
      if (body.config) hook.config = configOf(body.config);
      if (body.events) hook.events = body.events;
      if (body.active !== undefined) hook.active = body.active;
      hook.updatedAt = now();
      return c.json(show(c, hook));
    })
    .delete("/hooks/:hook", (c) => {
      const [repository, hook] = found(c);
      repository.hooks.delete(hook.id);
      return c.body(null, 204);
    })
    .post("/hooks/:hook/pings", async (c) => {
      await deliver(found(c)[1], "ping", { zen: "Keep it logically awesome.", hook_id: Number(c.req.param("hook")) });
      return c.body(null, 204);
    });
}

function configOf({ secret, ...rest }: z.output<typeof config>): Hook["config"] {
  return { ...rest, ...(secret ? { secret } : {}) };
}

/** Calls the receiver as GitHub does, signed with the hook's secret. */
async function deliver({ config, id }: Hook, event: string, payload: object): Promise<void> {
  const json = JSON.stringify(payload);
  const body = config.content_type === "json" ? json : new URLSearchParams({ payload: json }).toString();
  const signature = config.secret && createHmac("sha256", config.secret).update(body).digest("hex");
  await fetch(config.url, {
    method: "POST",
    body,
    headers: {
      "Content-Type": config.content_type === "json" ? "application/json" : "application/x-www-form-urlencoded",
      "User-Agent": "GitHub-Hookshot/lab",
      "X-GitHub-Delivery": randomUUID(),
      "X-GitHub-Event": event,
      "X-GitHub-Hook-ID": String(id),
      ...(signature ? { "X-Hub-Signature-256": `sha256=${signature}` } : {}),
    },
  });
}
