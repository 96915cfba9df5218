import { describe, expect, test } from "vitest";
import { z } from "zod";
import { firewallSchema } from "../firewall/rules.ts";
import { sshDaemonSchema } from "../ssh-daemon/options.ts";
import { check } from "./check.ts";
import { type Path, type Properties, UNKNOWN } from "./values.ts";

const schema = z.strictObject({
  path: z.string().startsWith("/", "an absolute path is needed"),
  mode: z.string().default("0644"),
  count: z.number().max(3, "at most 3").optional(),
});
const decoded = (properties: Properties, secrets: Path[] = [], unknowns: Path[] = []) => ({
  properties,
  secrets,
  unknowns,
});

describe("check", () => {
  test("fills in defaults", () => {
    expect(check(schema, decoded({ path: "/a" }))).toEqual({ properties: { path: "/a", mode: "0644" }, faults: [] });
  });

  test("lists all faults at once, with place, value and what is allowed", () => {
    expect(check(schema, decoded({ path: "a", count: 9, modus: "1" })).faults).toEqual([
      { path: "path", reason: 'an absolute path is needed (got "a")' },
      { path: "count", reason: "at most 3 (got 9)" },
      { path: "", reason: 'unknown "modus"' },
    ]);
  });

  test("never shows a secret", () => {
    const { faults } = check(schema, decoded({ path: "hunter2" }, [["path"]]));
    expect(faults).toEqual([{ path: "path", reason: "an absolute path is needed" }]);
  });

  test("does not judge what is not known yet, and judges the rest", () => {
    const { faults } = check(schema, decoded({ path: UNKNOWN, count: 9 }, [], [["path"]]));
    expect(faults.map((fault) => fault.path)).toEqual(["count"]);
  });

  test("fills in defaults and judges what is on a host that is not known yet", () => {
    const onHost = schema.extend({ host: z.strictObject({ name: z.string(), address: z.string() }) });
    const later = (properties: Properties) => decoded({ host: UNKNOWN, ...properties }, [], [["host"]]);
    expect(check(onHost, later({ path: "/a" }))).toEqual({
      properties: { host: UNKNOWN, path: "/a", mode: "0644" },
      faults: [],
    });
    expect(check(onHost, later({ path: "a" })).faults.map(({ path }) => path)).toEqual(["path"]);
    const firewall = later({ rules: { ssh: { port: 804 } } });
    const { properties, faults } = check(firewallSchema, firewall);
    expect({ faults, incoming: properties.incoming }).toEqual({ faults: [], incoming: "deny" });
    expect(check(sshDaemonSchema, later({ ports: [804], allowUsers: ["deploy"] })).faults).toEqual([]);
  });
});
