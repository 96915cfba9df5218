import { describe, expect, test } from "vitest";
import { installable, staysActive } from "./content.ts";
import { planUnit } from "./plan.ts";
import { parseUnit, unitDigest } from "./script.ts";
import { systemdUnitType, type UnitInputs } from "./type.ts";

const content = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n";
const inputs = (more: object = {}): UnitInputs =>
  systemdUnitType.schema.parse({ host: { name: "core", address: "::1" }, unit: "a.service", ...more });
const base64 = (text: string) => Buffer.from(text).toString("base64");

function show(wanted: UnitInputs, values: Record<string, string> = {}, text?: string) {
  const all = {
    ...{ LoadState: "loaded", ActiveState: "active", SubState: "running", UnitFileState: "enabled" },
    ...{ NeedDaemonReload: "no", Type: "simple", RemainAfterExit: "no", ...values },
  };
  const lines = Object.entries(all).map(([key, value]) => `${key}=${value}`);
  if (text !== undefined) lines.push(`Content=${base64(text)}`);
  return parseUnit(`${lines.join("\n")}\n`, wanted);
}

describe("a unit's plan", () => {
  test("is empty for what already is as wanted, also when it was there before us", () => {
    expect(planUnit(inputs(), show(inputs()))).toEqual([]);
  });

  test("writes, reloads, enables, starts and remembers a new one", () => {
    expect(planUnit(inputs({ content }), undefined)).toEqual(["write", "reload", "enable", "start", "record"]);
  });

  test("restarts what runs with an older file, and stops and disables what should not run", () => {
    const wanted = inputs({ content });
    expect(planUnit(wanted, show(wanted, {}, "old"))).toEqual(["write", "reload", "restart", "record"]);
    const off = inputs({ enabled: false, running: false });
    expect(planUnit(off, show(off))).toEqual(["disable", "stop"]);
  });

  test("restarts once when nothing is known about what it was started with", () => {
    const wanted = inputs({ restartOn: ["a"] });
    expect(planUnit(wanted, show(wanted))).toEqual(["restart", "record"]);
    expect(planUnit(wanted, show(wanted, { Record: unitDigest(wanted) }))).toEqual([]);
    expect(planUnit(wanted, show(wanted, { Record: unitDigest(inputs({ restartOn: ["b"] })) }))).toContain("restart");
    expect(planUnit(wanted, show(wanted, { Record: "pending" }))).toContain("restart");
  });

  test("reads files that changed behind systemd's back", () => {
    expect(planUnit(inputs(), show(inputs(), { NeedDaemonReload: "yes" }))).toEqual(["reload"]);
  });

  test("masks after stopping, and unmasks before starting", () => {
    const masked = inputs({ masked: true });
    expect(planUnit(masked, show(masked))).toEqual(["stop", "mask"]);
    const state = { LoadState: "masked", ActiveState: "inactive", UnitFileState: "masked" };
    expect(planUnit(inputs(), show(inputs(), state))).toEqual(["unmask", "enable", "start"]);
  });
});

describe("a unit's state", () => {
  test("is honest about a service that keeps failing", () => {
    const facts = show(inputs(), { ActiveState: "activating", SubState: "auto-restart" });
    expect(facts?.state.running).toBe(false);
  });

  test("is nothing when systemd does not know it", () => {
    expect(show(inputs(), { LoadState: "not-found", ActiveState: "inactive" })).toBeUndefined();
  });
});

describe("a unit file", () => {
  test("says by itself what can be enabled and what stays active", () => {
    expect(installable(content)).toBe(true);
    expect(installable("[Install]\n\n# later\n[Service]\nWantedBy=x\n")).toBe(false);
    expect(staysActive("a.service", "[Service]\nType=oneshot\n")).toBe(false);
    expect(staysActive("a.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\n")).toBe(true);
    expect(inputs({ content: "[Service]\nType=oneshot\n" })).toMatchObject({ enabled: false, running: false });
  });

  test.each([
    [{ masked: true, enabled: true }, /masked unit cannot be enabled/],
    [{ content: "[Service]\nType=oneshot\n", running: true }, /ends at once/],
    [{ content: "[Service]\n", enabled: true }, /no \[Install\]/],
  ])("%j is refused", (more, message) => {
    expect(() => inputs(more)).toThrow(message);
  });
});
