import { Hono } from "hono";
import { z } from "zod";
import { type Cloud, find } from "../cloud.ts";
import { ApiError, isProtected, unsupported } from "../errors.ts";
import {
  assertFreeName,
  idField,
  idOrNameField,
  labelsField,
  nameField,
  readBody,
  rename,
  renameBody,
} from "../input.ts";
import { list, named } from "../listing.ts";
import { unlocked } from "../lock.ts";
import { findLocation, findLocationOfDatacenter } from "../offers.ts";
import { assignPrimaryIp, newPrimaryIp, unassignPrimaryIp } from "../primary-ip.ts";
import { renderAction, renderPrimaryIp } from "../render.ts";
import type { PrimaryIpRecord } from "../state.ts";
import { resourceActionRoutes } from "./actions.ts";

const createBody = z
  .object({
    name: nameField,
    type: z.enum(["ipv4", "ipv6"]),
    assignee_type: z.literal("server").default("server"),
    assignee_id: idField.nullish(),
    location: idOrNameField.nullish(),
    datacenter: idOrNameField.nullish(),
    auto_delete: z.boolean().nullish(),
    labels: labelsField.default({}),
  })
  .refine((body) => body.assignee_id || body.location || body.datacenter, {
    path: ["location"],
    message: "is required without an assignee_id",
  });

export function primaryIpRoutes(cloud: Cloud): Hono {
  const { actions, state, store } = cloud;
  const get = (id: string): PrimaryIpRecord => find(state.primaryIps, id, "Primary IP");
  const action = (ip: PrimaryIpRecord, command: string, server?: number) =>
    actions.start(command, [
      { id: ip.id, type: "primary_ip" },
      ...(server === undefined ? [] : [{ id: server, type: "server" }]),
    ]);

  return new Hono()
    .route(
      "/",
      resourceActionRoutes(cloud, "primary_ip", "Primary IP", () => state.primaryIps),
    )
    .get("/", (c) =>
      list(
        c,
        "primary_ips",
        Object.values(state.primaryIps),
        { ...named, filters: { ...named.filters, ip: (it) => it.ip.replace(/\/64$/, "") } },
        (ip) => renderPrimaryIp(cloud, ip),
      ),
    )
    .post("/", async (c) => {
      const body = await readBody(c, createBody);
      assertFreeName(state.primaryIps, body.name, "Primary IP");
      const server = body.assignee_id ? find(state.servers, body.assignee_id, "server") : null;
      const location = body.datacenter
        ? findLocationOfDatacenter(body.datacenter)
        : findLocation(body.location ?? server?.location ?? "");
      const ip = newPrimaryIp(cloud, {
        name: body.name,
        type: body.type,
        location: location.name,
        autoDelete: body.auto_delete ?? false,
        labels: body.labels,
      });
      if (server) assignPrimaryIp(ip, server);
      state.primaryIps[ip.id] = ip;
      const started = action(ip, server ? "assign_primary_ip" : "create_primary_ip", server?.id);
      store.save();
      return c.json({ primary_ip: renderPrimaryIp(cloud, ip), action: renderAction(started) }, 201);
    })
    .get("/:id", (c) => c.json({ primary_ip: renderPrimaryIp(cloud, get(c.req.param("id"))) }))
    .put("/:id", async (c) => {
      const ip = get(c.req.param("id"));
      const body = await readBody(c, renameBody.extend({ auto_delete: z.boolean().nullish() }));
      rename(state.primaryIps, ip, "Primary IP", body);
      ip.autoDelete = body.auto_delete ?? ip.autoDelete;
      store.save();
      return c.json({ primary_ip: renderPrimaryIp(cloud, ip) });
    })
    .delete("/:id", (c) => {
      const ip = get(c.req.param("id"));
      if (ip.protection.delete) throw isProtected("Primary IP");
      if (ip.assignee !== null) {
        throw new ApiError(422, "must_be_unassigned", "the Primary IP must be unassigned to be deleted");
      }
      delete state.primaryIps[ip.id];
      store.save();
      return c.body(null, 204);
    })
    .post("/:id/actions/assign", async (c) => {
      const body = await readBody(c, z.object({ assignee_id: idField, assignee_type: z.literal("server") }));
      await unlocked(cloud, body.assignee_id);
      const ip = get(c.req.param("id"));
      const server = find(state.servers, body.assignee_id, "server");
      assignPrimaryIp(ip, server);
      const started = action(ip, "assign_primary_ip", server.id);
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    })
    .post("/:id/actions/unassign", async (c) => {
      await unlocked(cloud, get(c.req.param("id")).assignee ?? 0);
      const ip = get(c.req.param("id"));
      const server = ip.assignee === null ? undefined : state.servers[ip.assignee];
      if (!server) throw new ApiError(422, "primary_ip_not_assigned", "the Primary IP is not assigned");
      unassignPrimaryIp(ip, server);
      const started = action(ip, "unassign_primary_ip", server.id);
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    })
    .post("/:id/actions/change_protection", async (c) => {
      const ip = get(c.req.param("id"));
      const body = await readBody(c, z.object({ delete: z.boolean().optional() }));
      ip.protection.delete = body.delete ?? ip.protection.delete;
      const started = action(ip, "change_protection");
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    })
    .post("/:id/actions/change_dns_ptr", async (c) => {
      const ip = get(c.req.param("id"));
      const body = await readBody(c, z.object({ ip: z.string(), dns_ptr: z.string().nullable() }));
      ip.dnsPtr = ip.dnsPtr.filter((entry) => entry.ip !== body.ip);
      if (body.dns_ptr !== null) ip.dnsPtr.push({ ip: body.ip, dns_ptr: body.dns_ptr });
      const started = action(ip, "change_dns_ptr");
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    })
    .all("/:id/actions/:action", (c) => {
      throw unsupported(`the Primary IP action ${c.req.param("action")}`);
    });
}
