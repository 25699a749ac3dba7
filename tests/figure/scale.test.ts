import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearScale, logScale, logTicks } from '../../src/figure/scale.ts';

describe('scales', () => {
  test('a logarithmic scale gives equal ratios equal lengths', () => {
    const scale = logScale([1, 1000], [0, 300]);
    expect([1, 10, 100, 1000].map((value) => Math.round(scale.position(value)))).toEqual([0, 100, 200, 300]);
  });

  test('position and value are inverse, also where the range runs down', () => {
    const positive = fc.double({ min: 1e-9, max: 1e18, noNaN: true });
    fc.assert(
      fc.property(positive, (value) => {
        const scale = logScale([1e-9, 1e18], [500, 20]);
        expect(scale.value(scale.position(value)) / value).toBeCloseTo(1, 9);
      }),
    );
    const linear = linearScale([2, 4], [10, 0]);
    expect(linear.value(linear.position(3.5))).toBeCloseTo(3.5, 12);
  });

  test('refuses ends that make no scale', () => {
    expect(() => linearScale([1, 1], [0, 10])).toThrow(/two different ends/);
    expect(() => logScale([0, 1], [0, 10])).toThrow(/positive ends/);
  });
});

describe('logTicks', () => {
  test('powers of ten carry labels, the steps between do not', () => {
    const ticks = logTicks(0.5, 120);
    expect(ticks.filter((tick) => tick.major).map((tick) => tick.value)).toEqual([1, 10, 100]);
    expect(ticks.map((tick) => tick.value)).toContain(90);
    expect(ticks.every((tick) => tick.value >= 0.5 && tick.value <= 120)).toBe(true);
  });

  test('a wide domain labels fewer powers and drops the steps between', () => {
    const ticks = logTicks(1, 1e12, 4);
    const major = ticks.filter((tick) => tick.major);
    expect(major.length).toBeLessThanOrEqual(5);
    expect(ticks.every((tick) => Number.isInteger(Math.log10(tick.value)))).toBe(true);
  });

  test('a domain that has no logarithm has no ticks', () => {
    expect(logTicks(0, 10)).toEqual([]);
    expect(logTicks(10, 1)).toEqual([]);
    expect(logTicks(1, Number.POSITIVE_INFINITY)).toEqual([]);
    expect(logTicks(Number.NaN, 1)).toEqual([]);
  });
});
