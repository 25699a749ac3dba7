import { describe, expect, test } from 'vitest';
import { createTimelineIndex } from '../../src/figure/timeline-index.ts';
import { DTYPES } from '../../src/hardware/chip.ts';
import { ACCUMULATIONS, checkAccumulation } from '../../src/numerics/accumulation.ts';
import { MATMUL_DTYPES } from '../../src/numerics/dtypes.ts';
import {
  accumulationsFor,
  commandText,
  matmulOp,
  meantMatmul,
  openingPicks,
  withDtype,
} from '../../src/ui/views/numerics-choices.ts';
import { buildFixtureReport } from './fixture-report.ts';

describe('choices of format and sums', () => {
  test('only what the numerics accept is offered, and never nothing', () => {
    for (const dtype of MATMUL_DTYPES) {
      const offered = accumulationsFor(dtype);
      expect(offered.length).toBeGreaterThan(0);
      for (const id of offered) expect(() => checkAccumulation(ACCUMULATIONS[id], dtype)).not.toThrow();
    }
    expect(accumulationsFor('int8')).toEqual(['int32']);
  });

  test('a change of format keeps the sums where it can', () => {
    const tree = { dtype: 'bf16', accumulation: 'pairwise-tree' } as const;
    expect(withDtype(tree, 'fp8-e5m2')).toEqual({ dtype: 'fp8-e5m2', accumulation: 'pairwise-tree' });
    expect(withDtype(tree, 'int4')).toEqual({ dtype: 'int4', accumulation: 'int32' });
    expect(withDtype(withDtype(tree, 'int4'), 'bf16').accumulation).toBe('sequential');
  });

  test('every format of a chip opens with two that differ and are accepted', () => {
    for (const dtype of DTYPES) {
      const picks = openingPicks(dtype);
      expect(picks[0]).not.toEqual(picks[1]);
      for (const { dtype: format, accumulation } of picks)
        expect(() => checkAccumulation(ACCUMULATIONS[accumulation], format)).not.toThrow();
    }
  });

  test('the command that repeats it names both and the tile', () => {
    const text = commandText({
      picks: openingPicks('int8'),
      shape: { m: 8, k: 128, n: 4 },
      passRows: 256,
      seed: 9,
      reference: 'original',
    });
    expect(text).toBe('systole numerics int8:int32 bf16:sequential -m 8 -k 128 -n 4 --rows 256 --seed 9');
  });
});

describe('the matmul that is meant', () => {
  const report = buildFixtureReport();
  const index = createTimelineIndex(report);
  const matmul = report.ops.findIndex((op) => op.detail.kind === 'matmul');
  const other = report.ops.findIndex((op) => op.detail.kind !== 'matmul');

  test('is the selected one, whatever runs', () => {
    expect(meantMatmul(index, matmul, report.stepPs)).toBe(matmul);
  });

  test('is one even where the selected op is none and nothing runs', () => {
    for (const cursorPs of [0, report.stepPs / 2, report.stepPs])
      expect(matmulOp(report, meantMatmul(index, other, cursorPs))).toBeDefined();
  });

  test('is none in a program without any', () => {
    const ops = report.ops.filter((op) => op.detail.kind !== 'matmul');
    const none = createTimelineIndex({ ...report, ops, timeline: [] });
    expect(meantMatmul(none, undefined, 0)).toBeUndefined();
  });
});
