import type { ArraySchedule } from './schedule.ts';
import type { ArrayState } from './state-grids.ts';

/**
 * Columns at which what the PEs of `row` hold or do may change in kind, in ascending order, 0 first. Along a
 * row, time at a PE moves back one cycle a column, so that is only where an event (a wave, a load or a chain
 * that begins or ends) has got to, or where a ragged tile ends.
 */
export function segmentStarts(schedule: ArraySchedule, cycle: number, row: number): readonly number[] {
  const { config, gemm, tilesAcross, waves, intervalCycles, firstStreamCycle, loadCycles } = schedule;
  const { rows, columns, dataflow } = config;
  const width = dataflow === 'is' ? gemm.m : gemm.n;
  const starts = new Set([0]);
  const add = (column: number): void => {
    if (column > 0 && column < columns) starts.add(column);
  };
  add(width - (tilesAcross - 1) * columns);
  // Cycles, counted at column 0 and modulo the interval, from which on something holds there.
  const stream = firstStreamCycle + row;
  const finished = stream + waves - 1;
  const loaded = row - (row % loadCycles) + loadCycles;
  const events =
    dataflow === 'os'
      ? [stream, stream + waves, finished, finished + rows - row, finished + rows, finished + rows + 1]
      : [stream, stream + waves, row, loaded, firstStreamCycle + loaded];
  for (const event of events) {
    // The first column that it has not reached: there, all is as it was before.
    const first = cycle - event + 1;
    const least = first - Math.floor(first / intervalCycles) * intervalCycles;
    for (let column = least; column < columns; column += intervalCycles) add(column);
  }
  return starts.size === 1 ? FROM_THE_START : [...starts].sort((a, b) => a - b);
}

const FROM_THE_START = [0];
/** Fewer PEs are as quickly written one by one. */
const MIN_SEGMENT = 12;

/** Writes what PEs hold when `cycle` ends. */
export interface StateWriter {
  /** The PE at (`row`, `column`), to `index` of the grids. */
  one(
    schedule: ArraySchedule,
    cycle: number,
    row: number,
    column: number,
    out: ArrayState,
    index: number,
  ): void;
  all(schedule: ArraySchedule, cycle: number, out: ArrayState): void;
}

/**
 * Wavefronts pass the PEs of a diagonal together: what they share is worked out once, `steps` from the corner,
 * and each makes its own state of it.
 */
export function stateWriter<Diagonal>(
  diagonalAt: (schedule: ArraySchedule, cycle: number, steps: number) => Diagonal,
  writePe: (
    schedule: ArraySchedule,
    diagonal: Diagonal,
    row: number,
    column: number,
    out: ArrayState,
    index: number,
  ) => void,
): StateWriter {
  return {
    one: (schedule, cycle, row, column, out, index) => {
      writePe(schedule, diagonalAt(schedule, cycle, row + column), row, column, out, index);
    },
    all: (schedule, cycle, out) => {
      const { rows, columns } = schedule.config;
      const diagonals: Diagonal[] = [];
      for (let steps = 0; steps < rows + columns - 1; steps++) {
        diagonals.push(diagonalAt(schedule, cycle, steps));
      }
      writeRows(schedule, cycle, out, (row, column) => {
        writePe(schedule, diagonals[row + column], row, column, out, row * columns + column);
      });
    },
  };
}

/**
 * Writes the state of all PEs, of most only two a segment of a row: from each to the next a number in it
 * stays or changes by the same step. Not so where the last tile down, or the last stretch of rows below a
 * point where weights enter, is ragged: there elements that are shifted in or out end within a segment, and
 * every PE is written by itself.
 */
function writeRows(
  schedule: ArraySchedule,
  cycle: number,
  out: ArrayState,
  write: (row: number, column: number) => void,
): void {
  const { rows, columns } = schedule.config;
  const grids = Object.values(out).filter((grid) => grid instanceof Int32Array);
  const isRagged = hasRaggedRows(schedule);
  for (let row = 0; row < rows; row++) {
    const starts = isRagged ? FROM_THE_START : segmentStarts(schedule, cycle, row);
    for (let segment = 0; segment < starts.length; segment++) {
      const start = starts[segment];
      const end = segment + 1 < starts.length ? starts[segment + 1] : columns;
      const isLong = !isRagged && end - start >= MIN_SEGMENT;
      for (let column = start; column < (isLong ? start + 2 : end); column++) write(row, column);
      if (!isLong) continue;
      const first = row * columns + start;
      const last = row * columns + end;
      out.activity.fill(out.activity[first], first + 2, last);
      out.shifting.fill(out.shifting[first], first + 2, last);
      for (const grid of grids) goOn(grid, first, last);
    }
  }
}

function hasRaggedRows({ config, gemm, loadCycles }: ArraySchedule): boolean {
  const { rows, rowsPerCycle, dataflow } = config;
  if (dataflow === 'os') return gemm.m % (rows * rowsPerCycle) !== 0;
  return gemm.k % rows !== 0 || rows % loadCycles !== 0;
}

/** Continues what the first two numbers of [start, end) begin. */
function goOn(grid: Int32Array, start: number, end: number): void {
  const first = grid[start];
  const step = grid[start + 1] - first;
  if (step === 0) {
    grid.fill(first, start + 2, end);
    return;
  }
  let value = first + step;
  for (let index = start + 2; index < end; index++) {
    value += step;
    grid[index] = value;
  }
}
