import { Hono } from "hono";
import { z } from "zod";
import { isHostname } from "../dns/values.ts";
import { type CloudflareState, newId } from "./app.ts";
import { body, CloudflareError, page, succeeded } from "./envelope.ts";

export interface Zone {
  id: string;
  name: string;
  type: "full" | "partial" | "secondary" | "internal";
  paused: boolean;
  created_on: string;
  modified_on: string;
}

const NAME_SERVERS = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];

const created = z.object({
  name: z.string().toLowerCase(),
  account: z.object({ id: z.string() }),
  type: z.enum(["full", "partial", "secondary", "internal"]).default("full"),
  jump_start: z.boolean().optional(),
});
const edited = z.object({ paused: z.boolean().optional(), type: created.shape.type.unwrap().optional() });

export function zoneRoutes(state: CloudflareState): Hono {
  return new Hono()
    .get("/", (c) => {
      const { name, status, "account.id": account } = c.req.query();
      const fits = (zone: Zone) =>
        // With the dot at its end or without.
        (name?.replace(/\.$/, "") ?? zone.name) === zone.name &&
        (status ?? "pending") === "pending" &&
        (account ?? state.account) === state.account;
      return page(
        c,
        state.zones.filter(fits).map((zone) => render(state, zone)),
        50,
      );
    })
    .post("/", async (c) => {
      const { name, account, type } = await body(c, created);
      if (account.id !== state.account)
        throw new CloudflareError(403, 1001, "Unauthorized to access requested resource");
      if (!isHostname(name) || !/^[^.].*\.[a-z][a-z0-9-]*[a-z0-9]$/.test(name)) {
        throw new CloudflareError(400, 1105, `Invalid zone name ${name}`);
      }
      if (state.zones.some((zone) => zone.name === name))
        throw new CloudflareError(400, 1061, `${name} already exists`);
      const now = new Date().toISOString();
      const zone: Zone = { id: newId(), name, type, paused: false, created_on: now, modified_on: now };
      state.zones.push(zone);
      return succeeded(c, render(state, zone));
    })
    .get("/:zone", (c) => succeeded(c, render(state, findZone(state, c.req.param("zone")))))
    .patch("/:zone", async (c) => {
      const zone = findZone(state, c.req.param("zone"));
      const { paused, type } = await body(c, edited);
      Object.assign(zone, { paused: paused ?? zone.paused, type: type ?? zone.type });
      return succeeded(c, render(state, zone));
    })
    .delete("/:zone", (c) => {
      const zone = findZone(state, c.req.param("zone"));
      state.zones = state.zones.filter((other) => other !== zone);
      state.records = state.records.filter((record) => record.zone !== zone.id);
      state.routes = state.routes.filter((route) => route.zone !== zone.id);
      return succeeded(c, { id: zone.id });
    });
}

/** @throws CloudflareError */
export function findZone({ zones }: CloudflareState, id: string): Zone {
  const found = zones.find((zone) => zone.id === id);
  if (found) return found;
  if (/^[0-9a-f]{32}$/.test(id)) throw new CloudflareError(404, 1001, "Invalid zone identifier");
  throw new CloudflareError(404, 7003, `Could not route to /zones/${id}, perhaps your object identifier is invalid?`);
}

function render({ account }: CloudflareState, zone: Zone) {
  return {
    ...zone,
    status: "pending",
    development_mode: 0,
    name_servers: NAME_SERVERS,
    original_name_servers: null,
    original_registrar: null,
    original_dnshost: null,
    activated_on: null,
    vanity_name_servers: [],
    meta: { step: 2, custom_certificate_quota: 0, page_rule_quota: 3, phishing_detected: false },
    owner: { id: null, type: "user", email: null },
    account: { id: account, name: "Lab" },
    permissions: ["#dns_records:edit", "#dns_records:read", "#zone:edit", "#zone:read"],
    plan: { id: "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", name: "Free Website", price: 0, currency: "USD" },
  };
}
