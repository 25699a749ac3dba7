import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTEGER_ARITHMETIC, operandSource } from '../../src/array/operands.ts';
import { scheduleOf } from '../../src/array/schedule.ts';
import { ACTIVITY } from '../../src/array/state-grids.ts';
import { createStepper } from '../../src/array/stepper.ts';
import { bitCount, gatedFraction, switchingOf } from '../../src/array/switching.ts';
import { workingCyclesAt } from '../../src/array/working-cycles.ts';
import { anyCases, int8Operands } from './arbitrary-cases.ts';

describe('activity of the PEs', () => {
  it('counts working cycles as the stepping reference does, at every cycle', () => {
    fc.assert(
      fc.property(anyCases, ({ config, gemm, seed }) => {
        const schedule = scheduleOf(config, gemm);
        const stepper = createStepper(config, gemm, int8Operands(gemm, seed), INTEGER_ARITHMETIC);
        const worked = new Float64Array(config.rows * config.columns);
        while (!stepper.done) {
          stepper.step();
          stepper.pes.flat().forEach((pe, index) => {
            if (pe.activity === ACTIVITY.working) worked[index] += 1;
          });
          expect(workingCyclesAt(schedule, stepper.cycle - 1)).toEqual(worked);
        }
      }),
      { numRuns: 60, seed: 8 },
    );
  });

  it('counts toggles, products and gated products as the stepping reference does', () => {
    fc.assert(
      fc.property(anyCases, ({ config, gemm, seed }) => {
        const operands = int8Operands(gemm, seed);
        const stepper = createStepper(config, gemm, operands, INTEGER_ARITHMETIC);
        const { folds } = scheduleOf(config, gemm);
        const size = config.rows * config.columns;
        const toggles = new Float64Array(size);
        const products = new Float64Array(size);
        const gated = new Float64Array(size);
        const over = new Uint8Array(size);
        while (!stepper.done) {
          const before = stepper.pes.flat();
          stepper.step();
          stepper.pes.flat().forEach((pe, index) => {
            for (let lane = 0; lane < config.rowsPerCycle; lane++) {
              const operand = pe.operand?.lanes[lane];
              const held = before[index].operand?.lanes[lane]?.value ?? 0;
              if (over[index] === 0) toggles[index] += bitCount((held ^ (operand?.value ?? 0)) & 0xff);
              if (operand === undefined || pe.weight === undefined) continue;
              products[index] += 1;
              if (operand.value === 0 || pe.weight.value === 0) gated[index] += 1;
            }
            if (pe.operand?.last && pe.operand.fold === folds - 1) over[index] = 1;
          });
        }
        const found = switchingOf(config, gemm, operandSource(gemm, operands), (value) => value & 0xff);
        const togglesByPe = Float64Array.from({ length: size }, (_, index) => {
          return found.operandToggles[Math.floor(index / config.columns)];
        });
        expect(togglesByPe).toEqual(toggles);
        expect(found.products).toEqual(products);
        expect(found.gatedProducts).toEqual(gated);
        expect(gatedFraction(found)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100, seed: 9 },
    );
  });

  it('refuses an operation whose elements nobody can wait for', () => {
    const config = { rows: 8, columns: 8, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 } as const;
    const source = { a: () => 1, b: () => 1 };
    expect(() => switchingOf(config, { m: 1e6, k: 1e6, n: 1 }, source, (value) => value)).toThrow(/^gemm: /);
  });
});
