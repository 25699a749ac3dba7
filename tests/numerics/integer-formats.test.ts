import { describe, expect, it } from 'vitest';
import { int4FromNumber, int8FromNumber, roundToEven } from '../../src/numerics/integer-formats.ts';

describe('integer formats', () => {
  it('rounds halves to even on both sides of zero', () => {
    expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 2.5001].map(roundToEven)).toEqual([
      -2, -2, 0, 0, 2, 2, 2, 3,
    ]);
  });

  it('takes every number from -130 to 130, in eighths, to the nearest int8 and saturates', () => {
    for (let eighths = -1040; eighths <= 1040; eighths += 1) {
      const value = eighths / 8;
      const result = int8FromNumber(value);
      const clamped = Math.min(127, Math.max(-128, value));
      expect(Math.abs(result - clamped)).toBeLessThanOrEqual(0.5);
      if (Math.abs(result - clamped) === 0.5) expect(result % 2 === 0).toBe(true);
    }
  });

  it('saturates int4 at -8 and 7', () => {
    expect([-1e308, -8.5, -8, 7, 7.5, 1e308].map(int4FromNumber)).toEqual([-8, -8, -8, 7, 7, 7]);
  });

  it('has no NaN, infinity or negative zero', () => {
    const results = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, -0.2].map(
      int8FromNumber,
    );
    expect(results).toEqual([0, 127, -128, 0, 0]);
  });
});
