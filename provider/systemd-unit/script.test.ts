import { expect, test } from "vitest";
import { answerFor, observeUnits } from "./script.ts";
import { systemdUnitType, type UnitInputs } from "./type.ts";

const inputs = (unit: string, more: object = {}) =>
  systemdUnitType.schema.parse({ host: { name: "core", address: "203.0.113.1" }, unit, ...more }) as UnitInputs;

test("several units are looked at by one process", () => {
  const script = observeUnits([inputs("a.service"), inputs("b.timer"), inputs("a.service")]);
  expect(script.match(/systemctl/g)).toHaveLength(1);
  expect(script).toContain(" -- a.service b.timer");
});

test("of what was printed about several, each finds its own", () => {
  const output = [
    "Units=a.service b@x.service c.service",
    "LoadState=loaded\nActiveState=active\n\nLoadState=not-found\nActiveState=inactive\n\nLoadState=masked\nActiveState=failed\n",
    "Unit=c.service\nRecord=1234\n\nUnit=a.service\nRecord=5678\nContent=QQ==\n",
  ].join("\n");
  expect(answerFor(output, "a.service")).toBe("LoadState=loaded\nActiveState=active\nRecord=5678\nContent=QQ==\n");
  expect(answerFor(output, "b@x.service")).toBe("LoadState=not-found\nActiveState=inactive");
  expect(answerFor(output, "c.service")).toBe("LoadState=masked\nActiveState=failed\nRecord=1234\n");
});
