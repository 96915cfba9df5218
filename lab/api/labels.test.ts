import { describe, expect, it } from "vitest";
import { ApiError } from "./errors.ts";
import { isLabelKey, isLabelValue, labelSelector } from "./labels.ts";

const labels = { env: "prod", role: "web", "example.org/team": "ops", empty: "" };

describe("labelSelector", () => {
  it.each([
    ["env", true],
    ["missing", false],
    ["!missing", true],
    ["!env", false],
    ["env=prod", true],
    ["env==prod", true],
    ["env=dev", false],
    ["env!=dev", true],
    ["missing!=x", true],
    ["role in (web,db)", true],
    ["role in (db)", false],
    ["role notin (db, cache)", true],
    ["missing notin (a)", true],
    ["env=prod,role in (web,db),!missing", true],
    ["env=prod,role=db", false],
    ["example.org/team=ops", true],
    ["empty=", true],
    ["", true],
  ])("%s is %s", (selector, expected) => {
    expect(labelSelector(selector)(labels)).toBe(expected);
  });

  it.each(["=x", "a b", "a=b=c d", "role in web", "-bad=x"])("refuses '%s'", (selector) => {
    expect(() => labelSelector(selector)).toThrow(ApiError);
  });
});

describe("labels", () => {
  it("may have a prefix, and values may be empty", () => {
    expect(isLabelKey("example.org/team")).toBe(true);
    expect(isLabelValue("")).toBe(true);
  });

  it("refuses what the cloud refuses", () => {
    expect(isLabelKey("a".repeat(64))).toBe(false);
    expect(isLabelKey("-a")).toBe(false);
    expect(isLabelKey("")).toBe(false);
    expect(isLabelValue("with space")).toBe(false);
  });
});
