/** `POST /servers/:id/actions/<name>`: what can be done with a server. */
import { Hono } from "hono";
import { z } from "zod";
import type { Resource } from "../actions.ts";
import { type Cloud, find } from "../cloud.ts";
import { ApiError, invalidField, isProtected, unavailable, unsupported } from "../errors.ts";
import { idField, idOrNameField, readBody } from "../input.ts";
import { unlocked } from "../lock.ts";
import { findImage, findServerType } from "../offers.ts";
import { renderAction } from "../render.ts";
import { assertRoomInGroup } from "../server-create.ts";
import type { ServerRecord } from "../state.ts";
import { memberAddress } from "../subnets.ts";

const none = z.object({}).loose();

/** Checks a request and changes the state. @returns other resources that the action concerns. */
type Change<B> = (server: ServerRecord, body: B) => Resource[] | undefined;

export function serverActionRoutes(cloud: Cloud): Hono {
  const { actions, state, store } = cloud;
  const app = new Hono();

  const define = <T extends z.ZodType>(
    name: string,
    options: { command?: string; body: T; evenLocked?: boolean; answer?: object },
    change: Change<z.output<T>> = () => undefined,
  ): void => {
    app.post(`/:id/actions/${name}`, async (c) => {
      const body = await readBody(c, options.body);
      if (!options.evenLocked) await unlocked(cloud, Number(c.req.param("id")));
      const server = find(state.servers, c.req.param("id") ?? "", "server");
      const others = change(server, body) ?? [];
      const started = actions.start(options.command ?? name, [{ id: server.id, type: "server" }, ...others]);
      store.save();
      return c.json({ action: renderAction(started), ...options.answer }, 201);
    });
  };
  const assertOff = (server: ServerRecord): void => {
    if (server.status !== "off") throw new ApiError(422, "server_not_stopped", "the server must be powered off");
  };

  define("poweron", { command: "start_server", body: none });
  define("poweroff", { command: "stop_server", body: none });
  define("shutdown", { command: "shutdown_server", body: none });
  define("reboot", { command: "reboot_server", body: none });
  define("reset", { command: "reset_server", body: none });

  define(
    "rebuild",
    {
      command: "rebuild_server",
      body: z.object({ image: idOrNameField, user_data: z.string().nullish() }),
      answer: { root_password: null },
    },
    (server, body) => {
      if (server.protection.rebuild) throw isProtected("server", "rebuild");
      server.image = findImage(body.image, findServerType(server.serverType).architecture).id;
      if (body.user_data) server.userData = body.user_data;
      return undefined;
    },
  );

  define(
    "change_type",
    { command: "change_server_type", body: z.object({ server_type: idOrNameField, upgrade_disk: z.boolean() }) },
    (server, body) => {
      assertOff(server);
      const [before, after] = [findServerType(server.serverType), findServerType(body.server_type)];
      if (after.architecture !== before.architecture) {
        throw new ApiError(422, "invalid_server_type", `${after.name} has another architecture than ${before.name}`);
      }
      if (after.disk < server.primaryDiskSize) {
        throw new ApiError(422, "invalid_server_type", `the disk of ${after.name} is smaller than the server's`);
      }
      if (!(server.location in after.prices)) {
        throw invalidField("server_type", `server type ${after.name} is not offered in ${server.location}`);
      }
      if (cloud.faults.isUnavailable(after.name, server.location)) {
        throw unavailable(`server type ${after.name} is currently unavailable in ${server.location}`);
      }
      server.serverType = after.name;
      if (body.upgrade_disk) server.primaryDiskSize = after.disk;
      return undefined;
    },
  );

  define(
    "change_protection",
    { body: z.object({ delete: z.boolean().optional(), rebuild: z.boolean().optional() }), evenLocked: true },
    (server, body) => {
      server.protection.delete = body.delete ?? server.protection.delete;
      server.protection.rebuild = body.rebuild ?? server.protection.rebuild;
      return undefined;
    },
  );

  define("enable_backup", { body: none }, (server) => {
    server.backupWindow ??= "22-02";
    return undefined;
  });
  define("disable_backup", { body: none }, (server) => {
    server.backupWindow = null;
    return undefined;
  });

  define(
    "attach_to_network",
    {
      body: z.object({
        network: idField,
        ip: z.string().optional(),
        alias_ips: z.array(z.string()).optional(),
        ip_range: z.string().optional(),
      }),
    },
    (server, body) => {
      const network = find(state.networks, body.network, "network");
      if (server.privateNets.some((net) => net.network === network.id)) {
        throw new ApiError(409, "server_already_attached", `the server is already attached to network ${network.id}`);
      }
      const servers = Object.values(state.servers);
      const ip = memberAddress(network, servers, { ip: body.ip, ipRange: body.ip_range });
      server.privateNets.push({ network: network.id, ip, aliasIps: body.alias_ips ?? [] });
      return [{ id: network.id, type: "network" }];
    },
  );
  define("detach_from_network", { body: z.object({ network: idField }) }, (server, body) => {
    if (!server.privateNets.some((net) => net.network === body.network)) {
      throw new ApiError(
        422,
        "server_not_attached_to_network",
        `the server is not attached to network ${body.network}`,
      );
    }
    server.privateNets = server.privateNets.filter((net) => net.network !== body.network);
    return [{ id: body.network, type: "network" }];
  });
  define(
    "change_alias_ips",
    { body: z.object({ network: idField, alias_ips: z.array(z.string()) }) },
    (server, body) => {
      const net = server.privateNets.find((it) => it.network === body.network);
      if (!net) throw new ApiError(422, "server_not_attached_to_network", "the server is not in that network");
      net.aliasIps = body.alias_ips;
      return [{ id: body.network, type: "network" }];
    },
  );

  define("add_to_placement_group", { body: z.object({ placement_group: idField }) }, (server, body) => {
    assertOff(server);
    assertRoomInGroup(cloud, body.placement_group);
    server.placementGroup = body.placement_group;
    return undefined;
  });
  define("remove_from_placement_group", { body: none }, (server) => {
    assertOff(server);
    server.placementGroup = null;
    return undefined;
  });

  define(
    "change_dns_ptr",
    { body: z.object({ ip: z.string(), dns_ptr: z.string().nullable() }), evenLocked: true },
    (server, body) => {
      const ip = state.primaryIps[(body.ip.includes(":") ? server.ipv6 : server.ipv4) ?? 0];
      if (!ip) throw invalidField("ip", `${body.ip} is not an address of the server`);
      ip.dnsPtr = ip.dnsPtr.filter((entry) => entry.ip !== body.ip);
      if (body.dns_ptr !== null) ip.dnsPtr.push({ ip: body.ip, dns_ptr: body.dns_ptr });
      return undefined;
    },
  );

  app.post("/:id/actions/:action", (c) => {
    find(state.servers, c.req.param("id"), "server");
    throw unsupported(`the server action ${c.req.param("action")}`);
  });
  return app;
}
