import { Hono } from "hono";
import { z } from "zod";
import { type Cloud, find } from "../cloud.ts";
import { ApiError, conflict, isProtected, unsupported } from "../errors.ts";
import { assertFreeName, labelsField, nameField, readBody, rename, renameBody } from "../input.ts";
import { contains, parseAddress, parseRange } from "../ipv4.ts";
import { list, named } from "../listing.ts";
import { renderAction, renderNetwork } from "../render.ts";
import type { NetworkRecord } from "../state.ts";
import { networkRange, subnetRange } from "../subnets.ts";
import { resourceActionRoutes } from "./actions.ts";

const subnetBody = z.object({
  type: z.enum(["cloud", "server", "vswitch"]),
  ip_range: z.string().optional(),
  network_zone: z.enum(["eu-central", "us-east", "us-west", "ap-southeast"]),
  vswitch_id: z.number().int().nullish(),
});
const routeBody = z.object({
  destination: z.string().refine((text) => parseRange(text) !== null, "must be an IPv4 range"),
  gateway: z.string().refine((text) => parseAddress(text) !== null, "must be an IPv4 address"),
});
const createBody = z.object({
  name: nameField,
  ip_range: z.string(),
  subnets: z.array(subnetBody).default([]),
  routes: z.array(routeBody).default([]),
  labels: labelsField.default({}),
  expose_routes_to_vswitch: z.boolean().default(false),
});

export function networkRoutes(cloud: Cloud): Hono {
  const { actions, driver, state, store } = cloud;
  const get = (id: string): NetworkRecord => find(state.networks, id, "network");
  const hasMembers = (network: NetworkRecord): boolean =>
    Object.values(state.servers).some((server) => server.privateNets.some((net) => net.network === network.id));
  const addSubnet = (network: NetworkRecord, body: z.output<typeof subnetBody>): void => {
    network.subnets.push({
      type: body.type,
      ipRange: subnetRange(network, body.ip_range),
      networkZone: body.network_zone,
      vswitchId: body.vswitch_id ?? null,
    });
  };

  /** A `POST /:id/actions/<name>` that changes the network and answers with an action. */
  const app = new Hono();
  const networkAction = <T extends z.ZodType>(
    name: string,
    schema: T,
    change: (network: NetworkRecord, body: z.output<T>) => void | Promise<void>,
    command = name,
  ): void => {
    app.post(`/:id/actions/${name}`, async (c) => {
      const network = get(c.req.param("id") ?? "");
      await change(network, await readBody(c, schema));
      const started = actions.start(command, [{ id: network.id, type: "network" }]);
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    });
  };

  app.route(
    "/",
    resourceActionRoutes(cloud, "network", "network", () => state.networks),
  );
  app.get("/", (c) =>
    list(c, "networks", Object.values(state.networks), named, (network) => renderNetwork(cloud, network)),
  );
  app.post("/", async (c) => {
    const body = await readBody(c, createBody);
    assertFreeName(state.networks, body.name, "network");
    networkRange(body.ip_range);
    const network: NetworkRecord = {
      id: store.nextId(),
      name: body.name,
      created: new Date().toISOString(),
      labels: body.labels,
      ipRange: body.ip_range,
      subnets: [],
      routes: body.routes,
      protection: { delete: false },
      exposeRoutesToVswitch: body.expose_routes_to_vswitch,
    };
    for (const subnet of body.subnets) addSubnet(network, subnet);
    await driver.createNetwork(network.id, network.ipRange);
    state.networks[network.id] = network;
    store.save();
    return c.json({ network: renderNetwork(cloud, network) }, 201);
  });
  app.get("/:id", (c) => c.json({ network: renderNetwork(cloud, get(c.req.param("id"))) }));
  app.put("/:id", async (c) => {
    const network = get(c.req.param("id"));
    const body = await readBody(c, renameBody.extend({ expose_routes_to_vswitch: z.boolean().optional() }));
    rename(state.networks, network, "network", body);
    network.exposeRoutesToVswitch = body.expose_routes_to_vswitch ?? network.exposeRoutesToVswitch;
    store.save();
    return c.json({ network: renderNetwork(cloud, network) });
  });
  app.delete("/:id", async (c) => {
    const network = get(c.req.param("id"));
    if (network.protection.delete) throw isProtected("network");
    // Members are thrown out, as in the real cloud.
    for (const server of Object.values(state.servers)) {
      if (!server.privateNets.some((net) => net.network === network.id)) continue;
      await driver.detachNetwork(server.id, network.id);
      server.privateNets = server.privateNets.filter((net) => net.network !== network.id);
    }
    await driver.destroyNetwork(network.id);
    delete state.networks[network.id];
    store.save();
    return c.body(null, 204);
  });

  networkAction("add_subnet", subnetBody, addSubnet);
  networkAction("delete_subnet", z.object({ ip_range: z.string() }), (network, body) => {
    const range = parseRange(body.ip_range);
    const index = network.subnets.findIndex((subnet) => subnet.ipRange === body.ip_range);
    if (index < 0 || !range) throw new ApiError(404, "not_found", `subnet ${body.ip_range} not found`);
    const members = Object.values(state.servers).flatMap((server) => server.privateNets);
    const isUsed = members.some((net) => {
      const first = parseAddress(net.ip) ?? -1;
      return net.network === network.id && contains(range, { first, last: first, bits: 32 });
    });
    if (isUsed) throw conflict(`subnet ${body.ip_range} still has servers: detach them first`);
    network.subnets.splice(index, 1);
  });
  networkAction("add_route", routeBody, (network, body) => {
    network.routes.push(body);
  });
  networkAction("delete_route", routeBody, (network, body) => {
    const same = (route: typeof body) => route.destination === body.destination && route.gateway === body.gateway;
    if (!network.routes.some(same)) throw new ApiError(404, "not_found", `route ${body.destination} not found`);
    network.routes = network.routes.filter((route) => !same(route));
  });
  networkAction(
    "change_ip_range",
    z.object({ ip_range: z.string() }),
    async (network, body) => {
      const range = networkRange(body.ip_range);
      if (!contains(range, networkRange(network.ipRange))) {
        throw conflict(`the new range ${body.ip_range} does not contain the present ${network.ipRange}`);
      }
      if (hasMembers(network)) throw unsupported("changing the range of a network that has servers");
      await driver.destroyNetwork(network.id);
      await driver.createNetwork(network.id, body.ip_range);
      network.ipRange = body.ip_range;
    },
    "change_ip_range",
  );
  networkAction("change_protection", z.object({ delete: z.boolean().optional() }), (network, body) => {
    network.protection.delete = body.delete ?? network.protection.delete;
  });
  return app;
}
