import { Hono } from "hono";
import { z } from "zod";
import { type Cloud, find } from "../cloud.ts";
import { ApiError, invalidField, isProtected, locked, unsupported } from "../errors.ts";
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
import { findLocation } from "../offers.ts";
import { renderAction, renderVolume } from "../render.ts";
import type { ServerRecord, VolumeRecord } from "../state.ts";
import { resourceActionRoutes } from "./actions.ts";

const MIN_GB = 10;
const MAX_GB = 10_240;

const createBody = z
  .object({
    name: nameField,
    size: z.number().int().min(MIN_GB).max(MAX_GB),
    location: idOrNameField.nullish(),
    server: idField.nullish(),
    automount: z.boolean().nullish(),
    format: z.enum(["ext4", "xfs"]).nullish(),
    labels: labelsField.default({}),
  })
  .refine((body) => body.location || body.server, { path: ["location"], message: "is required without a server" });

export function volumeRoutes(cloud: Cloud): Hono {
  const { actions, state, store } = cloud;
  const get = (id: string): VolumeRecord => find(state.volumes, id, "volume");
  const action = (volume: VolumeRecord, command: string, server?: number | null) =>
    actions.start(command, [{ id: volume.id, type: "volume" }, ...(server ? [{ id: server, type: "server" }] : [])]);
  const assertSameLocation = (server: ServerRecord, location: string): void => {
    if (server.location !== location)
      throw invalidField("server", `is in ${server.location}, the volume in ${location}`);
  };

  return new Hono()
    .route(
      "/",
      resourceActionRoutes(cloud, "volume", "volume", () => state.volumes),
    )
    .get("/", (c) =>
      list(
        c,
        "volumes",
        Object.values(state.volumes),
        { ...named, filters: { ...named.filters, status: (volume) => volume.status } },
        renderVolume,
      ),
    )
    .post("/", async (c) => {
      const body = await readBody(c, createBody);
      if (body.server) await unlocked(cloud, body.server);
      assertFreeName(state.volumes, body.name, "volume");
      const server = body.server ? find(state.servers, body.server, "server") : null;
      const location = body.location ? findLocation(body.location).name : (server?.location ?? "");
      if (server) assertSameLocation(server, location);
      const id = store.nextId();
      const volume: VolumeRecord = {
        id,
        name: body.name,
        size: body.size,
        format: body.format ?? null,
        location,
        server: server?.id ?? null,
        automount: body.automount ?? false,
        status: "creating",
        protection: { delete: false },
        labels: body.labels,
        created: new Date().toISOString(),
        linuxDevice: `/dev/disk/by-id/scsi-0HC_Volume_${id}`,
      };
      state.volumes[id] = volume;
      const create = action(volume, "create_volume");
      const next = server ? [action(volume, "attach_volume", server.id)] : [];
      store.save();
      const answer = {
        volume: renderVolume(volume),
        action: renderAction(create),
        next_actions: next.map(renderAction),
      };
      return c.json(answer, 201);
    })
    .get("/:id", (c) => c.json({ volume: renderVolume(get(c.req.param("id"))) }))
    .put("/:id", async (c) => {
      const volume = get(c.req.param("id"));
      rename(state.volumes, volume, "volume", await readBody(c, renameBody));
      store.save();
      return c.json({ volume: renderVolume(volume) });
    })
    .delete("/:id", async (c) => {
      const volume = get(c.req.param("id"));
      if (volume.protection.delete) throw isProtected("volume");
      if (volume.server !== null) throw new ApiError(409, "conflict", "the volume is attached to a server: detach it");
      if (actions.isBusy("volume", volume.id)) throw locked("volume");
      await cloud.driver.destroyVolume(volume.id);
      delete state.volumes[volume.id];
      store.save();
      return c.body(null, 204);
    })
    .post("/:id/actions/attach", async (c) => {
      const body = await readBody(c, z.object({ server: idField, automount: z.boolean().nullish() }));
      await unlocked(cloud, body.server);
      const volume = get(c.req.param("id"));
      const server = find(state.servers, body.server, "server");
      if (volume.server !== null) {
        throw new ApiError(
          409,
          "volume_already_attached",
          "the volume is already attached to a server: detach it first",
        );
      }
      if (actions.isBusy("volume", volume.id)) throw locked("volume");
      assertSameLocation(server, volume.location);
      volume.server = server.id;
      volume.automount = body.automount ?? false;
      const started = action(volume, "attach_volume", server.id);
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    })
    .post("/:id/actions/detach", async (c) => {
      await unlocked(cloud, get(c.req.param("id")).server ?? 0);
      const volume = get(c.req.param("id"));
      const server = volume.server;
      if (server === null) throw new ApiError(422, "volume_not_attached", "the volume is not attached to a server");
      volume.server = null;
      const started = action(volume, "detach_volume", server);
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    })
    .post("/:id/actions/resize", async (c) => {
      const volume = get(c.req.param("id"));
      const body = await readBody(c, z.object({ size: z.number().int().max(MAX_GB) }));
      if (body.size <= volume.size) throw invalidField("size", `must be more than the present ${volume.size} GB`);
      volume.size = body.size;
      const started = action(volume, "resize_volume");
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    })
    .post("/:id/actions/change_protection", async (c) => {
      const volume = get(c.req.param("id"));
      const body = await readBody(c, z.object({ delete: z.boolean().optional() }));
      volume.protection.delete = body.delete ?? volume.protection.delete;
      const started = action(volume, "change_protection");
      store.save();
      return c.json({ action: renderAction(started) }, 201);
    })
    .all("/:id/actions/:action", (c) => {
      throw unsupported(`the volume action ${c.req.param("action")}`);
    });
}
