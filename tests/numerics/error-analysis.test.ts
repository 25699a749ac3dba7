import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import {
  multiplyInDouble,
  multiplyTile,
  summarizeErrors,
  type Tile,
  truncateTile,
} from '../../src/numerics/error-analysis.ts';
import { operandStatistics } from '../../src/numerics/operand-statistics.ts';
import { quantize } from '../../src/numerics/quantize.ts';
import { nextNormal } from '../../src/numerics/random-operands.ts';

function randomTile(m: number, k: number, n: number): Tile {
  const random = createRandom(1);
  const draw = (count: number): Float32Array =>
    Float32Array.from({ length: count }, () => nextNormal(random));
  return { m, k, n, a: draw(m * k), b: draw(k * n) };
}

describe('errors against fp64', () => {
  it('summarises what is there', () => {
    const summary = summarizeErrors(Float64Array.of(1, 2.5, 2, Number.NaN), Float64Array.of(1, 2, 3, 4));
    expect(summary.rms).toBeCloseTo(Math.sqrt((0 + 0.25 + 1) / 3), 12);
    expect(summary.mean).toBeCloseTo(-0.5 / 3, 12);
    expect(summary).toMatchObject({ largest: 1, notFinite: 1, exact: 1 });
    // Typical size sqrt(14 / 3) = 2.16: errors of 0.23 and 0.46 of it.
    expect(summary.histogram.filter(({ count }) => count > 0)).toEqual([
      { exponent: -3, count: 1 },
      { exponent: -2, count: 1 },
    ]);
  });

  it('counts every element once', () => {
    const tile = randomTile(12, 40, 9);
    const summary = summarizeErrors(
      multiplyTile(tile, { dtype: 'bf16', passRows: 8 }),
      multiplyInDouble(tile),
    );
    const binned = summary.histogram.reduce((total, { count }) => total + count, 0);
    expect(binned + summary.exact + summary.notFinite).toBe(12 * 9);
  });

  it('orders the formats by how many bits they keep', () => {
    const tile = randomTile(16, 128, 16);
    const exact = multiplyInDouble(tile);
    const dtypes = ['fp32', 'fp32-bf16x3', 'bf16', 'int8', 'fp8-e4m3', 'fp8-e5m2', 'int4'] as const;
    const errors = dtypes.map(
      (dtype) => summarizeErrors(multiplyTile(tile, { dtype, passRows: 128 }), exact).rms,
    );
    expect(errors).toEqual([...errors].sort((x, y) => x - y));
  });

  it('takes the first k products only when truncated', () => {
    const tile: Tile = { m: 2, k: 2, n: 1, a: Float32Array.of(1, 2, 3, 4), b: Float32Array.of(10, 100) };
    expect([...multiplyInDouble(tile)]).toEqual([210, 430]);
    expect([...multiplyInDouble(truncateTile(tile, 1))]).toEqual([10, 30]);
  });
});

describe('quantisation', () => {
  it('scales integers so that the largest magnitude is the largest integer', () => {
    const { operands, scale } = quantize('int8', Float32Array.of(-2, 1), Float32Array.of(0.5, 0.25));
    expect([...operands.a, ...operands.b]).toEqual([-127, 64, 127, 64]);
    expect(scale).toBeCloseTo((2 / 127) * (0.5 / 127), 12);
    expect(quantize('int4', Float32Array.of(0), Float32Array.of(3)).operands).toMatchObject({
      a: Int8Array.of(0),
      b: Int8Array.of(7),
    });
  });
});

describe('operand statistics', () => {
  it('counts zeros of either sign and the bits that change from row to row', () => {
    const a = Uint16Array.of(0x0000, 0x3f80, 0x8000, 0x3f81, 0xffff, 0x3f80);
    const b = Uint16Array.of(0x0001, 0x0003);
    const statistics = operandStatistics({ dtype: 'bf16', a, b }, { m: 3, k: 2, n: 1 });
    // Row 0 sees 0000, 8000, ffff: 1 + 15 changes; row 1 sees 3f80, 3f81, 3f80: 1 + 1.
    expect(statistics.a).toEqual({ elements: 6, zeros: 2, toggles: 18, toggleRate: 18 / 64 });
    expect(statistics.b).toMatchObject({ zeros: 0, toggles: 1 });
  });

  it('looks at four bits of an int4', () => {
    const a = Int8Array.of(0, -1, 7);
    const { a: statistics } = operandStatistics(
      { dtype: 'int4', a, b: Int8Array.of(1) },
      { m: 3, k: 1, n: 1 },
    );
    expect(statistics).toEqual({ elements: 3, zeros: 1, toggles: 5, toggleRate: 5 / 8 });
  });

  it('knows that -128 is not zero', () => {
    const a = Int8Array.of(-128, 0);
    const { a: statistics } = operandStatistics(
      { dtype: 'int8', a, b: Int8Array.of(1) },
      { m: 2, k: 1, n: 1 },
    );
    expect(statistics).toMatchObject({ zeros: 1, toggles: 1 });
  });
});
