import fc from "fast-check";
import { expect, test } from "vitest";
import { keyOf, type OvhRecord, observedSets, planRecords, type RecordSets, type Step } from "./plan.ts";

const ZONE = "example.org";

function record(id: number, key: string, target: string, ttl = 3600): OvhRecord {
  const [name = "", fieldType = ""] = key.split(" ");
  return { id, subDomain: name === "@" ? "" : name, fieldType, target, ttl };
}

function carriedOut(records: readonly OvhRecord[], steps: readonly Step[]): OvhRecord[] {
  let result = [...records];
  let nextId = 1000;
  for (const step of steps) {
    if (step.kind === "create") result.push({ ...step.record, id: nextId++ });
    else if (step.kind === "delete") result = result.filter(({ id }) => id !== step.id);
    else result = result.map((it) => (it.id === step.id ? { ...step.record, id: it.id } : it));
  }
  return result;
}

test("only what differs is changed; a changed value takes the old one's place", () => {
  const there = [
    record(1, "www A", "203.0.113.1"),
    record(2, "www A", "203.0.113.2"),
    record(3, "@ NS", "ns10.ovh.net."),
  ];
  const wanted = { "www A": { ttl: 3600, values: ["203.0.113.1", "203.0.113.9"] } };
  expect(planRecords(there, [], wanted, ZONE)).toEqual([
    { kind: "update", id: 2, record: { subDomain: "www", fieldType: "A", target: "203.0.113.9", ttl: 3600 } },
  ]);
});

test("what is said in other words is no difference", () => {
  const there = [record(1, "@ TXT", "v=spf1 -all"), record(2, "blog CNAME", "www")];
  const wanted = {
    "@ TXT": { ttl: 3600, values: ['"v=spf1 -all"'] },
    "blog CNAME": { ttl: 3600, values: ["www.example.org."] },
  };
  expect(planRecords(there, [], wanted, ZONE)).toEqual([]);
  expect(observedSets(there, Object.keys(wanted), wanted, ZONE)).toEqual(wanted);
});

test("a set that goes makes way before its successor comes", () => {
  const wanted = { "www CNAME": { ttl: 60, values: ["core.example.org."] } };
  const steps = planRecords([record(1, "www A", "203.0.113.1")], ["www A"], wanted, ZONE);
  expect(steps.map(({ kind }) => kind)).toEqual(["delete", "create"]);
});

const key: fc.Arbitrary<string> = fc.constantFrom("www A", "@ A", "api A");
const value = fc.integer({ min: 1, max: 5 }).map((n) => `203.0.113.${n}`);
const ttl = fc.constantFrom(60, 3600);
const sets: fc.Arbitrary<RecordSets> = fc.dictionary(
  key,
  fc.record({ ttl, values: fc.uniqueArray(value, { minLength: 1 }) }, { noNullPrototype: true }),
  { noNullPrototype: true },
);
const zone = fc
  .array(fc.tuple(fc.oneof(key, fc.constant("other A")), value, ttl))
  .map((all) => all.map(([where, target, seconds], id) => record(id, where, target, seconds)));

test("afterwards the zone is as wanted, whatever was there; what is not ours is left alone; again changes nothing", () => {
  fc.assert(
    fc.property(zone, sets, fc.uniqueArray(key), (there, wanted, owned) => {
      const after = carriedOut(there, planRecords(there, owned, wanted, ZONE));
      expect(observedSets(after, Object.keys(wanted), wanted, ZONE)).toEqual(wanted);
      const foreign = (it: OvhRecord) => !owned.includes(keyOf(it)) && !(keyOf(it) in wanted);
      expect(after.filter(foreign)).toEqual(there.filter(foreign));
      expect(after.filter((it) => owned.includes(keyOf(it)) && !(keyOf(it) in wanted))).toEqual([]);
      expect(planRecords(after, owned, wanted, ZONE)).toEqual([]);
    }),
  );
});
