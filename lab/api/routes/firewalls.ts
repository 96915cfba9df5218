import { isIP } from "node:net";
import { Hono } from "hono";
import { z } from "zod";
import { type Cloud, find } from "../cloud.ts";
import { ApiError } from "../errors.ts";
import { appliedServers } from "../firewalling.ts";
import { assertFreeName, idField, labelsField, nameField, readBody, rename, renameBody } from "../input.ts";
import { labelSelector } from "../labels.ts";
import { list, named } from "../listing.ts";
import { renderAction, renderFirewall } from "../render.ts";
import type { ActionRecord, FirewallRecord } from "../state.ts";
import { resourceActionRoutes } from "./actions.ts";

const MAX_RULES = 50;

const rangeField = z.string().refine(isRange, "must be an IPv4 or IPv6 range such as 10.0.0.0/8 or ::/0");

const ruleBody = z
  .object({
    direction: z.enum(["in", "out"]),
    protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]),
    port: z.string().nullish(),
    source_ips: z.array(rangeField).nullish(),
    destination_ips: z.array(rangeField).nullish(),
    description: z.string().max(255).nullish(),
  })
  .superRefine((rule, context) => {
    const hasPorts = rule.protocol === "tcp" || rule.protocol === "udp";
    const fault = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if (hasPorts && !isPort(rule.port ?? "")) fault("port", "must be a port, a range such as 80-90, or any");
    if (!hasPorts && rule.port) fault("port", `is not allowed with ${rule.protocol}`);
    if (rule.direction === "in" && !rule.source_ips?.length) fault("source_ips", "must name at least one range");
    if (rule.direction === "out" && !rule.destination_ips?.length)
      fault("destination_ips", "must name at least one range");
  })
  .transform((rule) => ({
    direction: rule.direction,
    protocol: rule.protocol,
    port: rule.port || null,
    source_ips: rule.source_ips ?? [],
    destination_ips: rule.destination_ips ?? [],
    description: rule.description || null,
  }));
const rulesField = z.array(ruleBody).max(MAX_RULES);

const resourcesField = z.array(
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("server"), server: z.object({ id: idField }) }),
    z.object({ type: z.literal("label_selector"), label_selector: z.object({ selector: z.string().min(1) }) }),
  ]),
);
type Resources = z.output<typeof resourcesField>;

export function firewallRoutes(cloud: Cloud): Hono {
  const { actions, state, store } = cloud;
  const get = (id: string): FirewallRecord => find(state.firewalls, id, "firewall");
  const refresh = (firewall: FirewallRecord, command: string, servers: Iterable<number>): ActionRecord[] =>
    [...servers].map((server) =>
      actions.start(command, [
        { id: server, type: "server" },
        { id: firewall.id, type: "firewall" },
      ]),
    );
  const check = (resources: Resources): void => {
    for (const resource of resources) {
      if (resource.type === "label_selector") labelSelector(resource.label_selector.selector);
      else if (!state.servers[resource.server.id]) {
        throw new ApiError(404, "firewall_resource_not_found", `server ${resource.server.id} not found`);
      }
    }
  };
  const apply = (firewall: FirewallRecord, resources: Resources): ActionRecord[] => {
    check(resources);
    const before = new Set(appliedServers(state, firewall));
    for (const resource of resources) {
      if (resource.type === "server") {
        if (firewall.servers.includes(resource.server.id)) {
          throw new ApiError(409, "firewall_already_applied", `firewall is already applied to ${resource.server.id}`);
        }
        firewall.servers.push(resource.server.id);
      } else if (!firewall.selectors.includes(resource.label_selector.selector)) {
        firewall.selectors.push(resource.label_selector.selector);
      }
    }
    const added = appliedServers(state, firewall).filter((id) => !before.has(id));
    return refresh(firewall, "apply_firewall", added);
  };

  return new Hono()
    .route(
      "/",
      resourceActionRoutes(cloud, "firewall", "firewall", () => state.firewalls),
    )
    .get("/", (c) =>
      list(c, "firewalls", Object.values(state.firewalls), named, (firewall) => renderFirewall(cloud, firewall)),
    )
    .post("/", async (c) => {
      const body = await readBody(
        c,
        z.object({
          name: nameField,
          labels: labelsField.default({}),
          rules: rulesField.default([]),
          apply_to: resourcesField.default([]),
        }),
      );
      assertFreeName(state.firewalls, body.name, "firewall");
      check(body.apply_to);
      const firewall: FirewallRecord = {
        id: store.nextId(),
        name: body.name,
        labels: body.labels,
        created: new Date().toISOString(),
        rules: body.rules,
        servers: [],
        selectors: [],
      };
      state.firewalls[firewall.id] = firewall;
      const set = actions.start("set_firewall_rules", [{ id: firewall.id, type: "firewall" }]);
      const started = [set, ...apply(firewall, body.apply_to)];
      store.save();
      return c.json({ firewall: renderFirewall(cloud, firewall), actions: started.map(renderAction) }, 201);
    })
    .get("/:id", (c) => c.json({ firewall: renderFirewall(cloud, get(c.req.param("id"))) }))
    .put("/:id", async (c) => {
      const firewall = get(c.req.param("id"));
      rename(state.firewalls, firewall, "firewall", await readBody(c, renameBody));
      store.save();
      return c.json({ firewall: renderFirewall(cloud, firewall) });
    })
    .delete("/:id", (c) => {
      const firewall = get(c.req.param("id"));
      if (firewall.servers.length > 0 || firewall.selectors.length > 0) {
        throw new ApiError(422, "resource_in_use", `firewall with ID '${firewall.id}' is still in use`);
      }
      delete state.firewalls[firewall.id];
      store.save();
      return c.body(null, 204);
    })
    .post("/:id/actions/set_rules", async (c) => {
      const firewall = get(c.req.param("id"));
      const body = await readBody(c, z.object({ rules: rulesField }));
      firewall.rules = body.rules;
      const set = actions.start("set_firewall_rules", [{ id: firewall.id, type: "firewall" }]);
      const started = [set, ...refresh(firewall, "apply_firewall", appliedServers(state, firewall))];
      store.save();
      return c.json({ actions: started.map(renderAction) }, 201);
    })
    .post("/:id/actions/apply_to_resources", async (c) => {
      const firewall = get(c.req.param("id"));
      const body = await readBody(c, z.object({ apply_to: resourcesField.min(1) }));
      const started = apply(firewall, body.apply_to);
      store.save();
      return c.json({ actions: started.map(renderAction) }, 201);
    })
    .post("/:id/actions/remove_from_resources", async (c) => {
      const firewall = get(c.req.param("id"));
      const body = await readBody(c, z.object({ remove_from: resourcesField.min(1) }));
      const before = appliedServers(state, firewall);
      for (const resource of body.remove_from) {
        if (resource.type === "server") firewall.servers = firewall.servers.filter((id) => id !== resource.server.id);
        else firewall.selectors = firewall.selectors.filter((it) => it !== resource.label_selector.selector);
      }
      const after = new Set(appliedServers(state, firewall));
      const started = refresh(
        firewall,
        "remove_firewall",
        before.filter((id) => !after.has(id)),
      );
      store.save();
      return c.json({ actions: started.map(renderAction) }, 201);
    });
}

function isRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  const size = version === 4 ? 32 : 128;
  return version !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits ?? "") && Number(bits) <= size;
}

function isPort(text: string): boolean {
  if (text === "any") return true;
  const [first = "", last = first, ...rest] = text.split("-");
  const valid = (port: string): boolean => /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return rest.length === 0 && valid(first) && valid(last) && Number(first) <= Number(last);
}
