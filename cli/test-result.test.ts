import { describe, expect, it } from "vitest";
import { countVitest, plus, resultLine } from "./test-result.ts";

const report = (numPassedTests: number, numFailedTests: number, testResults: object[] = []): string =>
  JSON.stringify({ numPassedTests, numFailedTests, testResults });

describe("the count of a test run", () => {
  it("takes vitest's numbers", () => {
    expect(countVitest(1, report(3, 2))).toEqual({ passed: 3, failed: 2 });
  });

  it("counts a file that could not be loaded", () => {
    expect(countVitest(1, report(3, 0, [{ status: "failed", assertionResults: [] }]))).toEqual({
      passed: 3,
      failed: 1,
    });
  });

  it("is not green when vitest failed and no test did", () => {
    expect(countVitest(1, report(3, 0))).toEqual({ passed: 3, failed: 1 });
    expect(countVitest(1, undefined)).toEqual({ passed: 0, failed: 1 });
  });

  it("ends in one line", () => {
    expect(resultLine(plus({ passed: 1, failed: 0 }, { passed: 2, failed: 1 }))).toBe("3 passed, 1 failed");
  });
});
