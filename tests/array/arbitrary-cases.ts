import fc from 'fast-check';
import { type ArrayConfig, DATAFLOWS, type GemmShape } from '../../src/array/config.ts';
import type { Operands } from '../../src/array/operands.ts';
import { createRandom } from '../../src/base/random.ts';

export interface ArrayCase {
  readonly config: ArrayConfig;
  readonly gemm: GemmShape;
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

/** int8 operands, a quarter of them zero. */
export function int8Operands(gemm: GemmShape, seed: number): Operands {
  const random = createRandom(seed);
  const values = (length: number): Int8Array =>
    Int8Array.from({ length }, () => (random.nextBelow(4) === 0 ? 0 : random.nextBelow(256) - 128));
  return { a: values(gemm.m * gemm.k), b: values(gemm.k * gemm.n) };
}
