/** What can be ordered: the read-only part of the API, and the collections that the lab keeps empty. */
import { Hono } from "hono";
import { IMAGES, LOCATIONS, SERVER_TYPES } from "../catalogue.ts";
import type { Cloud } from "../cloud.ts";
import { notFound, unsupported } from "../errors.ts";
import { list } from "../listing.ts";
import { renderDatacenter, renderImage, renderLocation, renderPricing, renderServerType } from "../render-catalogue.ts";

const byName = {
  sort: { id: (item: { id: number }) => item.id, name: (item: { name: string }) => item.name },
  filters: { name: (item: { name: string }) => item.name },
};

function pick<T extends { id: number }>(items: readonly T[], id: string, what: string): T {
  const found = items.find((item) => String(item.id) === id);
  if (!found) throw notFound(what, id);
  return found;
}

export function catalogueRoutes(cloud: Cloud): Hono {
  const app = new Hono();
  app.get("/locations", (c) => list(c, "locations", LOCATIONS, byName, renderLocation));
  app.get("/locations/:id", (c) =>
    c.json({ location: renderLocation(pick(LOCATIONS, c.req.param("id"), "location")) }),
  );

  const datacenters = LOCATIONS.map((location) => ({ ...location.datacenter, location }));
  app.get("/datacenters", (c) =>
    c.json({
      datacenters: datacenters
        .filter((it) => [undefined, "", it.name].includes(c.req.query("name")))
        .map((it) => renderDatacenter(cloud, it.location)),
      recommendation: 4,
      meta: { pagination: onePage(datacenters.length) },
    }),
  );
  app.get("/datacenters/:id", (c) =>
    c.json({ datacenter: renderDatacenter(cloud, pick(datacenters, c.req.param("id"), "datacenter").location) }),
  );

  app.get("/server_types", (c) => list(c, "server_types", SERVER_TYPES, byName, (it) => renderServerType(cloud, it)));
  app.get("/server_types/:id", (c) =>
    c.json({ server_type: renderServerType(cloud, pick(SERVER_TYPES, c.req.param("id"), "server type")) }),
  );

  app.get("/images", (c) => {
    const withDeprecated = c.req.query("include_deprecated") === "true";
    return list(
      c,
      "images",
      IMAGES.filter((image) => withDeprecated || image.deprecated === null),
      {
        sort: { ...byName.sort, created: (image) => image.created },
        filters: {
          ...byName.filters,
          architecture: (image) => image.architecture,
          type: () => "system",
          status: () => "available",
          bound_to: () => null,
        },
      },
      renderImage,
    );
  });
  app.get("/images/:id", (c) => c.json({ image: renderImage(pick(IMAGES, c.req.param("id"), "image")) }));

  app.get("/pricing", (c) => c.json({ pricing: renderPricing() }));

  for (const [collection, what] of EMPTY) {
    const key = collection.replaceAll("-", "_");
    app.get(`/${collection}`, (c) => c.json({ [key]: [], meta: { pagination: onePage(0) } }));
    app.get(`/${collection}/:id`, (c) => {
      throw notFound(what, c.req.param("id"));
    });
    app.post(`/${collection}`, () => {
      throw unsupported(what);
    });
  }
  return app;
}

const EMPTY = [
  ["isos", "ISO"],
  ["floating_ips", "Floating IP"],
  ["load_balancers", "Load Balancer"],
  ["load_balancer_types", "Load Balancer type"],
  ["certificates", "certificate"],
] as const;

function onePage(total: number) {
  return { page: 1, per_page: 25, previous_page: null, next_page: null, last_page: 1, total_entries: total };
}
