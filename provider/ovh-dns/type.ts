import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { entriesWithout } from "../things.ts";
import type { Session } from "../transport/session.ts";
import { Ambiguous, NotFound, OvhApi, type OvhCredentials, type Patience } from "./api.ts";
import { keyOf, type OvhRecord, observedSets, planRecords, type RecordSets, type Step } from "./plan.ts";
import { canonicalValue } from "./values.ts";

interface OvhDnsInputs extends HostInputs, OvhCredentials {
  zone: string;
  records: RecordSets;
}

interface OvhDnsState {
  zone: string;
  records: RecordSets;
}

/** Records are asked for one by one, so many at a time. */
const AT_ONCE = 8;
/** How often a change is looked at again whose outcome was not told. */
const ROUNDS = 4;

const schema = z
  .strictObject({
    zone: z.string().regex(/^([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/, "a zone such as example.org"),
    records: z.record(
      z
        .string()
        .regex(
          /^(@|(\*|[a-z0-9_-]+)(\.[a-z0-9_-]+)*) [A-Z]+$/,
          "a name in the zone and a type, such as `www A` or `@ MX`",
        ),
      z.strictObject({
        ttl: z.int().min(60, "at least 60 seconds").max(2_147_483_647).default(3600),
        values: z.array(z.string().min(1, "a value is needed")).min(1, "at least one value is needed"),
      }),
    ),
    applicationKey: z.string().min(1, "the key of an application is needed"),
    applicationSecret: z.string().min(1, "the application's secret is needed"),
    consumerKey: z.string().min(1, "a consumer key is needed"),
    endpoint: z.url().default("https://eu.api.ovh.com/1.0"),
  })
  .transform((inputs) => ({ ...inputs, records: canonical(inputs.records, inputs.zone) }));

function canonical(sets: RecordSets, zone: string): RecordSets {
  return Object.fromEntries(
    Object.entries(sets).map(([key, { ttl, values }]) => {
      const type = key.split(" ")[1] ?? "";
      return [key, { ttl, values: [...new Set(values.map((value) => canonicalValue(type, value, zone)))] }];
    }),
  );
}

/** @param patience how long is waited; tests wait less */
export function ovhDnsType(patience?: Patience): ResourceType<OvhDnsInputs, OvhDnsState> {
  return {
    token: "quayside:ovh:DnsRecords",
    schema: schema as unknown as z.ZodType<OvhDnsInputs>,
    identity: ["zone"],
    settings: ["applicationKey", "applicationSecret", "consumerKey", "endpoint"],
    idOf: ({ zone }) => zone,
    things: ({ zone, records }) => Object.keys(records ?? {}).map(recordThing(zone)),
    without: (declared, things) => ({
      ...declared,
      records: entriesWithout(declared.records, recordThing(declared.zone), things),
    }),

    async observe(_session, inputs, previous) {
      const { zone } = inputs;
      const keys = [...Object.keys(previous?.records ?? {}), ...Object.keys(inputs.records)];
      const found = await list(new OvhApi(inputs, patience), zone).catch(gone);
      const records = observedSets(found ?? [], keys, inputs.records, zone);
      return Object.keys(records).length > 0 ? { zone, records } : undefined;
    },

    async apply(session, inputs, observed, previous) {
      const { zone, records } = inputs;
      if (!previous) warnOfForeign(session, zone, observed?.records ?? {}, records);
      const api = new OvhApi(inputs, patience);
      const found = await change(session, api, zone, Object.keys(previous?.records ?? {}), records);
      return { zone, records: observedSets(found, Object.keys(records), records, zone) };
    },

    async remove(session, inputs, state) {
      const owned = [...Object.keys(state.records ?? {}), ...Object.keys(inputs.records)];
      await change(session, new OvhApi(inputs, patience), inputs.zone, owned, {}).catch(gone);
    },
  };
}

function recordThing(zone: string): (key: string) => string {
  return (key) => `record ${key} of ${zone}`;
}

/** What a first run replaces was made by another hand. */
function warnOfForeign(session: Session, zone: string, observed: RecordSets, wanted: RecordSets): void {
  for (const [key, { values }] of Object.entries(observed)) {
    const foreign = values.filter((value) => !wanted[key]?.values.includes(value));
    if (foreign.length > 0) session.warn(`${zone} had ${key} ${foreign.join(", ")}, which is replaced.`);
  }
}

/** Brings the sets to what is wanted, and publishes them. @returns what the zone has then */
async function change(
  session: Session,
  api: OvhApi,
  zone: string,
  owned: readonly string[],
  wanted: RecordSets,
): Promise<OvhRecord[]> {
  let untold: Error | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await list(api, zone);
    const steps = planRecords(found, owned, wanted, zone);
    if (steps.length === 0) {
      // Always: a run that was killed may have changed records without publishing them.
      await api.request("POST", `/domain/zone/${zone}/refresh`);
      return found;
    }
    untold = undefined;
    for (const step of steps) {
      session.progress(describe(step));
      try {
        await take(api, zone, step);
      } catch (error) {
        if (!(error instanceof Ambiguous)) throw error;
        untold = error;
        break;
      }
    }
  }
  throw (
    untold ?? session.fail(`the zone ${zone} at OVH does not keep what is put into it; somebody else changes it now.`)
  );
}

async function take(api: OvhApi, zone: string, step: Step): Promise<void> {
  const at = `/domain/zone/${zone}/record`;
  if (step.kind === "create") await api.request("POST", at, step.record);
  else if (step.kind === "delete") await api.request("DELETE", `${at}/${step.id}`).catch(gone);
  else {
    const { subDomain, target, ttl } = step.record;
    await api.request("PUT", `${at}/${step.id}`, { subDomain, target, ttl });
  }
}

async function list(api: OvhApi, zone: string): Promise<OvhRecord[]> {
  const ids = [...((await api.request("GET", `/domain/zone/${zone}/record`)) as number[])];
  const records: OvhRecord[] = [];
  const worker = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      // Gone in between is gone.
      const record = await api.request("GET", `/domain/zone/${zone}/record/${id}`).catch(gone);
      if (record) records.push(record as OvhRecord);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return records.sort((a, b) => a.id - b.id);
}

function gone(error: Error): undefined {
  if (!(error instanceof NotFound)) throw error;
  return undefined;
}

function describe(step: Step): string {
  if (step.kind === "delete") return `deleting ${step.key}`;
  return `${step.kind === "create" ? "making" : "changing"} ${keyOf(step.record)}`;
}
