import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTEGER_ARITHMETIC } from '../../src/array/operands.ts';
import { createStepper } from '../../src/array/stepper.ts';
import { arrayTiming } from '../../src/array/timing.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import { arrayCases, int8Operands } from './arbitrary-cases.ts';

describe('stepping reference', () => {
  it('takes the cycles of the closed form and computes the product', () => {
    fc.assert(
      fc.property(arrayCases, ({ config, gemm, seed }) => {
        const { a, b } = int8Operands(gemm, seed);
        const stepper = createStepper(config, gemm, { a, b }, INTEGER_ARITHMETIC);
        while (!stepper.done) stepper.step();
        expect(stepper.cycle).toBe(arrayTiming(config, gemm).cycles);
        const expected = matmulReference({
          ...gemm,
          passRows: config.rows,
          dtype: 'int8',
          a: Int8Array.from(a),
          b: Int8Array.from(b),
        });
        expect([...stepper.results]).toEqual([...expected]);
      }),
      { numRuns: 400, seed: 3 },
    );
  });
});
