import { Hono } from "hono";
import { type Cloud, find } from "../cloud.ts";
import { ApiError, isProtected } from "../errors.ts";
import { firewallsOf } from "../firewalling.ts";
import { readBody, rename, renameBody } from "../input.ts";
import { list, named } from "../listing.ts";
import { unlocked } from "../lock.ts";
import { observeStatus } from "../power.ts";
import { renderAction, renderServer } from "../render.ts";
import { createServerBody, orderServer, serverName } from "../server-create.ts";
import type { ServerRecord } from "../state.ts";
import { resourceActionRoutes } from "./actions.ts";
import { serverActionRoutes } from "./server-actions.ts";

export function serverRoutes(cloud: Cloud): Hono {
  const { actions, state, store } = cloud;
  const get = (id: string): ServerRecord => find(state.servers, id, "server");
  const onServer = (server: ServerRecord) => ({ id: server.id, type: "server" });

  return new Hono()
    .route(
      "/",
      resourceActionRoutes(cloud, "server", "server", () => state.servers),
    )
    .route("/", serverActionRoutes(cloud))
    .get("/", async (c) => {
      await observeStatus(cloud, Object.values(state.servers));
      return list(
        c,
        "servers",
        Object.values(state.servers),
        { ...named, filters: { ...named.filters, status: (server) => server.status } },
        (server) => renderServer(cloud, server),
      );
    })
    .post("/", async (c) => {
      const body = await readBody(c, createServerBody);
      const server = orderServer(cloud, body);
      const starts = body.start_after_create ?? true;
      const create = actions.start("create_server", [onServer(server)], { start: starts });
      const next = starts ? [actions.start("start_server", [onServer(server)])] : [];
      for (const firewall of firewallsOf(state, server)) {
        next.push(actions.start("apply_firewall", [onServer(server), { id: firewall.id, type: "firewall" }]));
      }
      store.save();
      const answer = {
        server: renderServer(cloud, server),
        action: renderAction(create),
        next_actions: next.map(renderAction),
        // The lab's machines take keys only: a password is never made, so none can leak.
        root_password: null,
      };
      return c.json(answer, 201);
    })
    .get("/:id", async (c) => {
      const server = get(c.req.param("id"));
      await observeStatus(cloud, [server]);
      return c.json({ server: renderServer(cloud, get(c.req.param("id"))) });
    })
    .put("/:id", async (c) => {
      const server = get(c.req.param("id"));
      const body = await readBody(c, renameBody.extend({ name: serverName.optional() }));
      const before = firewallsOf(state, server).map((firewall) => firewall.id);
      rename(state.servers, server, "server", body);
      const after = firewallsOf(state, server).map((firewall) => firewall.id);
      // New labels can bring the server under, or out of, the label selectors of firewalls.
      for (const id of after.filter((it) => !before.includes(it))) {
        actions.start("apply_firewall", [onServer(server), { id, type: "firewall" }]);
      }
      for (const id of before.filter((it) => !after.includes(it))) {
        actions.start("remove_firewall", [onServer(server), { id, type: "firewall" }]);
      }
      store.save();
      return c.json({ server: renderServer(cloud, server) });
    })
    .delete("/:id", async (c) => {
      if (get(c.req.param("id")).protection.delete) throw isProtected("server");
      await unlocked(cloud, Number(c.req.param("id")));
      const server = get(c.req.param("id"));
      const started = actions.start("delete_server", [onServer(server)]);
      store.save();
      return c.json({ action: renderAction(started) });
    })
    .get("/:id/metrics", (c) => {
      get(c.req.param("id"));
      throw new ApiError(501, "unsupported_error", "server metrics are not available in the lab");
    });
}
