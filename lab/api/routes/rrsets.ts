import { type Context, Hono } from "hono";
import { z } from "zod";
import { isRecordName, valueFault } from "../../dns/values.ts";
import type { Cloud } from "../cloud.ts";
import { ApiError, invalidField, isProtected, unsupported } from "../errors.ts";
import { labelsField, readBody } from "../input.ts";
import { list } from "../listing.ts";
import { renderAction } from "../render.ts";
import type { RrsetRecord, ZoneRecord } from "../state.ts";
import { renderRrset } from "../zones.ts";

const TYPES = [
  ...["A", "AAAA", "CAA", "CNAME", "DS", "HINFO", "HTTPS", "MX"],
  ...["NS", "PTR", "RP", "SOA", "SRV", "SVCB", "TLSA", "TXT"],
] as const;

export const ttlField = z.number().int().min(60).max(2_147_483_647);
const recordsField = z
  .array(
    z.object({
      value: z.string().min(1),
      comment: z
        .string()
        .max(255)
        .nullish()
        .transform((text) => text ?? ""),
    }),
  )
  .min(1, "must have at least one record");

export const rrsetBody = z.object({
  name: z.string().toLowerCase().refine(isRecordName, "must be a name in the zone, @ for the zone's own"),
  type: z.enum(TYPES),
  ttl: ttlField.nullish().transform((ttl) => ttl ?? null),
  labels: labelsField.default({}),
  records: recordsField,
});

type NewRrset = z.output<typeof rrsetBody>;

export function newRrset(body: NewRrset): RrsetRecord {
  return { ...body, protection: { change: false } };
}

/** @throws ApiError for what a zone cannot have: a second set of the same, a CNAME beside others, values that do not fit. */
export function assertRrset(zone: ZoneRecord, rrset: NewRrset): void {
  if (rrset.type === "SOA") throw invalidField("type", "SOA records are made with their zone");
  const here = zone.rrsets.filter(({ name }) => name === rrset.name);
  if (here.some(({ type }) => type === rrset.type)) {
    throw new ApiError(409, "uniqueness_error", `RRSet ${rrset.name}/${rrset.type} already exists`, {
      fields: [{ name: "name" }, { name: "type" }],
    });
  }
  const others = here.map(({ type }) => type);
  if (others.includes("CNAME") || (rrset.type === "CNAME" && others.length > 0)) {
    throw invalidField("type", `${rrset.name} has ${others.join(", ")}; a CNAME record stands alone`);
  }
  assertRecords(rrset);
}

function assertRecords({ type, records }: Pick<NewRrset, "type" | "records">): void {
  const faults = records.flatMap(({ value }) => valueFault(type, value) ?? []);
  if (faults[0] !== undefined) throw invalidField("records", faults[0]);
  if (type === "CNAME" && records.length > 1) throw invalidField("records", "a CNAME record has one value");
  if (new Set(records.map(({ value }) => value)).size < records.length) {
    throw invalidField("records", "must not have the same value twice");
  }
}

/** Sets of records of a zone, `/:zone/rrsets`. */
export function rrsetRoutes(cloud: Cloud, zoneOf: (idOrName: string) => ZoneRecord): Hono {
  const { actions, store } = cloud;
  const app = new Hono();
  const at = (c: Context): { zone: ZoneRecord; rrset: RrsetRecord } => {
    const zone = zoneOf(c.req.param("zone") ?? "");
    const [name, type] = [c.req.param("name"), c.req.param("type")];
    const rrset = zone.rrsets.find((it) => it.name === name && it.type === type);
    if (!rrset) throw new ApiError(404, "not_found", `RRSet ${name}/${type} of zone ${zone.name} not found`);
    return { zone, rrset };
  };
  const start = (zone: ZoneRecord, command: string) => {
    zone.serial += 1;
    const action = actions.start(command, [{ id: zone.id, type: "zone" }]);
    store.save();
    return renderAction(action);
  };
  /** A `POST …/actions/<name>` that changes a set which nobody has protected. */
  const rrsetAction = <T extends z.ZodType>(
    name: string,
    command: string,
    schema: T,
    change: (zone: ZoneRecord, rrset: RrsetRecord, body: z.output<T>) => void,
  ): void => {
    app.post(`/:zone/rrsets/:name/:type/actions/${name}`, async (c) => {
      const { zone, rrset } = at(c);
      const body = await readBody(c, schema);
      if (rrset.protection.change && name !== "change_protection") throw isProtected("RRSet", "changes");
      change(zone, rrset, body);
      return c.json({ action: start(zone, command) }, 201);
    });
  };

  app.get("/:zone/rrsets", (c) => {
    const zone = zoneOf(c.req.param("zone"));
    const options = {
      sort: {
        id: (rrset: RrsetRecord) => `${rrset.name}/${rrset.type}`,
        name: (rrset: RrsetRecord) => rrset.name,
        type: (rrset: RrsetRecord) => rrset.type,
      },
      filters: { name: (rrset: RrsetRecord) => rrset.name, type: (rrset: RrsetRecord) => rrset.type },
    };
    return list(c, "rrsets", zone.rrsets, options, (rrset) => renderRrset(zone, rrset));
  });
  app.post("/:zone/rrsets", async (c) => {
    const zone = zoneOf(c.req.param("zone"));
    const body = await readBody(c, rrsetBody);
    assertRrset(zone, body);
    const rrset = newRrset(body);
    zone.rrsets.push(rrset);
    const action = start(zone, "create_rrset");
    return c.json({ rrset: renderRrset(zone, rrset), action }, 201);
  });
  app.get("/:zone/rrsets/:name/:type", (c) => {
    const { zone, rrset } = at(c);
    return c.json({ rrset: renderRrset(zone, rrset) });
  });
  app.put("/:zone/rrsets/:name/:type", async (c) => {
    const { zone, rrset } = at(c);
    const body = await readBody(c, z.object({ labels: labelsField.optional() }));
    rrset.labels = body.labels ?? rrset.labels;
    store.save();
    return c.json({ rrset: renderRrset(zone, rrset) });
  });
  app.delete("/:zone/rrsets/:name/:type", (c) => {
    const { zone, rrset } = at(c);
    if (rrset.protection.change) throw isProtected("RRSet", "changes");
    if (rrset.type === "SOA") throw invalidField("type", "SOA records go with their zone");
    zone.rrsets = zone.rrsets.filter((it) => it !== rrset);
    return c.json({ action: start(zone, "delete_rrset") }, 201);
  });

  rrsetAction(
    "change_protection",
    "change_rrset_protection",
    z.object({ change: z.boolean().optional() }),
    (_, rrset, body) => {
      rrset.protection.change = body.change ?? rrset.protection.change;
    },
  );
  rrsetAction("change_ttl", "change_rrset_ttl", z.object({ ttl: ttlField.nullable() }), (_, rrset, body) => {
    rrset.ttl = body.ttl;
  });
  rrsetAction("set_records", "set_rrset_records", z.object({ records: recordsField }), (_, rrset, { records }) => {
    assertRecords({ type: rrset.type as NewRrset["type"], records });
    rrset.records = records;
  });
  // Records that are added make their set where there is none.
  app.post("/:zone/rrsets/:name/:type/actions/add_records", async (c) => {
    const zone = zoneOf(c.req.param("zone"));
    const { name, type } = c.req.param();
    const body = await readBody(c, z.object({ records: recordsField, ttl: ttlField.nullish() }));
    const found = zone.rrsets.find((it) => it.name === name && it.type === type);
    if (found?.protection.change) throw isProtected("RRSet", "changes");
    const ttl = body.ttl ?? null;
    if (found && body.ttl !== undefined && found.ttl !== ttl) {
      throw invalidField("ttl", "must be that of the set, or left out");
    }
    const wanted = rrsetBody.safeParse({ name, type, ttl, records: [...(found?.records ?? []), ...body.records] });
    if (!wanted.success) throw invalidField("type", "must be a name and a type that a set can have");
    if (found) {
      assertRecords(wanted.data);
      found.records = wanted.data.records;
    } else {
      assertRrset(zone, wanted.data);
      zone.rrsets.push(newRrset(wanted.data));
    }
    return c.json({ action: start(zone, "add_rrset_records") }, 201);
  });
  rrsetAction(
    "update_records",
    "update_rrset_records",
    z.object({ records: recordsField }),
    (_, rrset, { records }) => {
      for (const { value, comment } of records) recordOf(rrset, value).comment = comment;
    },
  );
  rrsetAction("remove_records", "remove_rrset_records", z.object({ records: recordsField }), (zone, rrset, body) => {
    const gone = body.records.map(({ value }) => recordOf(rrset, value));
    rrset.records = rrset.records.filter((record) => !gone.includes(record));
    if (rrset.records.length === 0) zone.rrsets = zone.rrsets.filter((it) => it !== rrset);
  });
  app.all("/:zone/rrsets/:name/:type/actions/:action", (c) => {
    throw unsupported(`the RRSet action ${c.req.param("action")}`);
  });
  return app;
}

function recordOf(rrset: RrsetRecord, value: string): RrsetRecord["records"][number] {
  const found = rrset.records.find((record) => record.value === value);
  if (!found) throw invalidField("records", `'${value}' is not in the set`);
  return found;
}
