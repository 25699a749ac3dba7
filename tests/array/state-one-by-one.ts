import type { ArraySchedule } from '../../src/array/schedule.ts';
import { type ArrayState, createArrayState } from '../../src/array/state-grids.ts';
import { stateWriterOf } from '../../src/array/state-writers.ts';

/** The slow obvious way to the state of the array: every PE by itself. */
export function stateOneByOne(schedule: ArraySchedule, cycle: number): ArrayState {
  const { rows, columns, dataflow } = schedule.config;
  const write = stateWriterOf(dataflow).one;
  const state = createArrayState(rows, columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      write(schedule, cycle, row, column, state, row * columns + column);
    }
  }
  return state;
}
