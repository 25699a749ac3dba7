import { describe, expect, it } from 'vitest';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import type { Scenario } from '../../src/study/scenario.ts';

const evaluator = createEvaluator();

function verdict(change: Partial<Scenario>) {
  return evaluator.evaluate({ ...EMBEDDED_SCENARIO, ...change }).verdict;
}

describe('verdict', () => {
  it('names the links and their axis when they are waited for', () => {
    const { headline, detail } = verdict({ set: ['ici.linkBytesPerSecond=20e9'] });
    expect(headline).toMatch(
      /^Waits on the links: \d+\s% of the step is exposed communication, most on the z axis\.$/,
    );
    expect(detail).toMatch(
      /With free links the step would take .* instead of .*nothing could be faster than .* \(links\)/,
    );
  });

  it('is compute-bound when links cost nothing to speak of', () => {
    const { headline, detail } = verdict({ set: ['ici.linkBytesPerSecond=9e12', 'ici.hopLatencySeconds=0'] });
    expect(headline).toMatch(/^Compute-bound/);
    expect(detail).toMatch(/\(arithmetic\)/);
  });

  it('names memory when it is slow', () => {
    expect(verdict({ set: ['hbm.bytesPerSecond=100e9'] }).headline).toMatch(/^Waits on memory/);
  });

  it('names padding when the array is far wider than the work', () => {
    const workload = { kind: 'gemm', m: 65_536, k: 8192, n: 64 } as const;
    const { headline } = verdict({
      workload,
      slice: { shape: [1] },
      set: [
        'mxu.rows=1024',
        'mxu.columns=1024',
        'hbm.bytesPerSecond=90e12',
        'kernelOverheadSeconds=0',
        'blockOverheadSeconds=0',
      ],
    });
    expect(headline).toMatch(/^(Pays for padding|Pays for fill and drain)/);
  });

  it('names launches when a kernel is tiny', () => {
    const workload = { kind: 'gemm', m: 128, k: 128, n: 128 } as const;
    expect(verdict({ workload, slice: { shape: [1] } }).headline).toMatch(/^Pays for launches/);
  });
});
