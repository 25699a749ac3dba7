import { describe, expect, test } from 'vitest';
import { ACCUMULATIONS } from '../../src/numerics/accumulation.ts';
import { MATMUL_DTYPES } from '../../src/numerics/dtypes.ts';
import {
  inUnitsOf,
  multiplyInDouble,
  multiplyTile,
  quantizeTile,
  summarizeErrors,
} from '../../src/numerics/error-analysis.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import {
  bitEqualShare,
  growthLengths,
  multiplyLoadedInDouble,
  randomTile,
} from '../../src/numerics/tile-trial.ts';

const tile = randomTile({ m: 6, k: 48, n: 5 }, 11);

describe('a tile to try numerics on', () => {
  test('is the same for a seed and another one for another', () => {
    expect(randomTile({ m: 6, k: 48, n: 5 }, 11)).toEqual(tile);
    expect(randomTile({ m: 6, k: 48, n: 5 }, 12).a).not.toEqual(tile.a);
  });

  test('is looked at along k at whole lengths only', () => {
    expect(growthLengths(4096)).toEqual([256, 512, 1024, 2048, 4096]);
    expect(growthLengths(100)).toEqual([25, 50, 100]);
    expect(growthLengths(1)).toEqual([1]);
  });

  test('quantised and multiplied by the reference is what multiplyTile gives', () => {
    for (const dtype of MATMUL_DTYPES) {
      const choice = { dtype, passRows: 16 };
      const { request, scale } = quantizeTile(tile, choice);
      expect(inUnitsOf(matmulReference(request), scale), dtype).toEqual(multiplyTile(tile, choice));
    }
  });
});

describe('the error of summation alone', () => {
  test('is far below that of a coarse format, and what is left of it are roundings of fp32', () => {
    const choice = { dtype: 'fp8-e4m3', passRows: 16 } as const;
    const c = multiplyTile(tile, choice);
    const whole = summarizeErrors(c, multiplyInDouble(tile)).relativeRms;
    const summation = summarizeErrors(c, multiplyLoadedInDouble(quantizeTile(tile, choice))).relativeRms;
    expect(whole).toBeGreaterThan(1e-3);
    expect(summation).toBeLessThan(1e-6);
  });

  test('is nothing for integers', () => {
    const choice = { dtype: 'int8', passRows: 16 } as const;
    const exact = multiplyLoadedInDouble(quantizeTile(tile, choice));
    expect(summarizeErrors(multiplyTile(tile, choice), exact)).toMatchObject({ rms: 0, exact: 30 });
  });

  test('counts the pieces of fp32 in several passes as products', () => {
    const choice = { dtype: 'fp32-bf16x3', passRows: 16, accumulation: ACCUMULATIONS.sequential } as const;
    const c = multiplyTile(tile, choice);
    const exact = multiplyLoadedInDouble(quantizeTile(tile, choice));
    expect(summarizeErrors(c, exact).relativeRms).toBeLessThan(1e-6);
    // Three of nine pairs of pieces: what the others would have added is missing from both.
    expect(summarizeErrors(exact, multiplyInDouble(tile)).relativeRms).toBeGreaterThan(1e-7);
  });
});

test('zeros of different sign are not bit-equal, NaNs are', () => {
  expect(bitEqualShare(Float64Array.of(1, 0, Number.NaN, 2), Float64Array.of(1, -0, Number.NaN, 3))).toBe(
    0.5,
  );
});
