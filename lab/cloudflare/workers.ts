import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { type CloudflareState, newId } from "./app.ts";
import { body, CloudflareError, page, succeeded } from "./envelope.ts";
import { findZone } from "./zones.ts";

export interface Script {
  id: string;
  /** Modules by name; `metadata` says which is the main one. */
  modules: Record<string, { type: string; text: string }>;
  metadata: z.output<typeof metadata>;
  created_on: string;
  modified_on: string;
}

export interface WorkerRoute {
  id: string;
  zone: string;
  pattern: string;
  script: string | null;
}

const metadata = z.looseObject({
  main_module: z.string().optional(),
  body_part: z.string().optional(),
  compatibility_date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
  compatibility_flags: z.array(z.string()).default([]),
  bindings: z.array(z.looseObject({ name: z.string(), type: z.string() })).default([]),
});

/** Scripts come as a form: what they are, and a part for each module. */
export function scriptRoutes(state: CloudflareState): Hono {
  const find = (c: Context): Script => {
    if (c.req.param("account") !== state.account) throw new CloudflareError(403, 10_000, "Authentication error");
    const found = state.scripts.find(({ id }) => id === c.req.param("script"));
    if (!found) throw new CloudflareError(404, 10_007, "This Worker does not exist on your account.");
    return found;
  };
  return new Hono()
    .get("/", (c) => succeeded(c, state.scripts.map(render)))
    .put("/:script", async (c) => {
      if (c.req.param("account") !== state.account) throw new CloudflareError(403, 10_000, "Authentication error");
      const id = c.req.param("script");
      if (!/^[a-z0-9_][a-z0-9_-]*$/.test(id)) throw new CloudflareError(400, 10_016, "Invalid Worker name");
      const script = await readScript(c, id);
      const before = state.scripts.find((other) => other.id === id);
      if (before) Object.assign(before, script, { created_on: before.created_on });
      else state.scripts.push(script);
      return succeeded(c, render(before ?? script));
    })
    .get("/:script", (c) => {
      const form = new FormData();
      for (const [name, { type, text }] of Object.entries(find(c).modules))
        form.append(name, new Blob([text], { type }), name);
      return new Response(form);
    })
    .get("/:script/settings", (c) => {
      const { bindings, compatibility_date = "", compatibility_flags } = find(c).metadata;
      return succeeded(c, { bindings, compatibility_date, compatibility_flags, usage_model: "standard", tags: [] });
    })
    .delete("/:script", (c) => {
      const script = find(c);
      if (state.routes.some((route) => route.script === script.id) && c.req.query("force") !== "true") {
        throw new CloudflareError(
          400,
          10_064,
          `${script.id} is still used by a route; delete that first, or use force.`,
        );
      }
      state.scripts = state.scripts.filter((other) => other !== script);
      return succeeded(c, null);
    });
}

async function readScript(c: Context, id: string): Promise<Script> {
  const form = await c.req.formData().catch(() => new FormData());
  const said = form.get("metadata");
  const parsed = metadata.safeParse(
    JSON.parse((typeof said === "string" ? said : await said?.text()) || "null") as unknown,
  );
  if (!parsed.success) throw new CloudflareError(400, 10_021, "Uncaught Error: the metadata is not valid");
  const modules: Script["modules"] = {};
  for (const [name, part] of form.entries()) {
    if (name === "metadata" || name.startsWith("metadata[")) continue;
    const file =
      typeof part === "string" ? { type: "text/plain", text: part } : { type: part.type, text: await part.text() };
    modules[typeof part === "string" ? name : part.name] = file;
  }
  const main = parsed.data.main_module ?? parsed.data.body_part ?? "";
  if (!(main in modules)) throw new CloudflareError(400, 10_021, `Uncaught Error: No such module "${main}".`);
  const now = new Date().toISOString();
  return { id, modules, metadata: parsed.data, created_on: now, modified_on: now };
}

function render({ id, modules, metadata, created_on, modified_on }: Script) {
  const etag = createHash("sha256")
    .update(JSON.stringify([modules, metadata]))
    .digest("hex");
  const handlers = Object.values(modules).some(({ text }) => /\bfetch\b/.test(text)) ? ["fetch"] : [];
  return {
    id,
    etag,
    handlers,
    created_on,
    modified_on,
    usage_model: "standard",
    has_modules: true,
    has_assets: false,
    logpush: false,
  };
}

const routeBody = z.object({ pattern: z.string().min(1), script: z.string().nullish() });

/** Which requests of a zone go to which script. */
export function workerRouteRoutes(state: CloudflareState): Hono {
  const zoneOf = (c: Context) => findZone(state, c.req.param("zone") ?? "");
  const find = (c: Context): WorkerRoute => {
    const zone = zoneOf(c);
    const found = state.routes.find(({ id, zone: its }) => id === c.req.param("route") && its === zone.id);
    if (!found) throw new CloudflareError(404, 10_009, "The route was not found");
    return found;
  };
  const read = async (c: Context, but?: WorkerRoute): Promise<Omit<WorkerRoute, "id">> => {
    const zone = zoneOf(c);
    const { pattern, script } = await body(c, routeBody);
    const [host = ""] = pattern.replace(/^(https?|\*):\/\//, "").split("/");
    if (host !== zone.name && !host.endsWith(`.${zone.name}`) && host !== `*${zone.name}`) {
      throw new CloudflareError(400, 10_022, "The route pattern does not belong to the zone");
    }
    if (state.routes.some((other) => other !== but && other.zone === zone.id && other.pattern === pattern)) {
      throw new CloudflareError(409, 10_020, "A route with the same pattern already exists");
    }
    if (script && !state.scripts.some(({ id }) => id === script)) {
      throw new CloudflareError(404, 10_019, "The script of the route does not exist");
    }
    return { zone: zone.id, pattern, script: script ?? null };
  };
  const render = ({ zone: _, ...route }: WorkerRoute) => route;
  return new Hono()
    .get("/", (c) => {
      const zone = zoneOf(c);
      return page(c, state.routes.filter((route) => route.zone === zone.id).map(render));
    })
    .post("/", async (c) => {
      const route = { id: newId(), ...(await read(c)) };
      state.routes.push(route);
      return succeeded(c, render(route));
    })
    .get("/:route", (c) => succeeded(c, render(find(c))))
    .put("/:route", async (c) => {
      const route = find(c);
      return succeeded(c, render(Object.assign(route, await read(c, route))));
    })
    .delete("/:route", (c) => {
      const route = find(c);
      state.routes = state.routes.filter((other) => other !== route);
      return succeeded(c, { id: route.id });
    });
}
