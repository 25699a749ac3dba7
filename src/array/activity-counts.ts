import type { ArraySchedule } from './schedule.ts';
import { ACTIVITIES, type Activity, createArrayState } from './state-grids.ts';
import { segmentStarts } from './state-rows.ts';
import { stateWriterOf } from './state-writers.ts';

/** PEs in each state; those that shift while they work count as both. */
export type ActivityCounts = Readonly<Record<Activity, number>>;

/**
 * How many PEs do what when `cycle` ends, without looking at every PE: one tells for all of its segment of a
 * row.
 */
export function activityCountsAt(schedule: ArraySchedule, cycle: number): ActivityCounts {
  const { rows, columns, dataflow } = schedule.config;
  const outputStationary = dataflow === 'os';
  const write = stateWriterOf(dataflow).one;
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
