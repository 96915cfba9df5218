import { Hono } from "hono";
import { z } from "zod";
import { type Cloud, find } from "../cloud.ts";
import { ApiError } from "../errors.ts";
import { assertFreeName, labelsField, nameField, readBody, rename, renameBody } from "../input.ts";
import { list, named } from "../listing.ts";
import { renderPlacementGroup } from "../render.ts";
import type { PlacementGroupRecord } from "../state.ts";

const createBody = z.object({ name: nameField, type: z.literal("spread"), labels: labelsField.default({}) });

export function placementGroupRoutes(cloud: Cloud): Hono {
  const { state, store } = cloud;
  const get = (id: string): PlacementGroupRecord => find(state.placementGroups, id, "placement group");
  return new Hono()
    .get("/", (c) =>
      list(
        c,
        "placement_groups",
        Object.values(state.placementGroups),
        { ...named, filters: { ...named.filters, type: (group) => group.type } },
        (group) => renderPlacementGroup(cloud, group),
      ),
    )
    .post("/", async (c) => {
      const body = await readBody(c, createBody);
      assertFreeName(state.placementGroups, body.name, "placement group");
      const group: PlacementGroupRecord = { id: store.nextId(), created: new Date().toISOString(), ...body };
      state.placementGroups[group.id] = group;
      store.save();
      return c.json({ placement_group: renderPlacementGroup(cloud, group), action: null }, 201);
    })
    .get("/:id", (c) => c.json({ placement_group: renderPlacementGroup(cloud, get(c.req.param("id"))) }))
    .put("/:id", async (c) => {
      const group = get(c.req.param("id"));
      rename(state.placementGroups, group, "placement group", await readBody(c, renameBody));
      store.save();
      return c.json({ placement_group: renderPlacementGroup(cloud, group) });
    })
    .delete("/:id", (c) => {
      const group = get(c.req.param("id"));
      if (Object.values(state.servers).some((server) => server.placementGroup === group.id)) {
        throw new ApiError(422, "resource_in_use", "the placement group still has servers");
      }
      delete state.placementGroups[group.id];
      store.save();
      return c.body(null, 204);
    });
}
