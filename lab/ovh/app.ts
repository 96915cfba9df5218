/** The part of OVH's API that zones are managed with, for the official clients: signed requests, records, publication. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, Hono, type Next } from "hono";
import { z } from "zod";
import { Faults } from "../api/faults.ts";
import { isHostname, isRecordName, valueFault } from "../dns/values.ts";

export interface OvhKeys {
  applicationKey: string;
  applicationSecret: string;
  consumerKey: string;
}

export interface OvhRecord {
  id: number;
  zone: string;
  fieldType: string;
  subDomain: string;
  target: string;
  ttl: number;
}

/** What an emulated OVH has; tests look into it. */
export interface Ovh {
  app: Hono;
  /** As edited. */
  zones: Map<string, OvhRecord[]>;
  /** As name servers would answer: what was there at the last refresh. */
  published: Map<string, OvhRecord[]>;
  faults: Faults;
  /** Requests so far, `GET /domain/zone`. */
  requests: string[];
}

/** The clock of OVH may differ from ours by so much, and then signatures are refused. */
const CLOCK_TOLERANCE_SECONDS = 30;
const TYPES = [
  ...["A", "AAAA", "CAA", "CNAME", "DKIM", "DMARC", "DNAME", "LOC", "MX", "NAPTR"],
  ...["NS", "PTR", "SPF", "SRV", "SSHFP", "TLSA", "TXT"],
] as const;

class OvhError extends Error {
  readonly status: number;
  readonly body: Record<string, string>;

  constructor(status: number, kind: string, message: string, errorCode?: string) {
    super(message);
    this.status = status;
    this.body = { message, class: kind, ...(errorCode && { errorCode, httpCode: `${status}` }) };
  }
}

const notFound = (what: string) =>
  new OvhError(404, "Client::NotFound", `The requested object (${what}) does not exist`);
const badRequest = (message: string) => new OvhError(400, "Client::BadRequest", message);

const created = z.object({
  fieldType: z.enum(TYPES),
  subDomain: z.string().nullish(),
  target: z.string().min(1),
  ttl: z.number().int().nullish(),
});
const edited = created.omit({ fieldType: true }).partial();

/**
 * @param clockAhead seconds that its clock is ahead of this machine's
 * @param zones names of the zones in the account; they are ordered elsewhere
 */
export function createOvh(keys: OvhKeys, zones: readonly string[], clockAhead = 0): Ovh {
  const state = new Map(zones.map((zone) => [zone, [] as OvhRecord[]]));
  const published = new Map(zones.map((zone) => [zone, [] as OvhRecord[]]));
  const faults = new Faults();
  const requests: string[] = [];
  const now = () => Math.round(Date.now() / 1000) + clockAhead;
  let nextId = 5_000_000_000;

  const recordsOf = (c: Context): { zone: string; records: OvhRecord[] } => {
    const zone = c.req.param("zone") ?? "";
    const records = state.get(zone);
    if (!records) throw new OvhError(404, "Client::NotFound", "This service does not exist");
    return { zone, records };
  };
  const recordOf = (c: Context): OvhRecord => {
    const found = recordsOf(c).records.find(({ id }) => id === Number(c.req.param("id")));
    if (!found) throw notFound(`id = ${c.req.param("id")}`);
    return found;
  };

  const app = new Hono().basePath("/1.0");
  app.onError((error, c) =>
    error instanceof OvhError ? c.json(error.body, error.status as 400) : c.json({ message: error.message }, 500),
  );
  app.notFound((c) => c.json({ message: "Got an invalid (or empty) URL" }, 404));
  app.get("/auth/time", (c) => c.json(now()));
  app.use(async (c, next) => {
    const request = `${c.req.method} ${c.req.path.replace("/1.0", "")}`;
    requests.push(request);
    const slow = faults.takeSlow(request);
    if (slow) await sleep(slow.delayMs);
    const fault = faults.takeHttp(request);
    // `done` faults lose the answer of a request that was carried out.
    if (fault?.code === "done") await next();
    if (fault) return new Response(JSON.stringify({ message: "injected fault" }), { status: fault.status });
    return next();
  });
  app.use(requireSignature(keys, now));
  app.get("/auth/currentCredential", (c) => c.json({ status: "validated", applicationId: 1, credentialId: 1 }));
  app.get("/domain/zone", (c) => c.json([...state.keys()]));
  app.get("/domain/zone/:zone", (c) => {
    const { zone } = recordsOf(c);
    return c.json({
      name: zone,
      nameServers: ["dns10.ovh.net", "ns10.ovh.net"],
      dnssecSupported: true,
      hasDnsAnycast: false,
    });
  });
  app.get("/domain/zone/:zone/record", (c) => {
    const { fieldType, subDomain } = c.req.query();
    const { records } = recordsOf(c);
    const fits = (record: OvhRecord) =>
      (fieldType ?? record.fieldType) === record.fieldType && (subDomain ?? record.subDomain) === record.subDomain;
    return c.json(records.filter(fits).map(({ id }) => id));
  });
  app.post("/domain/zone/:zone/record", async (c) => {
    const { zone, records } = recordsOf(c);
    const body = await read(c, created);
    const record = { ...body, id: nextId++, zone, subDomain: body.subDomain ?? "", ttl: body.ttl ?? 0 };
    assertRecord(record, records);
    records.push(record);
    return c.json(record);
  });
  app.get("/domain/zone/:zone/record/:id", (c) => c.json(recordOf(c)));
  app.put("/domain/zone/:zone/record/:id", async (c) => {
    const record = recordOf(c);
    const body = await read(c, edited);
    const changed = {
      ...record,
      subDomain: body.subDomain ?? record.subDomain,
      target: body.target ?? record.target,
      ttl: body.ttl ?? record.ttl,
    };
    const { records } = recordsOf(c);
    assertRecord(
      changed,
      records.filter((other) => other !== record),
    );
    Object.assign(record, changed);
    return c.json(null);
  });
  app.delete("/domain/zone/:zone/record/:id", (c) => {
    const { zone, records } = recordsOf(c);
    const record = recordOf(c);
    state.set(
      zone,
      records.filter((other) => other !== record),
    );
    return c.json(null);
  });
  app.post("/domain/zone/:zone/refresh", (c) => {
    const { zone, records } = recordsOf(c);
    published.set(
      zone,
      records.map((record) => ({ ...record })),
    );
    return c.json(null);
  });
  return { app: app as unknown as Hono, zones: state, published, faults, requests };
}

/** Every request carries `$1$` and the SHA-1 of both secrets, method, address, body and time. */
function requireSignature(keys: OvhKeys, now: () => number) {
  return async (c: Context, next: Next) => {
    const header = (name: string) => c.req.header(`X-Ovh-${name}`) ?? "";
    const refuse = (errorCode: string, message: string, status = 403) => {
      throw new OvhError(status, "Client::Forbidden", message, errorCode);
    };
    if (header("Application") !== keys.applicationKey) refuse("INVALID_KEY", "This application key is invalid");
    if (header("Consumer") !== keys.consumerKey) refuse("INVALID_CREDENTIAL", "This credential is not valid");
    const timestamp = Number(header("Timestamp"));
    if (!(Math.abs(timestamp - now()) <= CLOCK_TOLERANCE_SECONDS)) refuse("QUERY_TIME_OUT", "Query out of time", 400);
    const body = await c.req.text();
    const signed = [keys.applicationSecret, keys.consumerKey, c.req.method, c.req.url, body, timestamp].join("+");
    const expected = `$1$${createHash("sha1").update(signed).digest("hex")}`;
    if (header("Signature") !== expected) refuse("INVALID_SIGNATURE", "Invalid signature");
    return next();
  };
}

async function read<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const result = schema.safeParse(await c.req.json().catch(() => undefined));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw badRequest(`[${issue?.path.join(".")}] ${issue?.message}`);
}

function assertRecord(record: OvhRecord, others: readonly OvhRecord[]): void {
  const { fieldType, subDomain, target, ttl } = record;
  if (subDomain !== "" && !isRecordName(subDomain)) throw badRequest(`Invalid subdomain ${subDomain}`);
  // The real one quotes text that comes without quotes, too.
  const value = fieldType === "TXT" && !target.startsWith('"') ? `"${target}"` : target;
  const fault = valueFault(fieldType, value);
  if (fault !== undefined) throw badRequest(fault);
  if (fieldType === "CNAME" && !isHostname(target)) throw badRequest("Invalid target");
  if (ttl !== 0 && ttl < 60) throw badRequest("TTL must be at least 60, or 0 for the zone's");
  const here = others.filter((other) => other.subDomain === subDomain);
  const alone = here.some((other) => other.fieldType === "CNAME") || (fieldType === "CNAME" && here.length > 0);
  if (alone) throw new OvhError(409, "Client::Conflict", `A CNAME record of ${subDomain || "@"} stands alone`);
  record.target = value;
}
