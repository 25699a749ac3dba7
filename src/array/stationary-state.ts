import type { ArraySchedule } from './schedule.ts';
import { ACTIVITY, type ArrayState, EMPTY } from './state-grids.ts';

/**
 * Writes what the PE at (`row`, `column`) of a weight- or input-stationary array holds when `cycle` ends.
 *
 * Wave i of fold f is here in cycle firstStream + f interval + i + row + column. The weights of fold f start
 * into column c in cycle loadStart(f) + c, the bottom row's first, one row of PEs a cycle; row r shifts from
 * r cycles later until all R are in. The first wave of a fold takes the shadow register over as it passes.
 */
export function writeStationaryPe(
  schedule: ArraySchedule,
  cycle: number,
  row: number,
  column: number,
  out: ArrayState,
  index: number,
): void {
  const { config, gemm, tilesDown, foldsPerGemm, folds, intervalCycles } = schedule;
  const { rows, columns, doubleBuffered, rowsPerCycle } = config;
  const inputStationary = config.dataflow === 'is';
  const width = inputStationary ? gemm.m : gemm.n;

  const sinceFirstWave = cycle - schedule.firstStreamCycle - row - column;
  const started = Math.floor(sinceFirstWave / intervalCycles);
  const wave = sinceFirstWave - started * intervalCycles;
  const here = started >= 0 && started < folds && wave < schedule.waves;
  const latestFold = started < folds ? started : folds - 1;

  // The last load whose first weight has come down to this row; with no load yet, below 0.
  const sinceFirstLoad = cycle - column - row;
  let loads = started;
  if (!doubleBuffered) loads = Math.floor(sinceFirstLoad / intervalCycles);
  else if (sinceFirstLoad < 0) loads = -1;
  else loads = sinceFirstLoad < rows ? 0 : 1 + Math.floor((sinceFirstLoad - rows) / intervalCycles);
  if (loads >= folds) loads = folds - 1;
  const loadStart =
    doubleBuffered && loads > 0
      ? schedule.firstStreamCycle + (loads - 1) * intervalCycles
      : loads * intervalCycles;
  const sinceLoad = cycle - column - loadStart;
  const shifting = loads >= 0 && sinceLoad < rows;
  // While shifting, the register holds the weight on its way to a row further down.
  const loadedRow = shifting ? rows - 1 - (sinceLoad - row) : row;

  // Plain integers rather than `tileOfFold`: this runs for every PE of every picture.
  const tile = latestFold >= 0 ? latestFold % foldsPerGemm : 0;
  const repeat = (latestFold - tile) / foldsPerGemm;
  const down = tile % tilesDown;
  const across = (tile - down) / tilesDown;
  const k = down * rows + row;
  const x = across * columns + column;
  const realRow = k < gemm.k;
  const realColumn = x < width;

  out.shifting[index] = shifting ? 1 : 0;
  if (here) out.activity[index] = realRow && realColumn ? ACTIVITY.working : ACTIVITY.padding;
  else out.activity[index] = shifting ? ACTIVITY.loading : ACTIVITY.idle;
  out.fold[index] = here ? latestFold : EMPTY;
  out.wave[index] = here ? wave : EMPTY;

  const streamed = wave * rowsPerCycle;
  const operandReal = here && realRow;
  out.operandRepeat[index] = operandReal ? repeat : EMPTY;
  out.operandRow[index] = operandReal ? (inputStationary ? k : streamed) : EMPTY;
  out.operandColumn[index] = operandReal ? (inputStationary ? streamed : k) : EMPTY;

  const sumReal = here && realColumn;
  out.sumRepeat[index] = sumReal ? repeat : EMPTY;
  out.sumRow[index] = sumReal ? (inputStationary ? x : streamed) : EMPTY;
  out.sumColumn[index] = sumReal ? (inputStationary ? streamed : x) : EMPTY;
  out.sumFirstK[index] = sumReal ? down * rows : EMPTY;
  out.sumDepth[index] = sumReal ? Math.min(row + 1, gemm.k - down * rows) : EMPTY;

  const loadTile = loads >= 0 ? loads % foldsPerGemm : 0;
  const loadDown = loadTile % tilesDown;
  const loadAcross = (loadTile - loadDown) / tilesDown;
  const loadK = loadDown * rows + loadedRow;
  const loadX = loadAcross * columns + column;
  const loadReal = loads >= 0 && loadK < gemm.k && loadX < width;
  const loadedRepeat = loadReal ? (loads - loadTile) / foldsPerGemm : EMPTY;
  const loadedFirst = loadReal ? (inputStationary ? loadX : loadK) : EMPTY;
  const loadedSecond = loadReal ? (inputStationary ? loadK : loadX) : EMPTY;
  if (doubleBuffered) {
    const weightReal = latestFold >= 0 && realRow && realColumn;
    out.weightRepeat[index] = weightReal ? repeat : EMPTY;
    out.weightRow[index] = weightReal ? (inputStationary ? x : k) : EMPTY;
    out.weightColumn[index] = weightReal ? (inputStationary ? k : x) : EMPTY;
    out.shadowRepeat[index] = loadedRepeat;
    out.shadowRow[index] = loadedFirst;
    out.shadowColumn[index] = loadedSecond;
  } else {
    out.weightRepeat[index] = loadedRepeat;
    out.weightRow[index] = loadedFirst;
    out.weightColumn[index] = loadedSecond;
    out.shadowRepeat[index] = EMPTY;
    out.shadowRow[index] = EMPTY;
    out.shadowColumn[index] = EMPTY;
  }
}
