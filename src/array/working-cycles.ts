import { clamp } from '../base/integers.ts';
import { checkPeCount } from './config.ts';
import type { ArraySchedule } from './schedule.ts';

/**
 * Cycles up to the end of `cycle` in which each PE multiplied something real, [rows, columns] row-major. Closed
 * form, O(1) a PE: the waves of the folds that have passed, less those whose ragged tile left the PE out.
 */
export function workingCyclesAt(schedule: ArraySchedule, cycle: number, counts?: Float64Array): Float64Array {
  const { config, waves, intervalCycles, folds } = schedule;
  checkPeCount(config.rows, config.columns);
  const out = counts ?? new Float64Array(config.rows * config.columns);
  const ragged = raggedTiles(schedule);
  for (let row = 0; row < config.rows; row++) {
    for (let column = 0; column < config.columns; column++) {
      const since = cycle - schedule.firstStreamCycle - row - column;
      // Folds whose first wave has come, and the waves of the last of them that have.
      const begun = clamp(Math.floor(since / intervalCycles) + 1, 0, folds);
      const wavesOfLast = Math.min(since - (begun - 1) * intervalCycles + 1, waves);
      const before = begun === 0 ? 0 : ragged.realFolds(begun - 1, row, column);
      const real = begun === 0 ? 0 : ragged.realFolds(begun, row, column) - before;
      out[row * config.columns + column] = before * waves + real * wavesOfLast;
    }
  }
  return out;
}

/** Counts, for a PE, how many of the folds [0, folds) have something real for it. */
function raggedTiles({ config, gemm, tilesDown, tilesAcross, foldsPerGemm }: ArraySchedule) {
  const outputStationary = config.dataflow === 'os';
  const down = outputStationary ? Math.ceil(gemm.m / config.rowsPerCycle) : gemm.k;
  const across = config.dataflow === 'is' ? gemm.m : gemm.n;
  const rowsOfLast = down - (tilesDown - 1) * config.rows;
  const columnsOfLast = across - (tilesAcross - 1) * config.columns;
  const inner = outputStationary ? tilesAcross : tilesDown;
  const outer = outputStationary ? tilesDown : tilesAcross;
  return {
    realFolds: (folds: number, row: number, column: number): number => {
      const outOfDown = row >= rowsOfLast;
      const outOfAcross = column >= columnsOfLast;
      const innerTiles = inner - ((outputStationary ? outOfAcross : outOfDown) ? 1 : 0);
      const outerTiles = outer - ((outputStationary ? outOfDown : outOfAcross) ? 1 : 0);
      const gemms = Math.floor(folds / foldsPerGemm);
      const tiles = folds - gemms * foldsPerGemm;
      const fullRounds = Math.floor(tiles / inner);
      const rest = tiles - fullRounds * inner;
      return (
        gemms * outerTiles * innerTiles +
        Math.min(fullRounds, outerTiles) * innerTiles +
        (fullRounds < outerTiles ? Math.min(rest, innerTiles) : 0)
      );
    },
  };
}
