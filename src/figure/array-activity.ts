import type { Switching } from '../array/switching.ts';
import { formatCount, formatPercent, THIN_SPACE } from '../base/format-quantity.ts';
import type { PePlace } from './array-layout.ts';
import type { ArrayInks } from './array-pixels.ts';
import type { PeLine } from './array-words.ts';
import { SCALE_STEPS } from './color-scales.ts';

/** What a whole op does to the circuits of every PE, from the values of its operands. */
export interface ArrayActivity extends Switching {
  /** Of the op: toggles are shown a cycle. */
  readonly cycles: number;
}

export const ACTIVITY_METRICS = ['toggles', 'gated'] as const;
/** Bits of the operand registers that change, a cycle; share of the products with a factor of zero. */
export type ActivityMetric = (typeof ACTIVITY_METRICS)[number];

/** Of the PE at (`row`, `index` of the grids); NaN for the gated share of a PE without products. */
function activityAt(activity: ArrayActivity, metric: ActivityMetric, row: number, index: number): number {
  return metric === 'toggles'
    ? activity.operandToggles[row] / activity.cycles
    : activity.gatedProducts[index] / activity.products[index];
}

/** The largest of any PE: where the colours end. */
export function activityRange(activity: ArrayActivity, metric: ActivityMetric): number {
  const rows = activity.operandToggles.length;
  const columns = activity.products.length / rows;
  let largest = 0;
  for (let index = 0; index < activity.products.length; index += 1) {
    const value = activityAt(activity, metric, Math.floor(index / columns), index);
    if (value > largest) largest = value;
  }
  return largest;
}

/** Paints one measure of a whole op, [rows, columns] of `words`. PEs without products stay empty. */
export function paintActivity(
  words: Uint32Array,
  activity: ArrayActivity,
  metric: ActivityMetric,
  inks: ArrayInks,
): void {
  const columns = activity.products.length / activity.operandToggles.length;
  const scale = (SCALE_STEPS - 1) / (activityRange(activity, metric) || 1);
  for (let index = 0; index < words.length; index += 1) {
    const value = activityAt(activity, metric, Math.floor(index / columns), index);
    words[index] = Number.isNaN(value) ? inks.nothing : inks.utilization.pixels[Math.round(value * scale)];
  }
}

/** `6.12 bits` of the largest value, or `0.61 %`. */
export function formatActivity(value: number, metric: ActivityMetric): string {
  return metric === 'gated' ? formatPercent(value) : `${value.toPrecision(3)}${THIN_SPACE}bit`;
}

/** One PE over the whole op, in words. */
export function activityLines(activity: ArrayActivity, { row, column }: PePlace): readonly PeLine[] {
  const columns = activity.products.length / activity.operandToggles.length;
  const index = row * columns + column;
  const products = activity.products[index];
  const toggles: PeLine = {
    name: 'operand toggles, whole op',
    element: `${formatActivity(activityAt(activity, 'toggles', row, index), 'toggles')} toggles a cycle`,
    value: undefined,
    origin: `${formatCount(activity.operandToggles[row])} in ${formatCount(activity.cycles)} cycles, the same in all of row ${row}`,
  };
  if (products === 0) return [toggles];
  return [
    toggles,
    {
      name: 'gated products, whole op',
      element: `${formatActivity(activityAt(activity, 'gated', row, index), 'gated')} of products gated`,
      value: undefined,
      origin: `${formatCount(activity.gatedProducts[index])} of ${formatCount(products)} have a zero factor`,
    },
  ];
}
