import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a user calls it, in a process of its own. */
function systole(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'systole-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('systole run and replay', () => {
  it('records a run that replays, and notices a changed figure', async () => {
    const path = join(folder, 'run.systole.json');
    const run = await systole('run', 'llama-3-8b-training', '--out', path, '--json');
    expect(run.code).toBe(0);
    const result = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining([
        'stepSeconds',
        'tokensPerSecond',
        'modelFlops',
        'mfu',
        'bound',
        'lowerBoundSeconds',
        'units',
        'digest',
      ]),
    );

    const several = await systole('run', 'llama-3-8b-training', '--slices', '4', '--json');
    expect(JSON.parse(several.stdout)).toMatchObject({
      networkBottleneck: 'ici',
      units: { dcn: expect.any(Number) },
    });

    const replay = await systole('replay', path, '--json');
    expect(replay.code).toBe(0);
    expect(JSON.parse(replay.stdout)).toEqual({ reproduced: true, differences: [] });

    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"mfu": "0.', '"mfu": "1.'));
    const changed = await systole('replay', path, '--json');
    expect(changed.code).toBe(1);
    expect(JSON.parse(changed.stdout)).toMatchObject({
      reproduced: false,
      differences: [{ path: 'summary.figures.mfu' }],
    });
  });
});

describe('systole gemm', () => {
  it('tells time, bound, utilisation and traffic, never below the bound', async () => {
    const { code, stdout } = await systole(
      'gemm',
      '--chip',
      'v6e',
      '-m',
      '4096',
      '-k',
      '4096',
      '-n',
      '4096',
      '--json',
    );
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Record<string, number>;
    expect(result.seconds).toBeGreaterThanOrEqual(result.lowerBoundSeconds);
    expect(result).toMatchObject({
      bound: 'compute',
      breakdown: expect.any(Object),
      hbmBytes: expect.any(Number),
    });
    expect(result.flopsUtilization).toBeLessThanOrEqual(1);
  });
});

describe('bad input', () => {
  it('ends with 2 and one line that says where and what was expected', async () => {
    const junk = join(folder, 'junk.json');
    await writeFile(junk, Buffer.alloc(10_000_000, 'x'));
    const malformed = join(folder, 'malformed.json');
    await writeFile(malformed, '{"format": ');
    const huge = join(folder, 'huge.json');
    const gemm = { kind: 'gemm', m: 1, k: 1, n: 1 };
    const scenario = {
      format: 'systole-scenario',
      version: 1,
      chip: 'v5e',
      slice: { shape: [1] },
      workload: gemm,
    };
    await writeFile(huge, JSON.stringify({ ...scenario, workload: { ...gemm, k: 1e308 } }));
    const cases: readonly (readonly [RegExp, readonly string[]])[] = [
      [/junk\.json: expected at most \d+ bytes, found 10000000/, ['run', junk]],
      [/malformed\.json: expected JSON/, ['run', malformed]],
      [/huge\.json: workload\.k: expected/, ['run', huge]],
      [/unknown chip "v99"/, ['run', 'gemm-4096', '--chip', 'v99']],
      [/expected one to three extents from 1 up/, ['run', 'llama-3-8b-training', '--slice', '0x4']],
      [/--slices: expected a number from 1 to 1024/, ['run', 'llama-3-8b-training', '--slices', '0']],
      [/data x fsdp = 128 does not divide batch = 64/, ['run', 'llama-3-8b-training', '--slices', '8']],
      [
        /--mesh: expected .*found "fsdp=64:dcn\+x"/,
        ['run', 'llama-3-8b-training', '--mesh', 'fsdp=64:dcn+x'],
      ],
      [/-m: expected a number/, ['gemm', '--chip', 'v5e', '-m', 'NaN', '-k', '1', '-n', '1']],
      [/-k: expected a number/, ['gemm', '--chip', 'v5e', '-m', '1', '-k', '1e308', '-n', '1']],
      [/-n: is required/, ['gemm', '--chip', 'v5e', '-m', '1', '-k', '1']],
      [/Unknown option/, ['workloads', '--all']],
      [/nonsense: unknown command/, ['nonsense']],
      [/expected a recording, found a scenario/, ['replay', join(folder, 'scenario.json')]],
    ];
    await writeFile(join(folder, 'scenario.json'), JSON.stringify(scenario));
    for (const [message, args] of cases) {
      const { code, stdout, stderr } = await systole(...args);
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    }
  });
});
