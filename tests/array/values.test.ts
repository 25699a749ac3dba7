import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { GemmSequence } from '../../src/array/config.ts';
import {
  FLOAT_ARITHMETIC,
  INTEGER_ARITHMETIC,
  type Operands,
  operandSource,
  type PeArithmetic,
} from '../../src/array/operands.ts';
import { arrayStateAt } from '../../src/array/state.ts';
import { createStepper } from '../../src/array/stepper.ts';
import { arrayValues, type Register, registerValues } from '../../src/array/values.ts';
import { type ArrayCase, anyCases, bf16Operands, int8Operands } from './arbitrary-cases.ts';
import { expectSameGrids } from './same-grids.ts';
import { stepperValues } from './stepper-values.ts';

describe('values of the registers', () => {
  it.each([
    ['int8', int8Operands, INTEGER_ARITHMETIC],
    ['bf16', (gemm: GemmSequence, seed: number) => bf16Operands(gemm, seed, -3), FLOAT_ARITHMETIC],
    [
      'bf16 with products that flush',
      (gemm: GemmSequence, seed: number) => bf16Operands(gemm, seed, -66),
      FLOAT_ARITHMETIC,
    ],
  ] as const)('equal the stepping reference, %s', (_, operandsOf, arithmetic) => {
    fc.assert(
      fc.property(anyCases, (testCase) => expectSameValues(testCase, operandsOf, arithmetic)),
      { numRuns: 60, seed: 5 },
    );
  });
});

function expectSameValues(
  { config, gemm, seed }: ArrayCase,
  operandsOf: (gemm: GemmSequence, seed: number) => Operands,
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
      expectSameGrids(values, stepperValues(config, stepper, lane));
      const alone = (register: Register): Float64Array =>
        registerValues(config, gemm, state, source, arithmetic, register, lane);
      expectSameGrids(
        { operand: alone('operand'), weight: alone('weight'), shadow: alone('shadow'), sum: alone('sum') },
        values,
      );
    }
  }
}
