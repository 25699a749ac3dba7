import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldOf, scheduleOf } from '../../src/array/schedule.ts';
import { peStateAt } from '../../src/array/state.ts';
import { chooseTiling } from '../../src/compiler/tiling.ts';
import { CHIPS } from '../../src/hardware/presets.ts';

const extents = fc.integer({ min: 1, max: 20_000 });

describe('what the compiler gives to a matrix unit', () => {
  it('takes as many cycles as the array needs for the sequence, on every chip', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CHIPS),
        fc.record({ m: extents, k: extents, n: extents }),
        fc.integer({ min: 1, max: 40 }),
        ({ chip }, gemm, batch) => {
          const dtype = chip.mxu.formatRates.bf16 === undefined ? 'int8' : 'bf16';
          const costs = { operandBytes: 1, resultBytes: 1, residentRhs: false, first: true } as const;
          const work = { gemm, batch, dtype, ...costs } as const;
          const { array, arrayCycles } = chooseTiling(chip, work, 2);
          const sequence = { ...array.gemm, repeats: array.repeats };
          const schedule = scheduleOf(array.config, sequence);
          expect(schedule.cycles).toBe(arrayCycles);
          // The last cycle is the one in which the last wave of the last GEMM is in the far corner.
          const { rows, columns } = array.config;
          const corner = peStateAt(array.config, sequence, arrayCycles - 1, rows - 1, columns - 1);
          expect(corner).toMatchObject({ fold: schedule.folds - 1, wave: schedule.waves - 1 });
          expect(foldOf(schedule, schedule.folds - 1).repeat).toBe(array.repeats - 1);
        },
      ),
      { numRuns: 200, seed: 12 },
    );
  });
});
