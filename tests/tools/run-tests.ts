import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countOutcome, countsLine, parseReport, type VitestReport } from './count.ts';
import { provideChromium, provideSimulator } from './provide.ts';

/**
 * Types, lint, and every test in Node and in a browser; installs what the tests need where it is missing.
 * The last line printed is `N passed, N failed`.
 * @returns the exit code
 */
export async function runTests(): Promise<number> {
  process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));
  const chromium = provideChromium();
  provideSimulator();
  const typesPassed = runScript('node_modules/typescript/bin/tsc') === 0;
  const lintPassed = runScript('node_modules/@biomejs/biome/bin/biome', 'check', '.') === 0;
  const { exitCode, report } = runVitest(chromium);
  const counts = countOutcome({ typesPassed, lintPassed, report, vitestExitCode: exitCode });
  for (const remark of counts.remarks) console.log(`Failed: ${remark}.`);
  console.log(countsLine(counts));
  return counts.failed === 0 ? 0 : 1;
}

/** Runs Vitest with a report in a folder of its own, so that no older report can be taken for it. */
function runVitest(chromium: string | undefined): { exitCode: number; report: VitestReport | undefined } {
  const folder = mkdtempSync(join(tmpdir(), 'systole-tests-'));
  try {
    const file = join(folder, 'report.json');
    if (chromium !== undefined) process.env.CHROMIUM_PATH = chromium;
    const exitCode = runScript(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--allowOnly=false',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      // Without a browser its project would only wait for one; its absence is counted as a failure.
      ...(chromium === undefined ? ['--project=node'] : []),
    );
    return { exitCode, report: readReport(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): VitestReport | undefined {
  try {
    return parseReport(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Runs a script of an installed package; its exit code, 1 where a signal ended it. */
function runScript(script: string, ...args: readonly string[]): number {
  console.log(`> ${script.replace(/^.*\//, '')} ${args.join(' ')}`.trimEnd());
  return spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' }).status ?? 1;
}
