import { type Context, Hono } from "hono";
import { z } from "zod";
import { isHostname } from "../../dns/values.ts";
import type { Cloud } from "../cloud.ts";
import { isProtected, notFound, unsupported } from "../errors.ts";
import { assertFreeName, labelsField, readBody } from "../input.ts";
import { list, named } from "../listing.ts";
import { renderAction } from "../render.ts";
import type { ActionRecord, ZoneRecord } from "../state.ts";
import { newZone, renderZone, zonefile } from "../zones.ts";
import { resourceActionRoutes } from "./actions.ts";
import { assertRrset, newRrset, rrsetBody, rrsetRoutes, ttlField } from "./rrsets.ts";

const createBody = z.object({
  name: z
    .string()
    .toLowerCase()
    .refine((name) => isHostname(name) && /^[^.].*\.[a-z][a-z0-9-]*[a-z0-9]$/.test(name), "must be a domain"),
  mode: z.enum(["primary", "secondary"]),
  ttl: ttlField.default(3600),
  labels: labelsField.default({}),
  rrsets: z.array(rrsetBody).default([]),
  primary_nameservers: z.array(z.unknown()).optional(),
  zonefile: z.string().optional(),
});

/** DNS zones. A zone is addressed by id or by name. */
export function zoneRoutes(cloud: Cloud): Hono {
  const { actions, state, store } = cloud;
  const get = (idOrName: string): ZoneRecord => findZone(cloud, idOrName);
  const start = (zone: ZoneRecord, command: string): ActionRecord =>
    actions.start(command, [{ id: zone.id, type: "zone" }]);
  const started = (c: Context, action: ActionRecord, status: 200 | 201 = 201) => {
    store.save();
    return c.json({ action: renderAction(action) }, status);
  };

  return new Hono()
    .route(
      "/",
      resourceActionRoutes(cloud, "zone", "zone", () => state.zones),
    )
    .route("/", rrsetRoutes(cloud, get))
    .get("/", (c) =>
      list(
        c,
        "zones",
        Object.values(state.zones),
        { ...named, filters: { ...named.filters, mode: () => "primary" } },
        (zone) => renderZone(cloud, zone),
      ),
    )
    .post("/", async (c) => {
      const body = await readBody(c, createBody);
      if (body.mode === "secondary" || body.primary_nameservers) throw unsupported("a secondary zone");
      if (body.zonefile !== undefined) throw unsupported("the import of a zone file");
      assertFreeName(state.zones, body.name, "zone");
      const zone = newZone(store.nextId(), body);
      for (const rrset of body.rrsets) {
        assertRrset(zone, rrset);
        zone.rrsets.push(newRrset(rrset));
      }
      state.zones[zone.id] = zone;
      const action = start(zone, "create_zone");
      store.save();
      return c.json({ zone: renderZone(cloud, zone), action: renderAction(action) }, 201);
    })
    .get("/:zone", (c) => c.json({ zone: renderZone(cloud, get(c.req.param("zone"))) }))
    .put("/:zone", async (c) => {
      const zone = get(c.req.param("zone"));
      const body = await readBody(c, z.object({ labels: labelsField.optional() }));
      zone.labels = body.labels ?? zone.labels;
      store.save();
      return c.json({ zone: renderZone(cloud, zone) });
    })
    .delete("/:zone", (c) => {
      const zone = get(c.req.param("zone"));
      if (zone.protection.delete) throw isProtected("zone");
      delete state.zones[zone.id];
      return started(c, start(zone, "delete_zone"), 201);
    })
    .get("/:zone/zonefile", (c) => c.json({ zonefile: zonefile(get(c.req.param("zone"))) }))
    .post("/:zone/actions/change_protection", async (c) => {
      const zone = get(c.req.param("zone"));
      const body = await readBody(c, z.object({ delete: z.boolean().optional() }));
      zone.protection.delete = body.delete ?? zone.protection.delete;
      return started(c, start(zone, "change_protection"));
    })
    .post("/:zone/actions/change_ttl", async (c) => {
      const zone = get(c.req.param("zone"));
      zone.ttl = (await readBody(c, z.object({ ttl: ttlField }))).ttl;
      zone.serial += 1;
      return started(c, start(zone, "change_ttl"));
    })
    .all("/:zone/actions/:action", (c) => {
      throw unsupported(`the zone action ${c.req.param("action")}`);
    });
}

function findZone({ state }: Cloud, idOrName: string): ZoneRecord {
  const found = state.zones[idOrName] ?? Object.values(state.zones).find((zone) => zone.name === idOrName);
  if (!found) throw notFound("zone", idOrName);
  return found;
}
