import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GemmSequence } from '../../src/array/config.ts';
import type { FastOperands } from '../../src/array/fast-block.ts';
import { createFastStepper } from '../../src/array/fast-stepper.ts';
import { FLOAT_ARITHMETIC, INTEGER_ARITHMETIC } from '../../src/array/operands.ts';
import { scheduleOf } from '../../src/array/schedule.ts';
import { createStepper } from '../../src/array/stepper.ts';
import { createRandom } from '../../src/base/random.ts';
import { type ArrayCase, anyCases, bf16Operands, int8Operands, tallCases } from './arbitrary-cases.ts';
import { expectSameGrids } from './same-grids.ts';
import { stepperValues } from './stepper-values.ts';

describe('fast stepper', () => {
  const formats: [string, (gemm: GemmSequence, seed: number) => FastOperands][] = [
    ['int8', int8Operands],
    ['bf16', (gemm, seed) => bf16Operands(gemm, seed, -3)],
    ['bf16 with products that flush', (gemm, seed) => bf16Operands(gemm, seed, -66)],
    ['bf16 with products that overflow', (gemm, seed) => bf16Operands(gemm, seed, 60)],
  ];
  const sizes: [string, fc.Arbitrary<ArrayCase>, number][] = [
    ['small arrays', anyCases, 100],
    // Eight rows and more go through the vectors of the CPU, eight waves at a time.
    ['tall arrays', tallCases, 18],
  ];
  const kinds = formats.flatMap(([name, operandsOf]) =>
    sizes.map(([size, cases, numRuns]) => [size, name, cases, numRuns, operandsOf] as const),
  );
  it.each(kinds)('has the registers of the reference after spans of any length, %s, %s', (...kind) => {
    const [, , cases, numRuns, operandsOf] = kind;
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 40 }), ({ config, gemm, seed }, longest) => {
        const random = createRandom(seed);
        const operands: FastOperands = operandsOf(gemm, seed);
        const arithmetic = operands.a instanceof Int8Array ? INTEGER_ARITHMETIC : FLOAT_ARITHMETIC;
        const fast = createFastStepper(config, gemm, operands);
        const reference = createStepper(config, gemm, operands, arithmetic);
        while (!fast.done) {
          fast.advance(1 + random.nextBelow(longest));
          while (reference.cycle < fast.cycle) reference.step();
          for (let lane = 0; lane < config.rowsPerCycle; lane++) {
            expectSameGrids(fast.values(lane), stepperValues(config, reference, lane));
          }
        }
        expect(reference.done).toBe(true);
        expect([...fast.results]).toEqual([...reference.results]);
      }),
      { numRuns, seed: 6 },
    );
  });

  it('runs spans longer than its streams', () => {
    const config = { rows: 9, columns: 3, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 } as const;
    const gemm = { m: 3000, k: 20, n: 4 };
    const operands = int8Operands(gemm, 1);
    const fast = createFastStepper(config, gemm, operands);
    fast.advance(Number.MAX_SAFE_INTEGER);
    expect(fast.cycle).toBe(scheduleOf(config, gemm).cycles);
    const reference = createStepper(config, gemm, operands, INTEGER_ARITHMETIC);
    while (!reference.done) reference.step();
    expect([...fast.results]).toEqual([...reference.results]);
  });

  it('refuses operands of another size', () => {
    const config = { rows: 2, columns: 2, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 } as const;
    const operands = { a: new Int8Array(4), b: new Int8Array(3) };
    expect(() => createFastStepper(config, { m: 2, k: 2, n: 2 }, operands)).toThrow(
      /^b: expected 4 elements, found 3$/,
    );
  });
});
