import fc from 'fast-check';
import { type ArrayConfig, DATAFLOWS, type GemmSequence, repeatsOf } from '../../src/array/config.ts';
import { createRandom } from '../../src/base/random.ts';
import { bf16FromFloat32, loadBf16 } from '../../src/numerics/bf16.ts';

export interface ArrayCase {
  readonly config: ArrayConfig;
  readonly gemm: GemmSequence;
  readonly seed: number;
}

/** Small arrays, ragged and exact tiles, one to many folds, short and long streams. */
export const arrayCases: fc.Arbitrary<ArrayCase> = fc.record({
  config: fc.record({
    rows: fc.integer({ min: 1, max: 6 }),
    columns: fc.integer({ min: 1, max: 6 }),
    dataflow: fc.constantFrom(...DATAFLOWS),
    doubleBuffered: fc.boolean(),
    rowsPerCycle: fc.constantFrom(1, 1, 2, 3),
  }),
  gemm: fc.record({
    m: fc.integer({ min: 1, max: 13 }),
    k: fc.integer({ min: 1, max: 13 }),
    n: fc.integer({ min: 1, max: 13 }),
  }),
  seed: fc.nat(),
});

/** Arrays of more rows, and streams long enough to fill vectors. */
export const tallCases: fc.Arbitrary<ArrayCase> = fc.record({
  config: fc.record({
    rows: fc.integer({ min: 8, max: 18 }),
    columns: fc.integer({ min: 1, max: 3 }),
    dataflow: fc.constantFrom(...DATAFLOWS),
    doubleBuffered: fc.boolean(),
    rowsPerCycle: fc.constantFrom(1, 2),
    loadRowsPerCycle: fc.constantFrom(1, 1, 2, 3, 4),
  }),
  gemm: fc.record({
    m: fc.integer({ min: 1, max: 50 }),
    k: fc.integer({ min: 1, max: 40 }),
    n: fc.integer({ min: 1, max: 50 }),
    repeats: fc.integer({ min: 1, max: 2 }),
  }),
  seed: fc.nat(),
});

/** Arrays wide enough for long segments of a row, and tall enough for long shifts, with tiles that fit as often as not. */
export const wideCases: fc.Arbitrary<ArrayCase> = fc
  .record({
    rows: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 14, max: 40 })),
    columns: fc.integer({ min: 12, max: 60 }),
    dataflow: fc.constantFrom(...DATAFLOWS),
    doubleBuffered: fc.boolean(),
    rowsPerCycle: fc.constantFrom(1, 2),
    loadRowsPerCycle: fc.constantFrom(1, 1, 2, 3, 4),
  })
  .chain((config) =>
    fc.record({
      config: fc.constant(config),
      gemm: fc.record({
        m: extents(config.dataflow === 'os' ? config.rows * config.rowsPerCycle : config.columns),
        k: extents(config.rows),
        n: extents(config.columns),
        repeats: fc.integer({ min: 1, max: 2 }),
      }),
      seed: fc.nat(),
    }),
  );

/** Whole tiles, or anything. */
function extents(tile: number): fc.Arbitrary<number> {
  const whole = fc.integer({ min: 1, max: 3 }).map((tiles) => tiles * tile);
  return fc.oneof(whole, fc.integer({ min: 1, max: 150 }));
}

/** The same arrays with several GEMMs, each of its own operands, back to back. */
const sequenceCases: fc.Arbitrary<ArrayCase> = fc
  .tuple(arrayCases, fc.integer({ min: 2, max: 4 }))
  .map(([{ config, gemm, seed }, repeats]) => ({ config, gemm: { ...gemm, repeats }, seed }));

/** Arrays whose columns take in several rows of weights a cycle, stretches of rows exact and ragged. */
const entryCases: fc.Arbitrary<ArrayCase> = fc
  .tuple(fc.oneof(arrayCases, sequenceCases), fc.integer({ min: 2, max: 5 }))
  .map(([{ config, ...rest }, loadRowsPerCycle]) => ({ ...rest, config: { ...config, loadRowsPerCycle } }));

/** Arrays tall enough for stretches of several rows, the last of them often shorter. */
const stretchCases: fc.Arbitrary<ArrayCase> = fc.record({
  config: fc.record({
    rows: fc.integer({ min: 5, max: 9 }),
    columns: fc.integer({ min: 1, max: 4 }),
    dataflow: fc.constantFrom('ws', 'is'),
    doubleBuffered: fc.boolean(),
    rowsPerCycle: fc.constantFrom(1, 1, 2, 3),
    loadRowsPerCycle: fc.integer({ min: 2, max: 4 }),
  }),
  gemm: fc.record({
    m: fc.integer({ min: 1, max: 9 }),
    k: fc.integer({ min: 4, max: 20 }),
    n: fc.integer({ min: 1, max: 9 }),
    repeats: fc.constantFrom(1, 1, 2, 3),
  }),
  seed: fc.nat(),
});

/** Single GEMMs and sequences. */
export const anyCases: fc.Arbitrary<ArrayCase> = fc.oneof(arrayCases, sequenceCases, entryCases);

/** int8 operands, a quarter of them zero. */
export function int8Operands(gemm: GemmSequence, seed: number): { a: Int8Array; b: Int8Array } {
  const random = createRandom(seed);
  const values = (length: number): Int8Array =>
    Int8Array.from({ length }, () => (random.nextBelow(4) === 0 ? 0 : random.nextBelow(256) - 128));
  return operandsOf(gemm, values);
}

/** Random bf16 operands of magnitudes around 2^exponent. */
export function bf16Operands(
  gemm: GemmSequence,
  seed: number,
  exponent: number,
): { a: Float32Array; b: Float32Array } {
  const random = createRandom(seed);
  const values = (length: number): Float32Array =>
    Float32Array.from({ length }, () => {
      const magnitude = (1 + random.nextFraction()) * 2 ** (exponent + random.nextBelow(6));
      return loadBf16(bf16FromFloat32(random.nextBelow(2) === 0 ? magnitude : -magnitude));
    });
  return operandsOf(gemm, values);
}

function operandsOf<T>(gemm: GemmSequence, values: (length: number) => T): { a: T; b: T } {
  const { m, k, n } = gemm;
  return { a: values(repeatsOf(gemm) * m * k), b: values(repeatsOf(gemm) * k * n) };
}

/** The cases on which state function, both steppers and (for a part of them) the RTL must agree. */
export const SAMPLED_CASES: readonly ArrayCase[] = fc.sample(arrayCases, { numRuns: 1000, seed: 4 });

/** More of them with several GEMMs back to back. */
export const SAMPLED_SEQUENCES: readonly ArrayCase[] = fc.sample(sequenceCases, { numRuns: 150, seed: 5 });

/** More of them whose weights enter a column at several points. */
export const SAMPLED_ENTRIES: readonly ArrayCase[] = fc.sample(entryCases, { numRuns: 300, seed: 6 });

/** More of these with stretches of several rows. */
export const SAMPLED_STRETCHES: readonly ArrayCase[] = fc.sample(stretchCases, { numRuns: 200, seed: 7 });
