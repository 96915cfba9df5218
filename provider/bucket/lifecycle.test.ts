import { expect, test } from "vitest";
import { rulesFromApi, rulesToApi, withoutGiven } from "./lifecycle.ts";
import type { LifecycleRule } from "./model.ts";

const rules: Record<string, LifecycleRule> = {
  logs: { prefix: "logs/", enabled: true, expireDays: 30, transitions: [{ days: 7, storageClass: "GLACIER" }] },
  versions: { prefix: "", enabled: false, expireVersionsDays: 90, keepVersions: 3, abortUploadsDays: 2 },
  markers: { prefix: "", enabled: true, expireDeleteMarkers: true },
};

test("rules come back from the API as they were declared", () => {
  expect(rulesFromApi(rulesToApi(rules))).toEqual(rules);
});

test("what a declaration has no word for shows as a difference", () => {
  const [rule] = rulesToApi({ logs: rules.logs as LifecycleRule });
  const bySize = { ...rule, Filter: { And: { Prefix: "logs/", ObjectSizeGreaterThan: 10 } } } as typeof rule;
  expect(rulesFromApi([bySize as never])).toEqual({
    logs: { ...rules.logs, more: '{"ObjectSizeGreaterThan":10}' },
  });
  expect(rulesFromApi([{ ID: "old", Prefix: "a/", Status: "Enabled", Expiration: { Days: 1 } }])).toEqual({
    old: { prefix: "a/", enabled: true, expireDays: 1 },
  });
});

test("the rule that an endpoint gives every bucket stays, and is no difference", () => {
  const given = { ID: "Default Multipart Abort Rule", Status: "Enabled" as const, Filter: { Prefix: "" } };
  expect(rulesToApi(rules, [given, { ID: "byhand", Status: "Enabled", Filter: {} }]).map(({ ID }) => ID)).toEqual([
    ...["logs", "versions", "markers", given.ID],
  ]);
  expect(withoutGiven(rulesFromApi([given]), {})).toEqual({});
});
