import type { ArrayConfig, GemmSequence } from '../array/config.ts';
import { scheduleOf } from '../array/schedule.ts';
import { arrayStateAt } from '../array/state.ts';
import { type ArrayState, createArrayState } from '../array/state-grids.ts';
import { registerWithin, seededOperands } from '../figure/array-operands.ts';
import { type ArrayInks, paintValues, valueRange } from '../figure/array-pixels.ts';

/** What one matrix unit runs of an op, the operands that the array view gives it, and when to look. */
export interface PartialSumRequest {
  readonly config: ArrayConfig;
  readonly gemm: GemmSequence;
  readonly seed: number;
  readonly unit: number;
  readonly cycle: number;
  readonly inks: ArrayInks;
}

let grids: ArrayState | undefined;

/**
 * Pixels of the array by its partial sums, [rows, columns]. Here and not where they are shown: a page's own
 * thread may not compile the code that adds them up in vectors. Throws `InputError`.
 */
export function partialSumPixels({ config, gemm, seed, unit, cycle, inks }: PartialSumRequest): Uint32Array {
  const { rows, columns } = config;
  const schedule = scheduleOf(config, gemm);
  if (grids?.rows !== rows || grids.columns !== columns) grids = createArrayState(rows, columns);
  const state = arrayStateAt(config, gemm, cycle, grids);
  const sums = registerWithin(schedule, state, seededOperands(seed, unit), 'sum', [0, rows]);
  const words = new Uint32Array(rows * columns);
  paintValues(words, 0, sums, state, 'sum', valueRange('sum', schedule), inks);
  return words;
}
