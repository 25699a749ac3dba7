import { describe, expect, it } from 'vitest';
import { createFastStepper } from '../../src/array/fast-stepper.ts';
import { INTEGER_ARITHMETIC, operandSource } from '../../src/array/operands.ts';
import { arrayStateAt } from '../../src/array/state.ts';
import { type ArrayState, createArrayState, EMPTY } from '../../src/array/state-grids.ts';
import { createStepper } from '../../src/array/stepper.ts';
import type { Pe } from '../../src/array/stepper-pe.ts';
import { arrayValues } from '../../src/array/values.ts';
import { createRandom } from '../../src/base/random.ts';
import {
  type ArrayCase,
  int8Operands,
  SAMPLED_CASES,
  SAMPLED_ENTRIES,
  SAMPLED_SEQUENCES,
  SAMPLED_STRETCHES,
} from './arbitrary-cases.ts';
import { expectSameGrids } from './same-grids.ts';
import { stepperValues } from './stepper-values.ts';

/** Names in every register of lane 0, every cycle; values in every register of every lane, every few cycles. */
function checkCase({ config, gemm, seed }: ArrayCase): void {
  const random = createRandom(seed);
  const operands = int8Operands(gemm, seed);
  const source = operandSource(gemm, operands);
  const stepper = createStepper(config, gemm, operands, INTEGER_ARITHMETIC);
  const fast = createFastStepper(config, gemm, operands);
  const closedForm = createArrayState(config.rows, config.columns);
  while (!stepper.done) {
    const stop = stepper.cycle + 1 + random.nextBelow(6);
    while (!stepper.done && stepper.cycle < stop) {
      stepper.step();
      arrayStateAt(config, gemm, stepper.cycle - 1, closedForm);
      expectSameGrids(closedForm, gridsOf(stepper.pes, config.dataflow === 'os'));
    }
    fast.advance(stepper.cycle - fast.cycle);
    for (let lane = 0; lane < config.rowsPerCycle; lane++) {
      const reference = stepperValues(config, stepper, lane);
      expectSameGrids(fast.values(lane), reference);
      expectSameGrids(arrayValues(config, gemm, closedForm, source, INTEGER_ARITHMETIC, lane), reference);
    }
  }
  expect(fast.done).toBe(true);
  expect([...fast.results]).toEqual([...stepper.results]);
}

describe('state function, fast stepper and stepping reference', () => {
  it.each(['ws', 'os', 'is'] as const)('agree on every register, %s', (dataflow) => {
    const cases = SAMPLED_CASES.filter(({ config }) => config.dataflow === dataflow);
    expect(cases.length).toBeGreaterThan(300);
    checkCases(cases);
  });

  it('agree on every register of several GEMMs back to back', () => {
    const kinds = new Set(
      SAMPLED_SEQUENCES.map(({ config }) => `${config.dataflow} ${config.doubleBuffered}`),
    );
    expect(kinds.size).toBe(6);
    checkCases(SAMPLED_SEQUENCES);
  });

  it('agree on every register where weights enter a column at several points', () => {
    const ragged = SAMPLED_ENTRIES.filter(({ config }) => config.rows % (config.loadRowsPerCycle ?? 1) > 0);
    expect(ragged.length).toBeGreaterThan(100);
    checkCases(SAMPLED_ENTRIES);
    checkCases(SAMPLED_STRETCHES);
  });

  it('are 1,000 cases', () => expect(SAMPLED_CASES).toHaveLength(1000));
});

function checkCases(cases: readonly ArrayCase[]): void {
  for (const testCase of cases) {
    try {
      checkCase(testCase);
    } catch (error) {
      throw new Error(`case ${JSON.stringify(testCase)}`, { cause: error });
    }
  }
}

function gridsOf(pes: readonly (readonly Pe[])[], outputStationary: boolean): ArrayState {
  const all = pes.flat();
  const grid = (of: (pe: Pe) => number | undefined): Int32Array =>
    Int32Array.from(all, (pe) => of(pe) ?? EMPTY);
  const shadow = (pe: Pe) => (outputStationary ? pe.shadowSums[0] : pe.shadowWeight);
  return {
    rows: pes.length,
    columns: pes[0].length,
    activity: Uint8Array.from(all, (pe) => pe.activity),
    shifting: Uint8Array.from(all, (pe) => (pe.shifting ? 1 : 0)),
    fold: grid((pe) => pe.operand?.fold),
    wave: grid((pe) => pe.operand?.index),
    operandRepeat: grid((pe) => pe.operand?.lanes[0]?.repeat),
    operandRow: grid((pe) => pe.operand?.lanes[0]?.row),
    operandColumn: grid((pe) => pe.operand?.lanes[0]?.column),
    weightRepeat: grid((pe) => pe.weight?.repeat),
    weightRow: grid((pe) => pe.weight?.row),
    weightColumn: grid((pe) => pe.weight?.column),
    shadowRepeat: grid((pe) => shadow(pe)?.repeat),
    shadowRow: grid((pe) => shadow(pe)?.row),
    shadowColumn: grid((pe) => shadow(pe)?.column),
    sumRepeat: grid((pe) => pe.sums[0]?.repeat),
    sumRow: grid((pe) => pe.sums[0]?.row),
    sumColumn: grid((pe) => pe.sums[0]?.column),
    sumFirstK: grid((pe) => pe.sums[0]?.firstK),
    sumDepth: grid((pe) => pe.sums[0]?.depth),
  };
}
