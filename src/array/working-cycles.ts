import { clamp } from '../base/integers.ts';
import { checkPeCount } from './config.ts';
import type { ArraySchedule } from './schedule.ts';

/**
 * Cycles up to the end of `cycle` in which PEs multiplied something real. All PEs of a diagonal see the same
 * waves; they differ only in whether the ragged last tiles leave them out.
 */
export interface WorkingCycles {
  /** Rows and columns that the last tile down and the last one across fill. */
  readonly rowsOfLast: number;
  readonly columnsOfLast: number;
  /**
   * [4, rows + columns - 1]: by class, 2 for rows from `rowsOfLast` on plus 1 for columns from `columnsOfLast`
   * on, and diagonal, row + column.
   */
  readonly cycles: Float64Array;
}

/** Closed form, O(rows + columns): the waves of the folds that have passed, less those that left the PE out. */
export function workingCyclesByDiagonal(schedule: ArraySchedule, cycle: number): WorkingCycles {
  const { config, waves, intervalCycles, folds } = schedule;
  checkPeCount(config.rows, config.columns);
  const ragged = raggedTiles(schedule);
  const diagonals = config.rows + config.columns - 1;
  const cycles = new Float64Array(4 * diagonals);
  for (let diagonal = 0; diagonal < diagonals; diagonal++) {
    const since = cycle - schedule.firstStreamCycle - diagonal;
    // Folds whose first wave has come, and the waves of the last of them that have.
    const begun = clamp(Math.floor(since / intervalCycles) + 1, 0, folds);
    const wavesOfLast = Math.min(since - (begun - 1) * intervalCycles + 1, waves);
    for (let raggedClass = 0; raggedClass < 4 && begun > 0; raggedClass++) {
      const outOfDown = (raggedClass & 2) !== 0;
      const outOfAcross = (raggedClass & 1) !== 0;
      const before = ragged.realFolds(begun - 1, outOfDown, outOfAcross);
      const real = ragged.realFolds(begun, outOfDown, outOfAcross) - before;
      cycles[raggedClass * diagonals + diagonal] = before * waves + real * wavesOfLast;
    }
  }
  return { rowsOfLast: ragged.rowsOfLast, columnsOfLast: ragged.columnsOfLast, cycles };
}

/** The same for each PE, [rows, columns] row-major. */
export function workingCyclesAt(schedule: ArraySchedule, cycle: number, counts?: Float64Array): Float64Array {
  const { rows, columns } = schedule.config;
  const { rowsOfLast, columnsOfLast, cycles } = workingCyclesByDiagonal(schedule, cycle);
  const out = counts ?? new Float64Array(rows * columns);
  const diagonals = rows + columns - 1;
  for (let row = 0; row < rows; row++) {
    const classOfRow = row >= rowsOfLast ? 2 : 0;
    for (let column = 0; column < columns; column++) {
      const raggedClass = classOfRow + (column >= columnsOfLast ? 1 : 0);
      out[row * columns + column] = cycles[raggedClass * diagonals + row + column];
    }
  }
  return out;
}

/** Counts, for a PE, how many of the folds [0, folds) have something real for it. */
function raggedTiles({ config, gemm, tilesDown, tilesAcross, foldsPerGemm }: ArraySchedule) {
  const outputStationary = config.dataflow === 'os';
  const down = outputStationary ? Math.ceil(gemm.m / config.rowsPerCycle) : gemm.k;
  const across = config.dataflow === 'is' ? gemm.m : gemm.n;
  const inner = outputStationary ? tilesAcross : tilesDown;
  const outer = outputStationary ? tilesDown : tilesAcross;
  return {
    rowsOfLast: down - (tilesDown - 1) * config.rows,
    columnsOfLast: across - (tilesAcross - 1) * config.columns,
    realFolds: (folds: number, outOfDown: boolean, outOfAcross: boolean): number => {
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
