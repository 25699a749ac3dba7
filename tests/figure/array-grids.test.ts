import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ArrayConfig, GemmShape } from '../../src/array/config.ts';
import { DATAFLOWS } from '../../src/array/config.ts';
import { scheduleOf } from '../../src/array/schedule.ts';
import { arrayStateAt, peStateAt } from '../../src/array/state.ts';
import { workingCyclesAt } from '../../src/array/working-cycles.ts';
import { arrayEdges } from '../../src/figure/array-edges.ts';
import { seededOperands, valuesWithin } from '../../src/figure/array-operands.ts';
import { arrayInks, paintStates, paintUtilization, paintValues } from '../../src/figure/array-pixels.ts';
import { PALETTES } from '../../src/figure/color-palette.ts';
import { SCALE_STEPS } from '../../src/figure/color-scales.ts';
import { bf16Array } from '../../src/numerics/bf16.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';

const configs: fc.Arbitrary<ArrayConfig> = fc.record({
  rows: fc.integer({ min: 1, max: 6 }),
  columns: fc.integer({ min: 1, max: 6 }),
  dataflow: fc.constantFrom(...DATAFLOWS),
  doubleBuffered: fc.boolean(),
  rowsPerCycle: fc.integer({ min: 1, max: 2 }),
});
const gemms: fc.Arbitrary<GemmShape> = fc.record({
  m: fc.integer({ min: 1, max: 12 }),
  k: fc.integer({ min: 1, max: 12 }),
  n: fc.integer({ min: 1, max: 12 }),
});
const inks = arrayInks(PALETTES.dark, 128);

describe('arrayEdges', () => {
  const CYCLES = 3;

  test('the strips hold what the rim of the array holds some cycles later or earlier', () => {
    fc.assert(
      fc.property(configs, gemms, fc.double({ min: 0, max: 1, noNaN: true }), (config, gemm, share) => {
        const schedule = scheduleOf(config, gemm);
        const cycle = Math.floor(share * (schedule.cycles - 1));
        const { left, top, bottom } = arrayEdges(schedule, cycle, CYCLES, inks);
        for (let away = 1; away <= CYCLES; away += 1) {
          const later = cycle + away;
          const earlier = cycle + 1 - away;
          for (let row = 0; row < config.rows; row += 1) {
            const lit = left.words[row * CYCLES + CYCLES - away] !== 0;
            const enters =
              later < schedule.cycles && peStateAt(config, gemm, later, row, 0).operand !== undefined;
            expect(lit).toBe(enters);
          }
          for (let column = 0; column < config.columns; column += 1) {
            if (config.dataflow !== 'os') {
              const lit = bottom.words[(away - 1) * config.columns + column] !== 0;
              const left =
                earlier >= 0 && peStateAt(config, gemm, earlier, config.rows - 1, column).sum !== undefined;
              expect(lit).toBe(left);
            }
            if (config.dataflow !== 'os' && later < schedule.cycles) {
              const state = peStateAt(config, gemm, later, 0, column);
              const loaded = config.doubleBuffered ? state.shadow : state.weight;
              const lit = top.words[(CYCLES - away) * config.columns + column] !== 0;
              expect(lit).toBe(state.shifting && loaded !== undefined);
            }
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  test('an output-stationary array drains as many sums as the tile has', () => {
    const config: ArrayConfig = {
      rows: 3,
      columns: 2,
      dataflow: 'os',
      doubleBuffered: true,
      rowsPerCycle: 1,
    };
    const schedule = scheduleOf(config, { m: 3, k: 5, n: 2 });
    let lit = 0;
    for (let cycle = 0; cycle < schedule.cycles + config.columns; cycle += 1) {
      const { bottom } = arrayEdges(schedule, cycle, 1, inks);
      lit += bottom.words.filter((word) => word !== 0).length;
    }
    expect(lit).toBe(3 * 2);
  });
});

describe('paintStates', () => {
  const config: ArrayConfig = { rows: 8, columns: 8, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 };
  const gemm: GemmShape = { m: 40, k: 6, n: 20 };

  test('the wavefront is one bright diagonal', () => {
    const words = new Uint32Array(64);
    const state = arrayStateAt(config, gemm, 8 + 5);
    paintStates(words, config, state, inks);
    const bright = [...words.keys()].filter((index) => words[index] === inks.front);
    expect(bright.length).toBeGreaterThan(3);
    for (const index of bright) expect(Math.floor(index / 8) + (index % 8)).toBe(5);
  });

  test('rows beyond a ragged tile are padding, ahead of the front weights load', () => {
    const words = new Uint32Array(64);
    paintStates(words, config, arrayStateAt(config, gemm, 8 + 5), inks);
    // K is 6: rows 6 and 7 of column 0 have no operand, the first of them no wave yet either.
    expect(inks.padding).not.toContain(words[5 * 8]);
    paintStates(words, config, arrayStateAt(config, gemm, 8 + 30), inks);
    expect(inks.padding).toContain(words[6 * 8]);
    paintStates(words, config, arrayStateAt(config, gemm, 3), inks);
    expect([...inks.loading, inks.idle]).toContain(words[0]);
    expect(words[63]).toBe(inks.idle);
  });

  test('the share of working cycles runs from the quiet to the loud end', () => {
    const words = new Uint32Array(64);
    const schedule = scheduleOf(config, gemm);
    paintUtilization(words, schedule, 0, inks);
    expect(words[0]).toBe(inks.utilization.pixels[0]);
    paintUtilization(words, schedule, schedule.cycles - 1, inks);
    const step = inks.utilization.pixels.indexOf(words[0]);
    const share = workingCyclesAt(schedule, schedule.cycles - 1)[0] / schedule.cycles;
    expect(step / (SCALE_STEPS - 1)).toBeCloseTo(share, 2);
  });

  test('values: zero is the middle, nothing is neither', () => {
    const words = new Uint32Array(64);
    const state = arrayStateAt(config, gemm, 8 + 5);
    paintValues(words, 0, new Float64Array(64), state, 'operand', 3, inks);
    expect(words[0]).toBe(inks.values.pixels[SCALE_STEPS / 2]);
    expect(words[63]).toBe(inks.nothing);
    paintValues(words, 0, new Float64Array(64).fill(99), state, 'operand', 3, inks);
    expect(words[0]).toBe(inks.values.pixels[SCALE_STEPS - 1]);
  });
});

describe('operands', () => {
  test('the same seed gives the same elements, another seed, unit or GEMM gives others', () => {
    const a = seededOperands(7, 0);
    expect(seededOperands(7, 0).a(1_000_000, 12, 3)).toBe(a.a(1_000_000, 12, 3));
    const differs = (other: ReturnType<typeof seededOperands>): boolean =>
      Array.from({ length: 8 }, (_, k) => other.a(3, k, 0) !== a.a(3, k, 0)).some(Boolean);
    expect(differs(seededOperands(8, 0))).toBe(true);
    expect(differs(seededOperands(7, 1))).toBe(true);
    expect(a.a(3, 4, 0)).not.toBe(a.b(3, 4, 0));
    expect(Array.from({ length: 8 }, (_, k) => a.a(3, k, 1) !== a.a(3, k, 0)).some(Boolean)).toBe(true);
  });

  test('a stretch of a row has the elements of one after the other', () => {
    const { a, b, stretches } = seededOperands(7, 1);
    const out = new Float32Array(9).fill(0.5);
    stretches?.a(1_000_000, 5, 12, 3, out, 1);
    const expected = Array.from({ length: 7 }, (_, index) => a(1_000_000, 5 + index, 3));
    expect([...out]).toEqual([0.5, ...expected, 0.5]);
    stretches?.b(12, 70_000, 70_007, 3, out, 1);
    expect(out[4]).toBe(b(12, 70_003, 3));
  });

  test('elements are bf16 numbers of mean 0 and variance 1', () => {
    const { b } = seededOperands(1, 2);
    const values = Array.from({ length: 40_000 }, (_, index) => b(index % 200, Math.floor(index / 200), 0));
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    const variance = values.reduce((total, value) => total + value * value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    const bits = new Float32Array(values);
    expect(new Uint32Array(bits.buffer).every((word) => (word & 0xffff) === 0)).toBe(true);
  });

  test('what leaves the bottom row is what the reference matmul gives, bit for bit', () => {
    const config: ArrayConfig = {
      rows: 8,
      columns: 4,
      dataflow: 'ws',
      doubleBuffered: true,
      rowsPerCycle: 1,
    };
    const gemm: GemmShape = { m: 5, k: 8, n: 4 };
    const schedule = scheduleOf(config, gemm);
    const operands = seededOperands(3, 1);
    const a = Array.from({ length: 40 }, (_, at) => operands.a(Math.floor(at / 8), at % 8, 0));
    const b = Array.from({ length: 32 }, (_, at) => operands.b(Math.floor(at / 4), at % 4, 0));
    const c = matmulReference({ ...gemm, passRows: 8, dtype: 'bf16', a: bf16Array(a), b: bf16Array(b) });
    let seen = 0;
    for (let cycle = 0; cycle < schedule.cycles; cycle += 1) {
      const state = arrayStateAt(config, gemm, cycle);
      const { sum } = valuesWithin(schedule, state, operands, [7, 8], [0, 4]);
      for (let column = 0; column < 4; column += 1) {
        const m = state.sumRow[7 * 4 + column];
        if (m < 0) continue;
        expect(sum[column]).toBe(c[m * 4 + column]);
        seen += 1;
      }
    }
    expect(seen).toBe(5 * 4);
  });
});
