import fc from "fast-check";
import { expect, test } from "vitest";
import { momentLabel } from "../../provider/lifetime/duration.ts";
import { KINDS, planReap, type Thing } from "./plan.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const HOUR = 3_600_000;
let id = 0;
const thing = (stack: string, expires?: number | string, more: Record<string, string> = {}): Thing => ({
  kind: KINDS[id % KINDS.length] ?? KINDS[0],
  id: ++id,
  name: `${stack}-${id}`,
  labels: {
    ...{ "managed-by": "quayside", project: "quayside", stack },
    ...(expires !== undefined && { expires: typeof expires === "number" ? momentLabel(expires) : expires }),
    ...more,
  },
});
const plan = (...things: Thing[]) => planReap(things, "quayside", NOW);

test("a stack is reaped whole once its time is over; what lives or never expires is not", () => {
  const [volume, server, unlabelled] = [thing("preprod-pr-7", NOW), thing("preprod-pr-7", NOW), thing("preprod-pr-7")];
  const live = thing("preprod", NOW + 1000);
  const { expired, alive, faults } = plan(volume, thing("prod"), server, live, unlabelled);
  expect(expired).toEqual([{ stack: "preprod-pr-7", expires: NOW, things: [volume, server, unlabelled] }]);
  expect(alive).toEqual([{ stack: "preprod", expires: NOW + 1000, things: [live] }]);
  expect(faults).toEqual([]);
});

test("of an interrupted prolongation the latest moment counts", () => {
  expect(plan(thing("preprod", NOW - HOUR), thing("preprod", NOW + HOUR)).expired).toEqual([]);
});

test("other projects' and other people's things are nobody's here", () => {
  const past = NOW - HOUR;
  const others = [thing("a", past, { project: "shop" }), thing("b", past, { "managed-by": "hand" }), thing("", past)];
  expect(plan(...others)).toEqual({ expired: [], alive: [], faults: [] });
});

test("a moment that cannot be read keeps the stack, and is said", () => {
  const { expired, faults } = plan(thing("preprod", NOW - HOUR), thing("preprod", "yesterday"));
  expect(expired).toEqual([]);
  expect(faults).toEqual([expect.stringMatching(/^preprod is left alone: .*is "yesterday", which is no moment/)]);
});

test("whatever there is: only what is ours is reaped, and only when nothing of its stack lasts longer", () => {
  const things = fc.array(
    fc
      .record({
        stack: fc.constantFrom("a", "b", "c"),
        after: fc.option(fc.integer({ min: -9, max: 9 })),
        own: fc.boolean(),
      })
      .map(({ stack, after, own }) =>
        thing(stack, after === null ? undefined : NOW + after * HOUR, own ? {} : { project: "other" }),
      ),
  );
  fc.assert(
    fc.property(things, (all) => {
      for (const { stack, things } of planReap(all, "quayside", NOW).expired) {
        const own = all.filter(({ labels }) => labels["project"] === "quayside" && labels["stack"] === stack);
        expect(things).toEqual(own);
        const latest =
          own
            .flatMap(({ labels }) => labels["expires"] ?? [])
            .sort()
            .at(-1) ?? "";
        expect(latest !== "" && latest <= momentLabel(NOW)).toBe(true);
      }
    }),
  );
});
