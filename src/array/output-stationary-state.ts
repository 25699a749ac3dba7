import type { ArraySchedule } from './schedule.ts';
import { ACTIVITY, type ArrayState, EMPTY } from './state-grids.ts';

/**
 * Writes what the PE at (`row`, `column`) of an output-stationary array holds when `cycle` ends.
 *
 * Step k of fold f is here in cycle f interval + k + row + column. A finished sum waits until the bottom PE
 * of its column has finished; then the column shifts down, one row a cycle, and row r passes on r + 1 sums:
 * its own and those of the rows above. Double-buffered, all this happens in the shadow registers.
 */
export function writeOutputStationaryPe(
  schedule: ArraySchedule,
  cycle: number,
  row: number,
  column: number,
  out: ArrayState,
  index: number,
): void {
  const { config, gemm, tilesAcross, foldsPerGemm, folds, intervalCycles, waves } = schedule;
  const { rows, columns, doubleBuffered, rowsPerCycle } = config;

  const sinceFirstWave = cycle - row - column;
  const started = Math.floor(sinceFirstWave / intervalCycles);
  const wave = sinceFirstWave - started * intervalCycles;
  const here = started >= 0 && started < folds && wave < waves;
  const fold = started < folds ? started : folds - 1;
  const repeat = Math.floor(fold / foldsPerGemm);
  const tile = fold - repeat * foldsPerGemm;
  const down = Math.floor(tile / tilesAcross);
  const across = tile - down * tilesAcross;
  const m = (down * rows + row) * rowsPerCycle;
  const n = across * columns + column;
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

  // The last fold that finished its sum here, and whose sum the chain that leads out holds at this row now.
  const sinceFinished = sinceFirstWave - (waves - 1);
  const finished = sinceFinished < 0 ? -1 : Math.min(Math.floor(sinceFinished / intervalCycles), folds - 1);
  const sinceCapture = sinceFinished - finished * intervalCycles;
  const shifts = sinceCapture - (rows - 1 - row);
  // At folds as close as they can be, the sum of one arrives in the cycle in which the last of the one before leaves.
  const lastOfPrevious = finished > 0 && sinceCapture === 0 && intervalCycles === rows;
  const shifting = (finished >= 0 && shifts > 0 && shifts <= row + 1) || lastOfPrevious;
  const sourceRow = row - Math.max(shifts, 0);
  const chainRepeat = Math.floor(finished / foldsPerGemm);
  const chainTile = finished - chainRepeat * foldsPerGemm;
  const chainDown = Math.floor(chainTile / tilesAcross);
  const chainRow = (chainDown * rows + sourceRow) * rowsPerCycle;
  const chainColumn = (chainTile - chainDown * tilesAcross) * columns + column;
  const chainReal = finished >= 0 && sourceRow >= 0 && chainRow < gemm.m && chainColumn < gemm.n;

  out.shifting[index] = shifting ? 1 : 0;
  if (here) out.activity[index] = real ? ACTIVITY.working : ACTIVITY.padding;
  else out.activity[index] = shifting ? ACTIVITY.draining : ACTIVITY.idle;

  // Single-buffered, sum and chain are one register; double-buffered, the old sum stays until overwritten.
  const sumIsChain = !doubleBuffered && !here;
  const sumReal = sumIsChain ? chainReal : fold >= 0 && real;
  out.sumRepeat[index] = sumReal ? (sumIsChain ? chainRepeat : repeat) : EMPTY;
  out.sumRow[index] = sumReal ? (sumIsChain ? chainRow : m) : EMPTY;
  out.sumColumn[index] = sumReal ? (sumIsChain ? chainColumn : n) : EMPTY;
  out.sumFirstK[index] = sumReal ? 0 : EMPTY;
  out.sumDepth[index] = sumReal ? (here ? wave + 1 : waves) : EMPTY;
  const shadowReal = doubleBuffered && chainReal;
  out.shadowRepeat[index] = shadowReal ? chainRepeat : EMPTY;
  out.shadowRow[index] = shadowReal ? chainRow : EMPTY;
  out.shadowColumn[index] = shadowReal ? chainColumn : EMPTY;
}
