import { expect, test } from "vitest";
import type { Session } from "../transport/session.ts";
import { momentLabel, parseDuration, parseMoment } from "./duration.ts";
import { lifetimeType } from "./type.ts";

const session = {} as Session;
const inputs = (lifetime: string, more = {}) => lifetimeType.schema.parse({ lifetime, ...more });
const faults = (input: object) => lifetimeType.schema.safeParse(input).error?.issues.map(({ message }) => message);

test("durations and moments are read as they are written", () => {
  expect(["90m", "8h", "3d"].map(parseDuration)).toEqual([5_400_000, 28_800_000, 259_200_000]);
  expect(["", "0h", "8", "8 h", "1w", "-1h", "99999h"].map(parseDuration)).toEqual(Array(7).fill(undefined));
  const label = momentLabel(Date.parse("2026-11-21T13:45:10.123Z"));
  expect(label).toBe("2026-11-21T13.45.10Z");
  expect(parseMoment(label)).toBe(Date.parse("2026-11-21T13:45:10Z"));
  expect(["2026-13-21T13.45.10Z", "2026-11-21", "soon"].map(parseMoment)).toEqual(Array(3).fill(undefined));
});

test("it counts from the first run; another run does not prolong it, another lifetime does", async () => {
  const first = await lifetimeType.apply(session, inputs("1h"), undefined, undefined);
  expect(parseMoment(first.expires)).toBe(Math.floor(Date.parse(first.created) / 1000) * 1000 + 3_600_000);
  const now = Date.now();
  const ago = (milliseconds: number) => new Date(now - milliseconds).toISOString();
  const previous = { ...first, created: ago(600_000), expires: momentLabel(now + 3_000_000) };
  expect(await lifetimeType.observe(session, inputs("1h"), previous)).toBe(previous);
  expect(lifetimeType.ranOut?.(previous, now)).toEqual([]);
  expect(await lifetimeType.apply(session, inputs("2d"), previous, previous)).toEqual({
    ...{ lifetime: "2d", created: previous.created, expires: momentLabel(now - 600_000 + 172_800_000) },
  });
});

test("when it is over, that is a difference, and another run begins anew", async () => {
  const over = { lifetime: "1h", created: "2026-01-01T00:00:00.000Z", expires: "2026-01-01T01.00.00Z" };
  expect(lifetimeType.ranOut?.(over, Date.now())).toEqual(["expires"]);
  const renewed = await lifetimeType.apply(session, inputs("1h"), over, over);
  expect(Date.parse(renewed.created)).toBeGreaterThan(Date.now() - 60_000);
  expect(parseMoment(renewed.expires)).toBeGreaterThan(Date.now());
});

test("what may cost more than the ceiling is refused, naming what costs what", () => {
  const costs = [
    { what: "core: IPv4 address", monthly: 0.5 },
    { what: "core: cpx32 in fsn1", monthly: 35.49 },
  ];
  expect(faults({ lifetime: "8h", priceCeiling: 35.99, costs })).toBeUndefined();
  expect(faults({ lifetime: "8h", priceCeiling: 35.98, costs })).toEqual([
    expect.stringContaining(
      "up to 35.99 EUR a month (net), above its ceiling of 35.98: core: cpx32 in fsn1 35.49, core: IPv4 address 0.50.",
    ),
  ]);
  expect(faults({ lifetime: "soon" })).toEqual(["a time such as 90m, 8h or 3d is needed"]);
});
