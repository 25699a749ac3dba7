import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrayConfig, Dataflow, GemmShape } from '../../src/array/config.ts';
import { foldAt, foldOf, scheduleOf } from '../../src/array/schedule.ts';
import { arrayTiming } from '../../src/array/timing.ts';
import { anyCases, arrayCases } from './arbitrary-cases.ts';

const array = (rows: number, columns: number, dataflow: Dataflow, more: Partial<ArrayConfig> = {}) => ({
  rows,
  columns,
  dataflow,
  doubleBuffered: true,
  rowsPerCycle: 1,
  ...more,
});

const gemm = (m: number, k: number, n: number): GemmShape => ({ m, k, n });

describe('array timing', () => {
  it.each([
    // load 128, stream 1024, skew 127 + 127
    [array(128, 128, 'ws'), gemm(1024, 128, 128), 1406],
    // ragged tiles load and skew in full
    [array(128, 128, 'ws'), gemm(1024, 1, 1), 1406],
    // 4 folds 1024 apart
    [array(128, 128, 'ws'), gemm(1024, 256, 256), 128 + 3 * 1024 + 1024 + 254],
    // 4 folds 128 apart: loads are longer than streams of 64
    [array(128, 128, 'ws'), gemm(64, 256, 256), 128 + 3 * 128 + 64 + 254],
    [array(128, 128, 'ws', { doubleBuffered: false }), gemm(64, 256, 256), 4 * (128 + 64) + 254],
    [array(256, 256, 'ws', { rowsPerCycle: 2 }), gemm(1023, 256, 256), 256 + 512 + 510],
    // weights enter at four points of a column: 64 cycles a load
    [array(256, 256, 'ws', { loadRowsPerCycle: 4 }), gemm(32, 512, 256), 64 + 64 + 32 + 510],
    [array(10, 4, 'ws', { loadRowsPerCycle: 4, doubleBuffered: false }), gemm(1, 10, 8), 2 * (3 + 1) + 12],
    [array(128, 64, 'is'), gemm(64, 128, 1024), 128 + 1024 + 190],
    [array(128, 128, 'os', { doubleBuffered: false }), gemm(256, 1000, 128), 2 * (1000 + 128) + 254],
    [array(128, 128, 'os'), gemm(256, 1000, 128), 1000 + 1000 + 128 + 254],
    [array(128, 128, 'os'), gemm(256, 100, 128), 128 + 100 + 128 + 254],
    // TinyTPU's 4x4 RTL: 4 load + 7 stream + 3 drain
    [array(4, 4, 'ws'), gemm(4, 4, 4), 14],
  ])('%o of %o takes %i cycles', (config, shape, cycles) => {
    expect(arrayTiming(config, shape).cycles).toBe(cycles);
  });

  it('has stages that add up, and stays above its bound', () => {
    fc.assert(
      fc.property(anyCases, ({ config, gemm: shape }) => {
        const { cycles, stages, lowerBoundCycles, utilization, mappingEfficiency } = arrayTiming(
          config,
          shape,
        );
        expect(stages.load + stages.stream + stages.skew + stages.drain).toBe(cycles);
        for (const stage of Object.values(stages)) expect(stage).toBeGreaterThanOrEqual(0);
        expect(cycles).toBeGreaterThanOrEqual(lowerBoundCycles);
        expect(utilization).toBeLessThanOrEqual(mappingEfficiency);
        expect(mappingEfficiency).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([
    [{ rows: 0 }, /^rows: expected a whole number from 1 to 65536, found 0$/],
    [{ columns: Number.NaN }, /^columns: .*found NaN$/],
    [{ columns: 1e308 }, /^columns: .*found 1e\+308$/],
    [{ rowsPerCycle: -1 }, /^rowsPerCycle: /],
    [{ loadRowsPerCycle: 1.5 }, /^loadRowsPerCycle: /],
    [{ dataflow: 'xs' as Dataflow }, /^dataflow: expected one of ws, os, is, found "xs"$/],
  ])('refuses an array with %o', (wrong, message) => {
    expect(() => arrayTiming(array(4, 4, 'ws', wrong), gemm(1, 1, 1))).toThrow(message);
  });

  it('refuses extents it cannot count', () => {
    for (const wrong of [0, -1, 1.5, Number.NaN, 1e308, 2 ** 31]) {
      expect(() => arrayTiming(array(4, 4, 'ws'), gemm(wrong, 1, 1))).toThrow(/^m: expected a whole number/);
    }
    expect(() => arrayTiming(array(1, 1, 'os'), gemm(1e9, 1e9, 1e9))).toThrow(/at most 2\^53 cycles/);
  });

  it('streams a sequence of GEMMs as one GEMM of as many folds: it fills and drains once', () => {
    // Weight-stationary: 2R + C - 2 + (F - 1) max(s, R) + s over the folds of all repeats.
    const config = array(128, 128, 'ws', { rowsPerCycle: 2 });
    const sequence = { ...gemm(1000, 300, 200), repeats: 7 };
    const folds = 3 * 2 * 7;
    const timing = arrayTiming(config, sequence);
    expect(timing).toMatchObject({ folds, cycles: 128 + (folds - 1) * 500 + 500 + 254 });
    expect(timing.utilization).toBe((7 * 1000 * 300 * 200) / (timing.cycles * 128 * 128 * 2));
    fc.assert(
      fc.property(arrayCases, fc.integer({ min: 1, max: 1e6 }), ({ config: any, gemm: shape }, repeats) => {
        const one = scheduleOf(any, shape);
        const { cycles, lowerBoundCycles, mappingEfficiency } = arrayTiming(any, { ...shape, repeats });
        expect(cycles).toBe(one.cycles + (repeats - 1) * one.folds * one.intervalCycles);
        expect(cycles).toBeGreaterThanOrEqual(lowerBoundCycles);
        expect(mappingEfficiency).toBe(arrayTiming(any, shape).mappingEfficiency);
      }),
    );
  });

  it('refuses sequences it cannot count', () => {
    for (const repeats of [0, -1, 1.5, Number.NaN, 1e308]) {
      expect(() => arrayTiming(array(4, 4, 'ws'), { ...gemm(1, 1, 1), repeats })).toThrow(
        /^repeats: expected a whole number/,
      );
    }
  });
});

describe('folds', () => {
  it('cover every product exactly once, in order of k within a block of results', () => {
    fc.assert(
      fc.property(anyCases, ({ config, gemm: shape }) => {
        const schedule = scheduleOf(config, shape);
        const nextK = new Map<string, number>();
        let products = 0;
        for (let index = 0; index < schedule.folds; index++) {
          const { repeat, m, k, n } = foldOf(schedule, index);
          expect(repeat).toBe(Math.floor(index / schedule.foldsPerGemm));
          products += (m.end - m.start) * (k.end - k.start) * (n.end - n.start);
          const block = `${repeat},${m.start},${n.start}`;
          expect(k.start).toBe(nextK.get(block) ?? 0);
          nextK.set(block, k.end);
        }
        expect(products).toBe(schedule.repeats * shape.m * shape.k * shape.n);
      }),
    );
  });

  it('are found by cycle', () => {
    const config = array(4, 4, 'ws');
    const shape = gemm(10, 8, 4);
    expect([0, 3, 4, 13, 14, 29].map((cycle) => foldAt(config, shape, cycle).index)).toEqual([
      0, 0, 0, 0, 1, 1,
    ]);
    expect(foldAt(config, shape, 14)).toEqual({
      index: 1,
      repeat: 0,
      m: { start: 0, end: 10 },
      k: { start: 4, end: 8 },
      n: { start: 0, end: 4 },
      load: { start: 4, end: 8 },
      stream: { start: 14, end: 24 },
      drain: { start: 17, end: 27 },
    });
    expect(() => foldAt(config, shape, 30)).toThrow(/^cycle: /);
  });
});
