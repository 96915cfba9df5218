import { type Context, Hono } from "hono";
import { z } from "zod";
import { isRecordName, valueFault } from "../dns/values.ts";
import { type CloudflareState, newId } from "./app.ts";
import { body, CloudflareError, page, succeeded } from "./envelope.ts";
import { findZone, type Zone } from "./zones.ts";

export interface DnsRecord {
  id: string;
  zone: string;
  name: string;
  type: string;
  content: string;
  ttl: number;
  proxied: boolean;
  comment: string | null;
  tags: string[];
  priority?: number;
  data?: Record<string, unknown>;
  created_on: string;
  modified_on: string;
}

const TYPES = [
  ...["A", "AAAA", "CAA", "CERT", "CNAME", "DNSKEY", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS"],
  ...["OPENPGPKEY", "PTR", "SMIMEA", "SRV", "SSHFP", "SVCB", "TLSA", "TXT", "URI"],
] as const;

const written = z.object({
  name: z.string().min(1).toLowerCase(),
  type: z.enum(TYPES),
  content: z.string().optional(),
  ttl: z.number().int().default(1),
  proxied: z.boolean().default(false),
  comment: z.string().max(500).nullish(),
  tags: z.array(z.string()).default([]),
  priority: z.number().int().min(0).max(65_535).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  settings: z.unknown().optional(),
});
type Written = z.output<typeof written>;

/** Records that share a name with an address or an alias, and those that may be proxied. */
const HOSTS = ["A", "AAAA", "CNAME"];

export function recordRoutes(state: CloudflareState): Hono {
  const zoneOf = (c: Context) => findZone(state, c.req.param("zone") ?? "");
  const find = (c: Context): DnsRecord => {
    const zone = zoneOf(c);
    const found = state.records.find((record) => record.id === c.req.param("record") && record.zone === zone.id);
    if (!found) throw new CloudflareError(404, 81_044, "Record does not exist.");
    return found;
  };
  /** What is written over a record, checked; the record itself is another's as long as nothing is wrong. */
  const change = (c: Context, record: DnsRecord, wanted: Written): Response => {
    const changed = { ...described(wanted, zoneOf(c)), id: record.id, created_on: record.created_on };
    assertFits(
      changed,
      state.records.filter((other) => other !== record),
    );
    state.records[state.records.indexOf(record)] = changed;
    return succeeded(c, render(changed));
  };

  return new Hono()
    .get("/", (c) => {
      const zone = zoneOf(c);
      const query = c.req.query();
      const name = query["name.exact"] ?? query.name;
      const content = query["content.exact"] ?? query.content;
      const fits = (record: DnsRecord) =>
        record.zone === zone.id &&
        (query.type ?? record.type) === record.type &&
        (name ?? record.name) === record.name &&
        (content ?? record.content) === record.content;
      return page(c, state.records.filter(fits).map(render), 5000);
    })
    .post("/", async (c) => {
      const zone = zoneOf(c);
      const record = { ...described(await body(c, written), zone), id: newId() };
      assertFits(record, state.records);
      state.records.push(record);
      return succeeded(c, render(record));
    })
    .get("/:record", (c) => succeeded(c, render(find(c))))
    .put("/:record", async (c) => change(c, find(c), await body(c, written)))
    .patch("/:record", async (c) => {
      const record = find(c);
      const { name, type, content, ttl, proxied, comment, tags, priority, data } = record;
      const now = { name, type, content, ttl, proxied, comment, tags, priority, data } as Written;
      return change(c, record, { ...now, ...defined(await body(c, written.partial())) });
    })
    .delete("/:record", (c) => {
      const record = find(c);
      state.records = state.records.filter((other) => other !== record);
      return succeeded(c, { id: record.id });
    });
}

/** Names without the zone's at their end are in it; what is proxied lives as long as Cloudflare likes. */
function described(wanted: Written, zone: Zone): DnsRecord {
  const inside = wanted.name === zone.name || wanted.name.endsWith(`.${zone.name}`);
  const { comment, tags, proxied, type, data, priority } = wanted;
  const now = new Date().toISOString();
  return {
    id: "",
    zone: zone.id,
    name: wanted.name === "@" ? zone.name : inside ? wanted.name : `${wanted.name}.${zone.name}`,
    type,
    content: contentOf(wanted),
    ttl: proxied ? 1 : wanted.ttl,
    proxied,
    comment: comment ?? null,
    tags,
    ...(priority !== undefined && { priority }),
    ...(type === "SRV" && { priority: Number(data?.priority) }),
    ...(data && { data }),
    created_on: now,
    modified_on: now,
  };
}

/** Types with parts are given in parts, and said as text. */
function contentOf({ type, content, data }: Written): string {
  if (type === "CAA" && data) return `${data.flags} ${data.tag} "${data.value}"`;
  if (type === "SRV" && data) return `${data.weight} ${data.port} ${data.target}`;
  if (content === undefined) throw invalid(9020, `Content for ${type} record is required.`);
  return type === "CNAME" || type === "MX" || type === "NS" ? content.toLowerCase().replace(/\.$/, "") : content;
}

function assertFits(record: DnsRecord, all: readonly DnsRecord[]): void {
  const { name, type, content, ttl, proxied, priority, zone } = record;
  if (!isRecordName(name)) throw invalid(9000, "DNS name is invalid.");
  if (ttl !== 1 && !(ttl >= 60 && ttl <= 86_400)) {
    throw invalid(9021, `Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.`);
  }
  if (type === "MX" && priority === undefined) throw invalid(9100, "priority is a required field for MX.");
  // Text may come without quotes; the dashboard would put them there.
  const text = type === "TXT" && !content.startsWith('"') ? `"${content}"` : content;
  const value = type === "MX" || type === "SRV" ? `${priority} ${text}` : text;
  if (valueFault(type, value) !== undefined) throw invalid(9005, `Content for ${type} record is invalid.`);
  if (proxied && !HOSTS.includes(type)) throw invalid(9004, `This record type cannot be proxied.`);
  const here = all.filter((other) => other.zone === zone && other.name === name);
  const same = (other: DnsRecord) => other.type === type && other.content === content && other.priority === priority;
  if (here.some(same)) throw new CloudflareError(400, 81_058, "An identical record already exists.");
  const alias = here.some((other) => other.type === "CNAME" && HOSTS.includes(type));
  if (alias || (type === "CNAME" && here.some((other) => HOSTS.includes(other.type)))) {
    throw new CloudflareError(400, 81_053, "An A, AAAA, or CNAME record with that host already exists.");
  }
}

function invalid(code: number, message: string): CloudflareError {
  return new CloudflareError(400, 1004, "DNS Validation Error", [{ code, message }]);
}

function render({ zone: _, ...record }: DnsRecord) {
  return { ...record, proxiable: HOSTS.includes(record.type), meta: {}, settings: {} };
}

function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
