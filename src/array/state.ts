import { assert } from '../base/assert.ts';
import { InputError } from '../base/result.ts';
import type { ArrayConfig, GemmSequence } from './config.ts';
import { type ArraySchedule, checkCycle, scheduleOf } from './schedule.ts';
import {
  ACTIVITIES,
  type Activity,
  type ArrayState,
  createArrayState,
  type Element,
  EMPTY,
} from './state-grids.ts';
import { stateWriterOf } from './state-writers.ts';

/** Fold numbers are 32-bit in the grids. */
const MAX_FOLDS = 2 ** 31 - 1;

/**
 * State of the whole array when `cycle` ends, from the closed form: O(1) a PE, whatever the cycle. The array
 * has no feedback, so what a PE holds depends only on how long ago the wavefronts passed it.
 *
 * @param cycle in [0, cycles of the operation)
 * @param grids grids of the array's size, overwritten and returned; new ones if left out
 */
export function arrayStateAt(
  config: ArrayConfig,
  gemm: GemmSequence,
  cycle: number,
  grids?: ArrayState,
): ArrayState {
  const schedule = stateSchedule(config, gemm, cycle);
  const out = grids ?? createArrayState(config.rows, config.columns);
  assert(out.rows === config.rows && out.columns === config.columns, 'grids are of the size of the array');
  stateWriterOf(config.dataflow).all(schedule, cycle, out);
  return out;
}

/** State of one PE; lanes other than 0 by `laneElement`. Fields as in `ArrayState`. */
export interface PeState {
  readonly activity: Activity;
  readonly shifting: boolean;
  readonly fold: number | undefined;
  readonly wave: number | undefined;
  readonly operand: Element | undefined;
  readonly weight: Element | undefined;
  readonly shadow: Element | undefined;
  readonly sum: (Element & { readonly firstK: number; readonly depth: number }) | undefined;
}

/** State of the PE at (`row`, `column`) when `cycle` ends, in O(1). */
export function peStateAt(
  config: ArrayConfig,
  gemm: GemmSequence,
  cycle: number,
  row: number,
  column: number,
): PeState {
  const schedule = stateSchedule(config, gemm, cycle);
  checkPlace('row', row, config.rows);
  checkPlace('column', column, config.columns);
  const one = createArrayState(1, 1);
  stateWriterOf(config.dataflow).one(schedule, cycle, row, column, one, 0);
  return peStateOf(one, 0);
}

/** The PE at `index` of the grids as an object. */
export function peStateOf(state: ArrayState, index: number): PeState {
  const at = (grid: Int32Array | Uint8Array): number => {
    const value = grid[index];
    assert(value !== undefined, `PE ${index} is in the grids`);
    return value;
  };
  const present = (value: number): number | undefined => (value === EMPTY ? undefined : value);
  const element = (repeats: Int32Array, rows: Int32Array, columns: Int32Array): Element | undefined =>
    at(rows) === EMPTY ? undefined : { repeat: at(repeats), row: at(rows), column: at(columns) };
  const sum = element(state.sumRepeat, state.sumRow, state.sumColumn);
  return {
    activity: ACTIVITIES[at(state.activity)] ?? 'idle',
    shifting: at(state.shifting) === 1,
    fold: present(at(state.fold)),
    wave: present(at(state.wave)),
    operand: element(state.operandRepeat, state.operandRow, state.operandColumn),
    weight: element(state.weightRepeat, state.weightRow, state.weightColumn),
    shadow: element(state.shadowRepeat, state.shadowRow, state.shadowColumn),
    sum: sum && { ...sum, firstK: at(state.sumFirstK), depth: at(state.sumDepth) },
  };
}

function stateSchedule(config: ArrayConfig, gemm: GemmSequence, cycle: number): ArraySchedule {
  const schedule = scheduleOf(config, gemm);
  if (schedule.folds > MAX_FOLDS) {
    throw new InputError('gemm', `expected at most ${MAX_FOLDS} folds to look into, found ${schedule.folds}`);
  }
  checkCycle(schedule, cycle);
  return schedule;
}

function checkPlace(place: string, value: number, extent: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value >= extent) {
    throw new InputError(place, `expected a whole number from 0 to ${extent - 1}, found ${value}`);
  }
}
