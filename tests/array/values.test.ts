import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GemmShape } from '../../src/array/config.ts';
import {
  FLOAT_ARITHMETIC,
  INTEGER_ARITHMETIC,
  type Operands,
  operandSource,
  type PeArithmetic,
} from '../../src/array/operands.ts';
import { arrayStateAt } from '../../src/array/state.ts';
import { createStepper } from '../../src/array/stepper.ts';
import { arrayValues } from '../../src/array/values.ts';
import { createRandom } from '../../src/base/random.ts';
import { bf16FromFloat32, loadBf16 } from '../../src/numerics/bf16.ts';
import { type ArrayCase, arrayCases, int8Operands } from './arbitrary-cases.ts';

describe('values of the registers', () => {
  it.each([
    ['int8', int8Operands, INTEGER_ARITHMETIC],
    ['bf16', (gemm: GemmShape, seed: number) => bf16Operands(gemm, seed, -3), FLOAT_ARITHMETIC],
    [
      'bf16 with products that flush',
      (gemm: GemmShape, seed: number) => bf16Operands(gemm, seed, -66),
      FLOAT_ARITHMETIC,
    ],
  ] as const)('equal the stepping reference, %s', (_, operandsOf, arithmetic) => {
    fc.assert(
      fc.property(arrayCases, (testCase) => expectSameValues(testCase, operandsOf, arithmetic)),
      { numRuns: 60, seed: 5 },
    );
  });
});

function expectSameValues(
  { config, gemm, seed }: ArrayCase,
  operandsOf: (gemm: GemmShape, seed: number) => Operands,
  arithmetic: PeArithmetic,
): void {
  const operands = operandsOf(gemm, seed);
  const source = operandSource(gemm, operands);
  const stepper = createStepper(config, gemm, operands, arithmetic);
  while (!stepper.done) {
    stepper.step();
    const state = arrayStateAt(config, gemm, stepper.cycle - 1);
    for (let lane = 0; lane < config.rowsPerCycle; lane++) {
      const values = arrayValues(config, gemm, state, source, arithmetic, lane);
      const pes = stepper.pes.flat();
      expect([...values.operand]).toEqual(pes.map((pe) => pe.operand?.lanes[lane]?.value ?? 0));
      expect([...values.weight]).toEqual(pes.map((pe) => pe.weight?.value ?? 0));
      expect([...values.sum]).toEqual(pes.map((pe) => pe.sums[lane]?.value ?? 0));
      expect([...values.shadow]).toEqual(
        pes.map((pe) => (config.dataflow === 'os' ? pe.shadowSums[lane] : pe.shadowWeight)?.value ?? 0),
      );
    }
  }
}

/** Random bf16 operands of magnitudes around 2^exponent. */
function bf16Operands(gemm: GemmShape, seed: number, exponent: number): Operands {
  const random = createRandom(seed);
  const values = (length: number): Float32Array =>
    Float32Array.from({ length }, () => {
      const magnitude = (1 + random.nextFraction()) * 2 ** (exponent + random.nextBelow(6));
      return loadBf16(bf16FromFloat32(random.nextBelow(2) === 0 ? magnitude : -magnitude));
    });
  return { a: values(gemm.m * gemm.k), b: values(gemm.k * gemm.n) };
}
