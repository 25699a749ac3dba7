import { describe, expect, it } from 'vitest';
import { activityCountsAt } from '../../src/array/activity-counts.ts';
import { type ArraySchedule, scheduleOf } from '../../src/array/schedule.ts';
import { ACTIVITIES } from '../../src/array/state-grids.ts';
import { createRandom } from '../../src/base/random.ts';
import { SAMPLED_CASES, SAMPLED_ENTRIES, SAMPLED_SEQUENCES } from './arbitrary-cases.ts';
import { stateOneByOne } from './state-one-by-one.ts';

/** The slow obvious way: every PE. */
function countedOneByOne(schedule: ArraySchedule, cycle: number): Record<string, number> {
  const { config } = schedule;
  const state = stateOneByOne(schedule, cycle);
  const count = (grid: Uint8Array, code: number): number => grid.filter((each) => each === code).length;
  const counts = Object.fromEntries(ACTIVITIES.map((name, code) => [name, count(state.activity, code)]));
  const shifts = config.dataflow === 'os' ? 'draining' : 'loading';
  return { ...counts, [shifts]: count(state.shifting, 1) };
}

describe('PEs by what they do', () => {
  it('are those of the whole state, at every cycle of many small cases', () => {
    for (const { config, gemm } of [
      ...SAMPLED_CASES.slice(0, 300),
      ...SAMPLED_SEQUENCES,
      ...SAMPLED_ENTRIES,
    ]) {
      const schedule = scheduleOf(config, gemm);
      for (let cycle = 0; cycle < schedule.cycles; cycle += 1) {
        const place = JSON.stringify({ config, gemm, cycle });
        expect(activityCountsAt(schedule, cycle), place).toEqual(countedOneByOne(schedule, cycle));
      }
    }
  });

  it.each(['ws', 'is', 'os'] as const)('are those of the whole state for large arrays, %s', (dataflow) => {
    const random = createRandom(31);
    for (const doubleBuffered of [true, false]) {
      for (const [rows, columns] of [
        [256, 256],
        [16, 300],
      ] as const) {
        const config = { rows, columns, dataflow, doubleBuffered, rowsPerCycle: 2 };
        const schedule = scheduleOf(config, { m: 700, k: 500, n: 900, repeats: 2 });
        for (let sample = 0; sample < 6; sample += 1) {
          const cycle = random.nextBelow(schedule.cycles);
          expect(activityCountsAt(schedule, cycle), `${rows}x${columns} cycle ${cycle}`).toEqual(
            countedOneByOne(schedule, cycle),
          );
        }
      }
    }
  });
});
