import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatsOf } from '../../src/array/config.ts';
import { INTEGER_ARITHMETIC } from '../../src/array/operands.ts';
import { createStepper } from '../../src/array/stepper.ts';
import { arrayTiming } from '../../src/array/timing.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import { anyCases, int8Operands } from './arbitrary-cases.ts';

describe('stepping reference', () => {
  it('takes the cycles of the closed form and computes the product', () => {
    fc.assert(
      fc.property(anyCases, ({ config, gemm, seed }) => {
        const { a, b } = int8Operands(gemm, seed);
        const stepper = createStepper(config, gemm, { a, b }, INTEGER_ARITHMETIC);
        while (!stepper.done) stepper.step();
        expect(stepper.cycle).toBe(arrayTiming(config, gemm).cycles);
        const { m, k, n } = gemm;
        const expected = Array.from({ length: repeatsOf(gemm) }, (_, repeat) => {
          return matmulReference({
            ...{ m, k, n, passRows: config.rows, dtype: 'int8' },
            a: a.slice(repeat * m * k, (repeat + 1) * m * k),
            b: b.slice(repeat * k * n, (repeat + 1) * k * n),
          });
        });
        expect([...stepper.results]).toEqual(expected.flatMap((product) => [...product]));
      }),
      { numRuns: 400, seed: 3 },
    );
  });
});
