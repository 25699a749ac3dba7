import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DATAFLOWS, type GemmShape } from '../../src/array/config.ts';
import { createFastStepper } from '../../src/array/fast-stepper.ts';
import { INTEGER_ARITHMETIC } from '../../src/array/operands.ts';
import { scheduleOf } from '../../src/array/schedule.ts';
import { arrayStateAt, type PeState, peStateAt, peStateOf } from '../../src/array/state.ts';
import { ACTIVITIES, createArrayState, type Element, laneElement } from '../../src/array/state-grids.ts';
import { type ArrayStepper, createStepper } from '../../src/array/stepper.ts';
import type { Pe, Sum, Token } from '../../src/array/stepper-pe.ts';
import { workingCyclesAt } from '../../src/array/working-cycles.ts';
import { type ArrayCase, anyCases, int8Operands, wideCases } from './arbitrary-cases.ts';
import { expectSameGrids } from './same-grids.ts';
import { stateOneByOne } from './state-one-by-one.ts';

describe('state of the array at a cycle', () => {
  it('equals the stepping reference in every register at every cycle', () => {
    fc.assert(
      fc.property(anyCases, (testCase) => {
        const { config, gemm } = testCase;
        const out = createArrayState(config.rows, config.columns);
        const stepper = stepperOf(testCase);
        for (let cycle = 0; !stepper.done; cycle++) {
          stepper.step();
          arrayStateAt(config, gemm, cycle, out);
          stepper.pes.flat().forEach((pe, index) => {
            const place = `cycle ${cycle}, PE ${Math.floor(index / config.columns)},${index % config.columns}`;
            expect(peStateOf(out, index), place).toEqual(expectedLane0(pe, testCase));
            for (let lane = 1; lane < config.rowsPerCycle; lane++) {
              expect(closedFormLane(peStateOf(out, index), lane, testCase), place).toEqual(
                stepperLane(pe, lane, testCase),
              );
            }
          });
        }
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('is the same PE by PE as for the whole array', () => {
    fc.assert(
      fc.property(anyCases, fc.nat(), ({ config, gemm }, at) => {
        const cycle = at % scheduleOf(config, gemm).cycles;
        const whole = arrayStateAt(config, gemm, cycle);
        const row = at % config.rows;
        const column = at % config.columns;
        expect(peStateAt(config, gemm, cycle, row, column)).toEqual(
          peStateOf(whole, row * config.columns + column),
        );
      }),
    );
  });

  it('is the same PE by PE all over wide arrays, at every cycle of the first, the last and some tiles', () => {
    fc.assert(
      fc.property(wideCases, ({ config, gemm, seed }) => {
        const schedule = scheduleOf(config, gemm);
        const out = createArrayState(config.rows, config.columns);
        const middle = seed % schedule.cycles;
        for (const start of [0, middle, schedule.cycles - 40]) {
          for (let cycle = Math.max(0, start); cycle < Math.min(start + 40, schedule.cycles); cycle++) {
            arrayStateAt(config, gemm, cycle, out);
            expectSameGrids(out, stateOneByOne(schedule, cycle));
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is the same PE by PE all over a large array', () => {
    for (const dataflow of DATAFLOWS) {
      for (const [m, k] of [
        [1024, 1024],
        [1000, 1000],
      ]) {
        const config = { rows: 256, columns: 256, dataflow, doubleBuffered: true, rowsPerCycle: 1 };
        const gemm = { m, k, n: 768 };
        const schedule = scheduleOf(config, gemm);
        for (let cycle = 17; cycle < schedule.cycles; cycle += Math.ceil(schedule.cycles / 6)) {
          expectSameGrids(arrayStateAt(config, gemm, cycle), stateOneByOne(schedule, cycle));
        }
      }
    }
  });

  it('refuses arrays too large to hold, before it takes memory for them', () => {
    const config = {
      rows: 65536,
      columns: 65536,
      dataflow: 'ws',
      doubleBuffered: true,
      rowsPerCycle: 1,
    } as const;
    const gemm = { m: 1, k: 1, n: 1 };
    const refused = /^array: expected at most 4194304 PEs to look into, found 65536x65536$/;
    expect(() => arrayStateAt(config, gemm, 0)).toThrow(refused);
    expect(() => workingCyclesAt(scheduleOf(config, gemm), 0)).toThrow(refused);
    const operands = { a: Int8Array.of(1), b: Int8Array.of(1) };
    expect(() => createStepper(config, gemm, operands, INTEGER_ARITHMETIC)).toThrow(refused);
    expect(() => createFastStepper(config, gemm, operands)).toThrow(refused);
    expect(peStateAt(config, gemm, 65536, 0, 0).activity).toBe('working');
  });

  it('refuses cycles and places outside', () => {
    const config = { rows: 2, columns: 2, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 } as const;
    const gemm: GemmShape = { m: 3, k: 2, n: 2 };
    for (const cycle of [-1, 7, 0.5, Number.NaN, 1e308]) {
      expect(() => arrayStateAt(config, gemm, cycle)).toThrow(/^cycle: expected a whole number from 0 to 6/);
    }
    expect(() => peStateAt(config, gemm, 0, 2, 0)).toThrow(/^row: /);
    expect(() => peStateAt(config, gemm, 0, 0, -1)).toThrow(/^column: /);
  });
});

function stepperOf({ config, gemm, seed }: ArrayCase): ArrayStepper {
  return createStepper(config, gemm, int8Operands(gemm, seed), INTEGER_ARITHMETIC);
}

const element = (token: Token | undefined) =>
  token && { repeat: token.repeat, row: token.row, column: token.column };
const sumElement = (sum: Sum | undefined) =>
  sum && { repeat: sum.repeat, row: sum.row, column: sum.column, firstK: sum.firstK, depth: sum.depth };

function expectedLane0(pe: Pe, { config }: ArrayCase): PeState {
  return {
    activity: ACTIVITIES[pe.activity],
    shifting: pe.shifting,
    fold: pe.operand?.fold,
    wave: pe.operand?.index,
    operand: element(pe.operand?.lanes[0]),
    weight: element(pe.weight),
    shadow: config.dataflow === 'os' ? element(pe.shadowSums[0]) : element(pe.shadowWeight),
    sum: sumElement(pe.sums[0]),
  };
}

function closedFormLane(state: PeState, lane: number, { config, gemm }: ArrayCase) {
  const inLane = (of: Element | undefined) => of && laneElement(config, gemm, of, lane);
  return {
    operand: inLane(state.operand),
    sum: inLane(state.sum),
    shadow: config.dataflow === 'os' ? inLane(state.shadow) : undefined,
  };
}

function stepperLane(pe: Pe, lane: number, { config }: ArrayCase) {
  return {
    operand: element(pe.operand?.lanes[lane]),
    sum: element(pe.sums[lane]),
    shadow: config.dataflow === 'os' ? element(pe.shadowSums[lane]) : undefined,
  };
}
