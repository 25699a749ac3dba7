import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32FromBf16 } from '../../src/numerics/bf16.ts';
import { PIECE_PAIRS, splitFloat32 } from '../../src/numerics/fp32-pieces.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';

describe('fp32 as bf16 pieces', () => {
  it('adds up to the number again, exactly, wherever the pieces stay normal', () => {
    const magnitude = fc.float({ min: Math.fround(1e-30), max: Math.fround(1e30), noNaN: true });
    fc.assert(
      fc.property(magnitude, fc.boolean(), (size, negative) => {
        const value = negative ? -size : size;
        const { high, middle, low } = splitFloat32(value);
        expect(float32FromBf16(high) + float32FromBf16(middle) + float32FromBf16(low)).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves no rest beside infinity and NaN', () => {
    expect(splitFloat32(Number.POSITIVE_INFINITY)).toEqual({ high: 0x7f80, middle: 0, low: 0 });
    expect(splitFloat32(Number.NaN)).toMatchObject({ middle: 0, low: 0 });
    expect(splitFloat32(3.4e38)).toEqual({ high: 0x7f80, middle: 0, low: 0 });
  });

  it('takes the smallest products first, each pair once', () => {
    const weight = { high: 0, middle: 1, low: 2 };
    for (const pairs of Object.values(PIECE_PAIRS)) {
      const orders = pairs.map(([left, right]) => weight[left] + weight[right]);
      expect(orders).toEqual([...orders].sort((x, y) => y - x));
      expect(new Set(pairs.map(String)).size).toBe(pairs.length);
    }
  });

  it('comes closer to the exact product with every further pass', () => {
    const a = Float32Array.of(1 / 3, 2 / 7);
    const b = Float32Array.of(5 / 11, -1 / 13);
    const exact = (a[0] ?? 0) * (b[0] ?? 0) + (a[1] ?? 0) * (b[1] ?? 0);
    const errors = (['fp32-bf16x1', 'fp32-bf16x3', 'fp32-bf16x6'] as const).map((dtype) => {
      const c = matmulReference({ dtype, m: 1, k: 2, n: 1, passRows: 128, a, b });
      return Math.abs((c[0] ?? 0) - exact) / Math.abs(exact);
    });
    expect(errors[0]).toBeGreaterThan(1e-4);
    expect(errors[1]).toBeLessThan(2 ** -15);
    expect(errors[1]).toBeGreaterThan(errors[2] ?? 1);
    expect(errors[2]).toBeLessThan(2 ** -22);
  });
});
