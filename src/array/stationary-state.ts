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
  readonly firstK: number;
  readonly firstX: number;
  /** The last load whose first weight has come down to here, and the tile that it loads. */
  readonly hasLoad: boolean;
  /** Cycles since it began in column 0, or as many as no PE still shifts after. */
  readonly sinceLoadStart: number;
  readonly loadRepeat: number;
  readonly loadFirstK: number;
  readonly loadFirstX: number;
}

/**
 * What the PE at (`row`, `column`) of a weight- or input-stationary array holds when `cycle` ends.
 *
 * Wave i of fold f is here in cycle firstStream + f interval + i + row + column. The weights of fold f start
 * into column c in cycle loadStart(f) + c, the bottom row's first, one row of PEs a cycle; row r shifts from
 * r cycles later until all R are in. Where weights enter further down as well, each stretch of rows below
 * does so on its own, as late as the wavefront gets there. The first wave of a fold takes the shadow register
 * over as it passes.
 */
export const stationaryState = stateWriter(diagonalAt, writePe);

function diagonalAt(schedule: ArraySchedule, cycle: number, steps: number): Diagonal {
  const { config, tilesDown, foldsPerGemm, folds, intervalCycles, firstStreamCycle, loadCycles } = schedule;
  const { rows, columns, doubleBuffered } = config;

  const sinceFirstWave = cycle - firstStreamCycle - steps;
  const started = Math.floor(sinceFirstWave / intervalCycles);
  const wave = sinceFirstWave - started * intervalCycles;
  const fold = Math.min(started, folds - 1);

  const sinceFirstLoad = cycle - steps;
  let loads = started;
  if (!doubleBuffered) loads = Math.floor(sinceFirstLoad / intervalCycles);
  else if (sinceFirstLoad < 0) loads = -1;
  else
    loads = sinceFirstLoad < loadCycles ? 0 : 1 + Math.floor((sinceFirstLoad - loadCycles) / intervalCycles);
  loads = Math.min(loads, folds - 1);
  const loadStart =
    doubleBuffered && loads > 0 ? firstStreamCycle + (loads - 1) * intervalCycles : loads * intervalCycles;

  // Plain integers rather than `tileOfFold`: this runs for every diagonal of every picture.
  const tile = fold >= 0 ? fold % foldsPerGemm : 0;
  const down = tile % tilesDown;
  const loadTile = loads >= 0 ? loads % foldsPerGemm : 0;
  const loadDown = loadTile % tilesDown;
  return {
    here: started >= 0 && started < folds && wave < schedule.waves,
    wave,
    fold,
    repeat: Math.floor(fold / foldsPerGemm),
    firstK: down * rows,
    firstX: ((tile - down) / tilesDown) * columns,
    hasLoad: loads >= 0,
    sinceLoadStart: Math.min(cycle - loadStart, 2 * rows + columns),
    loadRepeat: Math.floor(loads / foldsPerGemm),
    loadFirstK: loadDown * rows,
    loadFirstX: ((loadTile - loadDown) / tilesDown) * columns,
  };
}

function writePe(
  { config, gemm, loadCycles }: ArraySchedule,
  diagonal: Diagonal,
  row: number,
  column: number,
  out: ArrayState,
  index: number,
): void {
  const { rows, doubleBuffered, rowsPerCycle } = config;
  const { here, wave, fold, repeat, firstK } = diagonal;
  const inputStationary = config.dataflow === 'is';
  const width = inputStationary ? gemm.m : gemm.n;

  const entryRow = row - (row % loadCycles);
  const sinceLoad = diagonal.sinceLoadStart - column - entryRow;
  const shifting = diagonal.hasLoad && sinceLoad < loadCycles;
  // While shifting, the register holds the weight on its way to a row further down.
  const loadedRow = shifting ? row + loadCycles - 1 - sinceLoad : row;

  const k = firstK + row;
  const x = diagonal.firstX + column;
  const realRow = k < gemm.k;
  const realColumn = x < width;

  out.shifting[index] = shifting ? 1 : 0;
  if (here) out.activity[index] = realRow && realColumn ? ACTIVITY.working : ACTIVITY.padding;
  else out.activity[index] = shifting ? ACTIVITY.loading : ACTIVITY.idle;
  out.fold[index] = here ? fold : EMPTY;
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
  out.sumFirstK[index] = sumReal ? firstK : EMPTY;
  out.sumDepth[index] = sumReal ? Math.min(row + 1, gemm.k - firstK) : EMPTY;

  const loadK = diagonal.loadFirstK + loadedRow;
  const loadX = diagonal.loadFirstX + column;
  const loadReal = diagonal.hasLoad && loadedRow < rows && loadK < gemm.k && loadX < width;
  const loadedRepeat = loadReal ? diagonal.loadRepeat : EMPTY;
  const loadedFirst = loadReal ? (inputStationary ? loadX : loadK) : EMPTY;
  const loadedSecond = loadReal ? (inputStationary ? loadK : loadX) : EMPTY;
  if (doubleBuffered) {
    const weightReal = fold >= 0 && realRow && realColumn;
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
