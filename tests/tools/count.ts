/** What is used of the report that Vitest's JSON reporter writes. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** What a whole run came to, step by step. */
export interface Outcome {
  readonly typesPassed: boolean;
  readonly lintPassed: boolean;
  /** `undefined` when Vitest wrote none, or none that can be read. */
  readonly report: VitestReport | undefined;
  readonly vitestExitCode: number;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Why there are more failures than tests that failed. */
  readonly remarks: readonly string[];
}

/** The projects of `vite.config.ts`, by the files that are theirs. */
const PROJECTS: readonly { readonly where: string; readonly owns: (name: string) => boolean }[] = [
  { where: 'in Node', owns: (name) => !/\.browser\.test\.[jt]s$/.test(name) },
  { where: 'in a browser', owns: (name) => /(?<!\.screen)\.browser\.test\.[jt]s$/.test(name) },
  { where: 'on a screen of a browser', owns: (name) => /\.screen\.browser\.test\.[jt]s$/.test(name) },
];

/**
 * True counts of a run. Vitest's own report can look green when it is not: without a browser the whole
 * browser project is missing from it, and a file that fails to import, or an error outside any test, leaves
 * `numFailedTests` at 0. So each of these counts as one failure: types, lint, a file that failed without a
 * failed test, a project that ran no test, and an exit code that nothing else explains.
 */
export function countOutcome(outcome: Outcome): Counts {
  const { report } = outcome;
  const failedTests = report?.numFailedTests ?? 0;
  const hidden = hiddenFailures(report);
  if (outcome.vitestExitCode !== 0 && failedTests + hidden.length === 0) {
    hidden.push(`Vitest ended with ${outcome.vitestExitCode} although no test failed`);
  }
  const remarks = [
    ...(outcome.typesPassed ? [] : ['the type check failed']),
    ...(outcome.lintPassed ? [] : ['lint or format check failed']),
    ...hidden,
  ];
  const stepsPassed = Number(outcome.typesPassed) + Number(outcome.lintPassed);
  return {
    passed: (report?.numPassedTests ?? 0) + stepsPassed,
    failed: failedTests + remarks.length,
    remarks,
  };
}

/** What went wrong in Vitest without a test that failed. */
function hiddenFailures(report: VitestReport | undefined): string[] {
  const remarks = report === undefined ? ['Vitest left no report'] : [];
  for (const file of report?.testResults ?? []) {
    const isExplained = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !isExplained) remarks.push(`${file.name} failed outside its tests`);
  }
  const lost = PROJECTS.filter(({ owns }) => !hasRun(report, owns));
  return [...remarks, ...lost.map(({ where }) => `no test ran ${where}`)];
}

function hasRun(report: VitestReport | undefined, isWanted: (name: string) => boolean): boolean {
  return (report?.testResults ?? []).some(
    (file) =>
      isWanted(file.name) &&
      file.assertionResults.some((test) => test.status === 'passed' || test.status === 'failed'),
  );
}

/** The last line of a run. */
export function countsLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed`;
}

/** The report in `text`; `undefined` when it is none. */
export function parseReport(text: string): VitestReport | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isReport(value: unknown): value is VitestReport {
  if (typeof value !== 'object' || value === null) return false;
  const report = value as Partial<Record<keyof VitestReport, unknown>>;
  return (
    Number.isSafeInteger(report.numPassedTests) &&
    Number.isSafeInteger(report.numFailedTests) &&
    Array.isArray(report.testResults)
  );
}
