import { type Context, Hono } from "hono";
import { type Cloud, find } from "../cloud.ts";
import { ApiError } from "../errors.ts";
import { list } from "../listing.ts";
import { renderAction } from "../render.ts";
import type { ActionRecord, Table } from "../state.ts";

const listOptions = {
  sort: {
    id: (action: ActionRecord) => action.id,
    command: (action: ActionRecord) => action.command,
    status: (action: ActionRecord) => action.status,
    progress: (action: ActionRecord) => action.progress,
    started: (action: ActionRecord) => action.started,
    finished: (action: ActionRecord) => action.finished ?? "",
  },
  filters: {
    id: (action: ActionRecord) => String(action.id),
    status: (action: ActionRecord) => action.status,
  },
};

export function actionRoutes(cloud: Cloud): Hono {
  return new Hono()
    .get("/", (c) => {
      // As since 2025-01-30: actions are no longer listed as a whole, only by their ids.
      if (c.req.queries("id") === undefined) {
        throw new ApiError(410, "deprecated_api_endpoint", "listing all actions was removed: name them with 'id'", {
          announcement: "https://docs.hetzner.cloud/changelog#2023-07-20-actions-list-endpoint-is-deprecated",
        });
      }
      return list(c, "actions", Object.values(cloud.state.actions), listOptions, renderAction);
    })
    .get("/:id", (c) => c.json({ action: renderAction(find(cloud.state.actions, c.req.param("id"), "action")) }));
}

/**
 * The views of actions that every resource has: `/<collection>/actions`, `/<collection>/actions/:id`,
 * `/<collection>/:id/actions` and `/<collection>/:id/actions/:action`. Has to be mounted before `/:id` routes.
 */
export function resourceActionRoutes<T>(cloud: Cloud, type: string, what: string, table: () => Table<T>): Hono {
  const ofType = (id?: string): ActionRecord[] =>
    Object.values(cloud.state.actions).filter((action) =>
      action.resources.some((it) => it.type === type && (id === undefined || String(it.id) === id)),
    );
  const one = (c: Context, actions: ActionRecord[], id: string) => {
    const byId = Object.fromEntries(actions.map((action) => [String(action.id), action]));
    return c.json({ action: renderAction(find(byId, id, "action")) });
  };
  return new Hono()
    .get("/actions", (c) => list(c, "actions", ofType(), listOptions, renderAction))
    .get("/actions/:action", (c) => one(c, ofType(), c.req.param("action")))
    .get("/:id/actions", (c) => {
      find(table(), c.req.param("id"), what);
      return list(c, "actions", ofType(c.req.param("id")), listOptions, renderAction);
    })
    .get("/:id/actions/:action", (c) => one(c, ofType(c.req.param("id")), c.req.param("action")));
}
