import { writeOutputStationaryPe } from './output-stationary-state.ts';
import type { ArraySchedule } from './schedule.ts';
import { ACTIVITIES, type Activity, createArrayState } from './state-grids.ts';
import { writeStationaryPe } from './stationary-state.ts';

/** PEs in each state; those that shift while they work count as both. */
export type ActivityCounts = Readonly<Record<Activity, number>>;

/**
 * How many PEs do what when `cycle` ends, without looking at every PE. Along a row, time at a PE moves back one cycle
 * a column, so what PEs do changes only where an event (a wave, a load or a chain that begins or ends) has got
 * to, or where a ragged tile ends: one PE tells for all up to the next such column.
 */
export function activityCountsAt(schedule: ArraySchedule, cycle: number): ActivityCounts {
  const { rows, columns, dataflow } = schedule.config;
  const outputStationary = dataflow === 'os';
  const write = outputStationary ? writeOutputStationaryPe : writeStationaryPe;
  const one = createArrayState(1, 1);
  const byCode = ACTIVITIES.map(() => 0);
  let shifting = 0;
  for (let row = 0; row < rows; row += 1) {
    const starts = segmentStarts(schedule, cycle, row);
    starts.forEach((start, index) => {
      const length = (starts[index + 1] ?? columns) - start;
      write(schedule, cycle, row, start, one, 0);
      byCode[one.activity[0] ?? 0] += length;
      shifting += length * (one.shifting[0] ?? 0);
    });
  }
  const counts: Record<Activity, number> = { idle: 0, loading: 0, working: 0, draining: 0, padding: 0 };
  ACTIVITIES.forEach((activity, code) => {
    counts[activity] = byCode[code] ?? 0;
  });
  // Most weights load while the PE works: count them too.
  counts[outputStationary ? 'draining' : 'loading'] = shifting;
  return counts;
}

/** Columns at which what the PEs of `row` do may change, in ascending order, 0 first. */
function segmentStarts(schedule: ArraySchedule, cycle: number, row: number): readonly number[] {
  const { config, gemm, tilesAcross, waves, intervalCycles, firstStreamCycle } = schedule;
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
  const events =
    dataflow === 'os'
      ? [stream, stream + waves, finished, finished + rows - row, finished + rows + 1]
      : [stream, stream + waves, row, rows, firstStreamCycle + rows];
  for (const event of events) {
    // The first column that it has not reached: there, all is as it was before.
    const first = cycle - event + 1;
    const least = first - Math.floor(first / intervalCycles) * intervalCycles;
    for (let column = least; column < columns; column += intervalCycles) add(column);
  }
  return [...starts].sort((a, b) => a - b);
}
