export interface Count {
  passed: number;
  failed: number;
}

/**
 * Counts one run of vitest. Files that could not even be loaded hold no tests and still count as failed, and so does a
 * run that ended badly for a reason that no test shows, or wrote no report.
 */
export function countVitest(exitCode: number, report: string | undefined): Count {
  if (report === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(report) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failed = numFailedTests + broken.length;
  return { passed: numPassedTests, failed: exitCode !== 0 ? Math.max(1, failed) : failed };
}

export function plus(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** The last line of a test run. */
export function resultLine({ passed, failed }: Count): string {
  return `${passed} passed, ${failed} failed`;
}
