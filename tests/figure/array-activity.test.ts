import { expect, test } from 'vitest';
import { scheduleOf } from '../../src/array/schedule.ts';
import { switchingOf } from '../../src/array/switching.ts';
import {
  type ArrayActivity,
  activityLines,
  activityRange,
  paintActivity,
} from '../../src/figure/array-activity.ts';
import { arrayInks } from '../../src/figure/array-pixels.ts';
import { PALETTES } from '../../src/figure/color-palette.ts';
import { SCALE_STEPS } from '../../src/figure/color-scales.ts';

const inks = arrayInks(PALETTES.dark, 4);
const config = { rows: 4, columns: 4, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 } as const;
/** Rows of A alternate between 0 and 1, so that half of the products are gated; K = 3 leaves a row out. */
const gemm = { m: 8, k: 3, n: 4 };
const source = { a: (m: number) => m % 2, b: () => 1 };
const activity: ArrayActivity = {
  ...switchingOf(config, gemm, source, (value) => value),
  cycles: scheduleOf(config, gemm).cycles,
};

test('colours run from nothing to the most active PE, and PEs without products stay empty', () => {
  const words = new Uint32Array(16);
  paintActivity(words, activity, 'gated', inks);
  expect([...words.subarray(0, 12)]).toEqual(new Array(12).fill(inks.utilization.pixels[SCALE_STEPS - 1]));
  expect([...words.subarray(12)]).toEqual(new Array(4).fill(inks.nothing));
  expect(activityRange(activity, 'gated')).toBe(0.5);
  paintActivity(words, activity, 'toggles', inks);
  expect(words[0]).toBe(inks.utilization.pixels[SCALE_STEPS - 1]);
  expect(words[15]).toBe(inks.utilization.pixels[0]);
  expect(activityRange(activity, 'toggles')).toBe(activity.operandToggles[0] / activity.cycles);
});

test('an op in which nothing toggles has no colours above the lowest', () => {
  const still = { ...activity, operandToggles: new Float64Array(4) };
  const words = new Uint32Array(16);
  paintActivity(words, still, 'toggles', inks);
  expect([...words]).toEqual(new Array(16).fill(inks.utilization.pixels[0]));
});

test('a PE tells its counts over the op, without products only its toggles', () => {
  const [toggles, gated] = activityLines(activity, { row: 1, column: 2 });
  expect(toggles?.origin).toBe(`7 in ${activity.cycles} cycles, the same in all of row 1`);
  expect(gated?.element).toBe('50.0\u2009% of products gated');
  expect(gated?.origin).toBe('4 of 8 have a zero factor');
  expect(activityLines(activity, { row: 3, column: 0 })).toHaveLength(1);
});
