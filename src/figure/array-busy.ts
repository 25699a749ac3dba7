import type { ArraySchedule } from '../array/schedule.ts';
import { clamp } from '../base/integers.ts';

/**
 * Cycles, up to and including `cycle`, in which each PE multiplied something real: [rows, columns]. Closed
 * form, O(1) a PE: finished folds less those in which a ragged edge leaves the PE out, times the waves of a
 * fold, plus the waves of the fold that is passing.
 */
export function workingCyclesAt(schedule: ArraySchedule, cycle: number, out?: Float64Array): Float64Array {
  const { config, waves, intervalCycles, folds, firstStreamCycle } = schedule;
  const { rows, columns } = config;
  const real = realTiles(schedule);
  const counts = out ?? new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const since = cycle - firstStreamCycle - row - column;
      const started = clamp(Math.floor(since / intervalCycles) + 1, 0, folds);
      let count = 0;
      if (started > 0) {
        const passing = Math.min(waves, since - (started - 1) * intervalCycles + 1);
        count = real.count(started - 1, row, column) * waves;
        if (real.has(started - 1, row, column)) count += passing;
      }
      counts[row * columns + column] = count;
    }
  }
  return counts;
}

interface RealTiles {
  /** Whether the PE holds something real in `fold`. */
  has(fold: number, row: number, column: number): boolean;
  /** In how many of the folds [0, folds) it does. */
  count(folds: number, row: number, column: number): number;
}

function realTiles({ config, gemm, tilesDown, tilesAcross }: ArraySchedule): RealTiles {
  const outputStationary = config.dataflow === 'os';
  const down = outputStationary ? Math.ceil(gemm.m / config.rowsPerCycle) : gemm.k;
  const across = config.dataflow === 'is' ? gemm.m : gemm.n;
  const lastDownRows = down - (tilesDown - 1) * config.rows;
  const lastAcrossColumns = across - (tilesAcross - 1) * config.columns;
  const inner = outputStationary ? tilesAcross : tilesDown;

  /** Of the folds [0, folds), those at the last place of the inner loop, of the outer one, and of both. */
  const lastInner = (folds: number): number => Math.floor(folds / inner);
  const outerTiles = outputStationary ? tilesDown : tilesAcross;
  const lastOuter = (folds: number): number => Math.max(0, folds - (outerTiles - 1) * inner);
  const lastBoth = (folds: number): number => (folds === inner * outerTiles ? 1 : 0);

  const count = (folds: number, row: number, column: number): number => {
    const outOfDown = row >= lastDownRows;
    const outOfAcross = column >= lastAcrossColumns;
    const innerOut = outputStationary ? outOfAcross : outOfDown;
    const outerOut = outputStationary ? outOfDown : outOfAcross;
    let missing = 0;
    if (innerOut) missing += lastInner(folds);
    if (outerOut) missing += lastOuter(folds);
    if (innerOut && outerOut) missing -= lastBoth(folds);
    return folds - missing;
  };
  const has = (fold: number, row: number, column: number): boolean =>
    count(fold + 1, row, column) > count(fold, row, column);
  return { has, count };
}
