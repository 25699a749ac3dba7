import { describe, expect, it } from 'vitest';
import { countOutcome, countsLine, parseReport, type VitestReport } from './count.ts';

const file = (name: string, ...statuses: readonly string[]): VitestReport['testResults'][number] => ({
  name,
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status) => ({ status })),
});

function reportOf(...testResults: VitestReport['testResults']): VitestReport {
  const statuses = testResults.flatMap((each) => each.assertionResults.map((test) => test.status));
  return {
    numPassedTests: statuses.filter((status) => status === 'passed').length,
    numFailedTests: statuses.filter((status) => status === 'failed').length,
    testResults,
  };
}

const node = file('/a/tests/x.test.ts', 'passed', 'passed', 'skipped');
const browser = file('/a/tests/y.browser.test.ts', 'passed');
const screen = file('/a/tests/z.screen.browser.test.ts', 'passed');
const green = {
  typesPassed: true,
  lintPassed: true,
  report: reportOf(node, browser, screen),
  vitestExitCode: 0,
};
const lineOf = (outcome: Partial<typeof green> & { report?: VitestReport | undefined }): string =>
  countsLine(countOutcome({ ...green, ...outcome }));

describe('countOutcome', () => {
  it('counts tests, types and lint; what was skipped neither passed nor failed', () => {
    expect(lineOf({})).toBe('6 passed, 0 failed');
  });

  it('counts every failed test', () => {
    const failing = file('/a/tests/z.test.ts', 'failed', 'failed', 'passed');
    expect(lineOf({ report: reportOf(node, browser, screen, failing), vitestExitCode: 1 })).toBe(
      '7 passed, 2 failed',
    );
  });

  it('counts types and lint as one each', () => {
    expect(lineOf({ typesPassed: false, lintPassed: false })).toBe('4 passed, 2 failed');
  });

  it('counts a file that failed to import, beside other failures too', () => {
    const broken = { name: '/a/tests/broken.test.ts', status: 'failed', assertionResults: [] };
    const failing = file('/a/tests/z.test.ts', 'failed');
    expect(lineOf({ report: reportOf(node, browser, screen, broken), vitestExitCode: 1 })).toBe(
      '6 passed, 1 failed',
    );
    expect(lineOf({ report: reportOf(node, browser, screen, broken, failing), vitestExitCode: 1 })).toBe(
      '6 passed, 2 failed',
    );
  });

  it('counts a file whose tests passed and whose hooks failed', () => {
    const hook = { ...file('/a/tests/hook.test.ts', 'passed'), status: 'failed' };
    expect(lineOf({ report: reportOf(node, browser, screen, hook), vitestExitCode: 1 })).toBe(
      '7 passed, 1 failed',
    );
  });

  it('counts a project that did not run', () => {
    expect(lineOf({ report: reportOf(node, screen), vitestExitCode: 1 })).toBe('5 passed, 1 failed');
    expect(lineOf({ report: reportOf(browser, screen) })).toBe('4 passed, 1 failed');
    expect(lineOf({ report: reportOf(node, browser) })).toBe('5 passed, 1 failed');
    const skipped = file('/a/tests/y.browser.test.ts', 'skipped');
    expect(lineOf({ report: reportOf(node, screen, skipped) })).toBe('5 passed, 1 failed');
  });

  it('believes an exit code that nothing else explains', () => {
    expect(lineOf({ vitestExitCode: 1 })).toBe('6 passed, 1 failed');
    expect(lineOf({ vitestExitCode: 1, typesPassed: false })).toBe('5 passed, 2 failed');
  });

  it('fails without a report, whatever the exit code', () => {
    expect(lineOf({ report: undefined })).toBe('2 passed, 4 failed');
    expect(lineOf({ report: reportOf() })).toBe('2 passed, 3 failed');
  });

  it('says why, once for each failure that is no test', () => {
    const counts = countOutcome({ ...green, typesPassed: false, report: undefined, vitestExitCode: 1 });
    expect(counts.remarks).toHaveLength(counts.failed);
  });
});

describe('parseReport', () => {
  it('reads what the reporter writes', () => {
    expect(parseReport(JSON.stringify(green.report))).toEqual(green.report);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"numPassedTests":1}',
    '{"numPassedTests":"1","numFailedTests":0,"testResults":[]}',
  ])('takes "%s" for no report', (text) => {
    expect(parseReport(text)).toBeUndefined();
  });
});
