import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayTiming } from '../../src/array/timing.ts';
import { splitOverUnits } from '../../src/array/units.ts';
import { anyCases } from './arbitrary-cases.ts';

const config = { rows: 128, columns: 128, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 } as const;

describe('a GEMM on several units', () => {
  it('halves the columns where the stream is short, the rows where it is long', () => {
    const short = splitOverUnits(config, { m: 128, k: 128, n: 1024 }, 2);
    expect(short.parts.map(({ n }) => n)).toEqual([
      { start: 0, end: 512 },
      { start: 512, end: 1024 },
    ]);
    const long = splitOverUnits(config, { m: 4096, k: 128, n: 128 }, 2);
    expect(long.parts.map(({ m }) => m.end - m.start)).toEqual([2048, 2048]);
    expect(long.cycles).toBe(128 + 2048 + 254);
  });

  it('covers C once, in the cycles of its slowest part, and never gets more than the units give', () => {
    fc.assert(
      fc.property(anyCases, fc.integer({ min: 1, max: 12 }), ({ config: small, gemm }, units) => {
        const { parts, cycles, utilization } = splitOverUnits(small, gemm, units);
        expect(parts.length).toBeLessThanOrEqual(units);
        const covered = new Uint8Array(gemm.m * gemm.n);
        for (const { m, n } of parts) {
          for (let row = m.start; row < m.end; row++) {
            for (let column = n.start; column < n.end; column++) covered[row * gemm.n + column] += 1;
          }
        }
        expect(covered.every((count) => count === 1)).toBe(true);
        expect(Math.max(...parts.map((part) => arrayTiming(small, part.gemm).cycles))).toBe(cycles);
        expect(cycles).toBeLessThanOrEqual(arrayTiming(small, gemm).cycles);
        expect(utilization).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('refuses other numbers of units', () => {
    for (const units of [0, -1, 1.5, Number.NaN, 1e308]) {
      expect(() => splitOverUnits(config, { m: 1, k: 1, n: 1 }, units)).toThrow(
        /^units: expected a whole number/,
      );
    }
  });
});
