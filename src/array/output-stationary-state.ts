import type { ArraySchedule } from './schedule.ts';
import { ACTIVITY, type ArrayState, EMPTY } from './state-grids.ts';
import { stateWriter } from './state-rows.ts';

/** What the PEs of one diagonal, as many steps from the corner, share when a cycle ends: wavefronts pass them together. */
interface Diagonal {
  /** A wave is here. */
  readonly here: boolean;
  readonly wave: number;
  /** Fold of the last wave that came by, and its tile; below 0 before the first. */
  readonly fold: number;
  readonly repeat: number;
  readonly firstRow: number;
  readonly firstColumn: number;
  /** Whether a fold has finished its sums here, and the tile of the last that did. */
  readonly hasFinished: boolean;
  /** Cycles since then, or as many as all sums have left after. */
  readonly sinceCapture: number;
  readonly chainRepeat: number;
  readonly chainFirstRow: number;
  readonly chainFirstColumn: number;
  /** The last sum of the fold before leaves in this cycle. */
  readonly lastOfPrevious: boolean;
}

/**
 * What the PE at (`row`, `column`) of an output-stationary array holds when `cycle` ends.
 *
 * Step k of fold f is here in cycle f interval + k + row + column. A finished sum waits until the bottom PE
 * of its column has finished; then the column shifts down, one row a cycle, and row r passes on r + 1 sums:
 * its own and those of the rows above. Double-buffered, all this happens in the shadow registers.
 */
export const outputStationaryState = stateWriter(diagonalAt, writePe);

function diagonalAt(schedule: ArraySchedule, cycle: number, steps: number): Diagonal {
  const { config, foldsPerGemm, folds, intervalCycles, waves } = schedule;
  const { rows } = config;

  const sinceFirstWave = cycle - steps;
  const started = Math.floor(sinceFirstWave / intervalCycles);
  const wave = sinceFirstWave - started * intervalCycles;
  const fold = Math.min(started, folds - 1);

  // The last fold that finished its sum here.
  const sinceFinished = sinceFirstWave - (waves - 1);
  const finished = sinceFinished < 0 ? -1 : Math.min(Math.floor(sinceFinished / intervalCycles), folds - 1);
  const sinceCapture = sinceFinished - finished * intervalCycles;

  const tile = cornerOf(schedule, fold);
  const chain = cornerOf(schedule, finished);
  return {
    here: started >= 0 && started < folds && wave < waves,
    wave,
    fold,
    repeat: Math.floor(fold / foldsPerGemm),
    firstRow: tile.row,
    firstColumn: tile.column,
    hasFinished: finished >= 0,
    sinceCapture: Math.min(sinceCapture, 2 * rows),
    chainRepeat: Math.floor(finished / foldsPerGemm),
    chainFirstRow: chain.row,
    chainFirstColumn: chain.column,
    // At folds as close as they can be, the sum of one arrives in the cycle in which the last of the one before leaves.
    lastOfPrevious: finished > 0 && sinceCapture === 0 && intervalCycles === rows,
  };
}

/** Where in the array's rows (not yet times lanes) and columns of C the tile of a fold begins. */
function cornerOf({ config, tilesAcross, foldsPerGemm }: ArraySchedule, fold: number) {
  const tile = fold - Math.floor(fold / foldsPerGemm) * foldsPerGemm;
  const down = Math.floor(tile / tilesAcross);
  return { row: down * config.rows, column: (tile - down * tilesAcross) * config.columns };
}

function writePe(
  { config, gemm, waves }: ArraySchedule,
  diagonal: Diagonal,
  row: number,
  column: number,
  out: ArrayState,
  index: number,
): void {
  const { rows, doubleBuffered, rowsPerCycle } = config;
  const { here, wave, fold, repeat, hasFinished } = diagonal;
  const m = (diagonal.firstRow + row) * rowsPerCycle;
  const n = diagonal.firstColumn + column;
  const real = m < gemm.m && n < gemm.n;

  out.fold[index] = here ? fold : EMPTY;
  out.wave[index] = here ? wave : EMPTY;
  const operandReal = here && m < gemm.m;
  out.operandRepeat[index] = operandReal ? repeat : EMPTY;
  out.operandRow[index] = operandReal ? m : EMPTY;
  out.operandColumn[index] = operandReal ? wave : EMPTY;
  const weightReal = here && n < gemm.n;
  out.weightRepeat[index] = weightReal ? repeat : EMPTY;
  out.weightRow[index] = weightReal ? wave : EMPTY;
  out.weightColumn[index] = weightReal ? n : EMPTY;

  // Whose sum the chain that leads out holds at this row now.
  const shifts = diagonal.sinceCapture - (rows - 1 - row);
  const shifting = (hasFinished && shifts > 0 && shifts <= row + 1) || diagonal.lastOfPrevious;
  const sourceRow = row - Math.max(shifts, 0);
  const chainRow = (diagonal.chainFirstRow + sourceRow) * rowsPerCycle;
  const chainColumn = diagonal.chainFirstColumn + column;
  const chainReal = hasFinished && sourceRow >= 0 && chainRow < gemm.m && chainColumn < gemm.n;

  out.shifting[index] = shifting ? 1 : 0;
  if (here) out.activity[index] = real ? ACTIVITY.working : ACTIVITY.padding;
  else out.activity[index] = shifting ? ACTIVITY.draining : ACTIVITY.idle;

  // Single-buffered, sum and chain are one register; double-buffered, the old sum stays until overwritten.
  const sumIsChain = !doubleBuffered && !here;
  const sumReal = sumIsChain ? chainReal : fold >= 0 && real;
  out.sumRepeat[index] = sumReal ? (sumIsChain ? diagonal.chainRepeat : repeat) : EMPTY;
  out.sumRow[index] = sumReal ? (sumIsChain ? chainRow : m) : EMPTY;
  out.sumColumn[index] = sumReal ? (sumIsChain ? chainColumn : n) : EMPTY;
  out.sumFirstK[index] = sumReal ? 0 : EMPTY;
  out.sumDepth[index] = sumReal ? (here ? wave + 1 : waves) : EMPTY;
  const shadowReal = doubleBuffered && chainReal;
  out.shadowRepeat[index] = shadowReal ? diagonal.chainRepeat : EMPTY;
  out.shadowRow[index] = shadowReal ? chainRow : EMPTY;
  out.shadowColumn[index] = shadowReal ? chainColumn : EMPTY;
}
