import { canonicalValue } from "./values.ts";

/** All records of one name and type. */
export interface RecordSet {
  ttl: number;
  values: string[];
}

/** Sets by name and type, `www A`; the zone's own name is `@`. */
export type RecordSets = Record<string, RecordSet>;

/** A record as OVH has it. */
export interface OvhRecord {
  id: number;
  fieldType: string;
  /** Empty for the zone's own name. */
  subDomain: string;
  target: string;
  /** Seconds; 0 is the zone's own. */
  ttl: number;
}

export type Step =
  | { kind: "create"; record: Omit<OvhRecord, "id"> }
  | { kind: "update"; id: number; record: Omit<OvhRecord, "id"> }
  | { kind: "delete"; id: number; key: string };

/** `www A` of a record of OVH. */
export function keyOf({ subDomain, fieldType }: Pick<OvhRecord, "subDomain" | "fieldType">): string {
  return `${subDomain.toLowerCase() || "@"} ${fieldType}`;
}

/** What the API has of these sets, in the words of the inputs. Values keep the order in which they are wanted. */
export function observedSets(
  records: readonly OvhRecord[],
  keys: Iterable<string>,
  wanted: RecordSets,
  zone: string,
): RecordSets {
  const sets: RecordSets = {};
  for (const key of new Set(keys)) {
    const here = records.filter((record) => keyOf(record) === key);
    if (here.length === 0) continue;
    const order = wanted[key]?.values ?? [];
    const place = (value: string) => (order.includes(value) ? order.indexOf(value) : order.length);
    const values = here.map((record) => canonicalValue(record.fieldType, record.target, zone));
    const ttls = here.map(({ ttl }) => ttl);
    sets[key] = {
      ttl: ttls.find((ttl) => ttl !== wanted[key]?.ttl) ?? ttls[0] ?? 0,
      values: values.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1)),
    };
  }
  return sets;
}

/**
 * The steps from what there is to what is wanted. Pure. A changed value takes the place of an old one, so that its name
 * never answers nothing; sets that go make way first, as a CNAME tolerates nothing beside it.
 *
 * @param owned sets that are ours: those that are not wanted any more are deleted
 */
export function planRecords(
  records: readonly OvhRecord[],
  owned: Iterable<string>,
  wanted: RecordSets,
  zone: string,
): Step[] {
  const gone: Step[] = [];
  const changed: Step[] = [];
  const surplus: Step[] = [];
  for (const key of new Set([...owned, ...Object.keys(wanted)])) {
    const here = records.filter((record) => keyOf(record) === key);
    const set = wanted[key];
    if (!set) {
      gone.push(...here.map(({ id }): Step => ({ kind: "delete", id, key })));
      continue;
    }
    const [name = "", fieldType = ""] = key.split(" ");
    const subDomain = name === "@" ? "" : name;
    const missing = new Set(set.values);
    const unwanted: OvhRecord[] = [];
    for (const record of here) {
      const value = canonicalValue(fieldType, record.target, zone);
      if (!missing.delete(value)) unwanted.push(record);
      else if (record.ttl !== set.ttl) {
        changed.push({ kind: "update", id: record.id, record: { fieldType, subDomain, target: value, ttl: set.ttl } });
      }
    }
    for (const target of missing) {
      const record = { fieldType, subDomain, target, ttl: set.ttl };
      const replaced = unwanted.shift();
      changed.push(replaced ? { kind: "update", id: replaced.id, record } : { kind: "create", record });
    }
    surplus.push(...unwanted.map(({ id }): Step => ({ kind: "delete", id, key })));
  }
  return [...gone, ...changed, ...surplus];
}
