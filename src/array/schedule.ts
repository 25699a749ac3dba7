import { ceilDiv } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import {
  type ArrayConfig,
  checkArrayConfig,
  checkGemm,
  type GemmSequence,
  loadCyclesOf,
  repeatsOf,
} from './config.ts';

/**
 * When everything in the array happens, in closed form. Cycles count from 0; PE (0, 0) is the corner where
 * the wavefronts enter. Wave i of fold f is in PE (row, column) in cycle
 * `firstStreamCycle + f intervalCycles + i + row + column`: one diagonal later per step right or down.
 */
export interface ArraySchedule {
  readonly config: ArrayConfig;
  readonly gemm: GemmSequence;
  /** GEMMs that follow each other; each has `foldsPerGemm` folds. */
  readonly repeats: number;
  readonly foldsPerGemm: number;
  /** Tiles of the whole operation, all its GEMMs, that pass through the array one after the other. */
  readonly folds: number;
  /** Tiles along the array's rows: over K (`ws`, `is`) or over M (`os`). */
  readonly tilesDown: number;
  /** Tiles along the array's columns: over N (`ws`, `os`) or over M (`is`). */
  readonly tilesAcross: number;
  /** Wavefronts of one fold: streamed vectors over lanes (`ws`, `is`), or K (`os`). */
  readonly waves: number;
  /** `ws`, `is`: cycles in which a column takes in the weights of a fold. */
  readonly loadCycles: number;
  /** Cycles from the first wave of a fold to the first wave of the next. */
  readonly intervalCycles: number;
  /** Cycle in which the first wave of fold 0 is in PE (0, 0). */
  readonly firstStreamCycle: number;
  /** Cycles of the whole operation. */
  readonly cycles: number;
}

/**
 * The schedule of `gemm`, one GEMM or a sequence, on `config`. With R rows, C columns, F folds and s waves a fold:
 * - `ws`, `is`: each fold shifts in R rows of weights, ragged or not, in L = R cycles, or in R / e with e rows
 *   of weights a cycle. Double-buffered, the shadow registers load as soon as the wavefront before has taken
 *   their last content: folds start max(s, L) apart. Single-buffered, the next load follows the last
 *   wavefront: folds start L + s apart.
 * - `os`: once the bottom PE of a column has finished, the column's R results shift out below, and the next
 *   fold's wavefront enters behind them: folds start K + R apart. Double-buffered, sums leave through
 *   registers of their own: folds start max(K, R) apart.
 *
 * A sequence goes on with the first tile of the next GEMM as within a GEMM with the next tile: it takes no
 * other cycles than one GEMM of as many folds.
 *
 * The last wavefront needs R - 1 + C - 1 more cycles to cross the array (the skew). The form for one fold is
 * that of Samajdar et al., "A systematic methodology for characterizing scalability of DNN accelerators using
 * SCALE-Sim", ISPASS 2020, section III: 2R + C + T - 2.
 */
export function scheduleOf(config: ArrayConfig, gemm: GemmSequence): ArraySchedule {
  checkArrayConfig(config);
  checkGemm(gemm);
  const { rows, columns, rowsPerCycle, doubleBuffered, dataflow } = config;
  const outputStationary = dataflow === 'os';
  const tilesDown = outputStationary ? ceilDiv(ceilDiv(gemm.m, rowsPerCycle), rows) : ceilDiv(gemm.k, rows);
  const tilesAcross = ceilDiv(dataflow === 'is' ? gemm.m : gemm.n, columns);
  const waves = outputStationary ? gemm.k : ceilDiv(dataflow === 'is' ? gemm.n : gemm.m, rowsPerCycle);
  const loadCycles = loadCyclesOf(config);
  const betweenCycles = outputStationary ? rows : loadCycles;
  const intervalCycles = doubleBuffered ? Math.max(waves, betweenCycles) : waves + betweenCycles;
  const repeats = repeatsOf(gemm);
  const foldsPerGemm = tilesDown * tilesAcross;
  const folds = repeats * foldsPerGemm;
  const cycles = (folds - 1) * intervalCycles + waves + betweenCycles + (rows + columns - 2);
  if (!Number.isSafeInteger(cycles)) {
    throw new InputError('gemm', `expected an operation of at most 2^53 cycles, found about ${cycles}`);
  }
  return {
    config,
    gemm,
    repeats,
    foldsPerGemm,
    folds,
    tilesDown,
    tilesAcross,
    waves,
    loadCycles,
    intervalCycles,
    firstStreamCycle: outputStationary ? 0 : loadCycles,
    cycles,
  };
}

/** A half-open range of matrix indices, or of cycles. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One tile of the operation: which part of the GEMM it is and when the corner and the edges see it. */
export interface Fold {
  readonly index: number;
  /** Which GEMM of the sequence, from 0. */
  readonly repeat: number;
  readonly m: Span;
  readonly k: Span;
  readonly n: Span;
  /**
   * Weights enter the top of column 0 (`ws`, `is`); column c follows c cycles later, and a point of entry
   * further down as many cycles later as it is rows further down.
   */
  readonly load: Span | undefined;
  /** Waves enter PE (0, 0). */
  readonly stream: Span;
  /** Sums leave the bottom of column 0, one a cycle (one a lane and cycle); column c follows c cycles later. */
  readonly drain: Span;
}

/** A tile of a sequence: which GEMM's, and its place there. */
export interface Tile {
  readonly repeat: number;
  readonly down: number;
  readonly across: number;
}

/**
 * The GEMM that a fold belongs to, and its position in that GEMM's grid of tiles. `ws` and `is` run over the tiles of K first, in order, so that the
 * partial sums of one block of results are added in order of k; `os` runs over the tiles of N first.
 */
export function tileOfFold(schedule: ArraySchedule, fold: number): Tile {
  const outputStationary = schedule.config.dataflow === 'os';
  const repeat = Math.floor(fold / schedule.foldsPerGemm);
  const tile = fold - repeat * schedule.foldsPerGemm;
  const inner = outputStationary ? schedule.tilesAcross : schedule.tilesDown;
  const outer = Math.floor(tile / inner);
  const rest = tile - outer * inner;
  return outputStationary ? { repeat, down: outer, across: rest } : { repeat, down: rest, across: outer };
}

/** Fold number `index` in [0, folds). */
export function foldOf(schedule: ArraySchedule, index: number): Fold {
  if (!Number.isSafeInteger(index) || index < 0 || index >= schedule.folds) {
    throw new InputError('fold', `expected a whole number from 0 to ${schedule.folds - 1}, found ${index}`);
  }
  const { config, gemm, waves } = schedule;
  const { repeat, down, across } = tileOfFold(schedule, index);
  const streamStart = schedule.firstStreamCycle + index * schedule.intervalCycles;
  const stream = { start: streamStart, end: streamStart + waves };
  const columnTile = (extent: number): Span => tileSpan(across, config.columns, extent);
  if (config.dataflow === 'os') {
    const drainStart = streamStart + waves + config.rows - 1;
    return {
      index,
      repeat,
      m: tileSpan(down, config.rows * config.rowsPerCycle, gemm.m),
      k: { start: 0, end: gemm.k },
      n: columnTile(gemm.n),
      load: undefined,
      stream,
      drain: { start: drainStart, end: drainStart + config.rows },
    };
  }
  const loadStart = loadStartOf(schedule, index);
  const drainStart = streamStart + config.rows - 1;
  const inputStationary = config.dataflow === 'is';
  return {
    index,
    repeat,
    m: inputStationary ? columnTile(gemm.m) : { start: 0, end: gemm.m },
    k: tileSpan(down, config.rows, gemm.k),
    n: inputStationary ? { start: 0, end: gemm.n } : columnTile(gemm.n),
    load: { start: loadStart, end: loadStart + schedule.loadCycles },
    stream,
    drain: { start: drainStart, end: drainStart + waves },
  };
}

/** Cycle in which column 0 begins to shift in the weights of `fold` (`ws`, `is`). */
function loadStartOf(schedule: ArraySchedule, fold: number): number {
  // Double-buffered, a load may begin when the wave that empties the shadow registers is in the corner.
  return schedule.config.doubleBuffered && fold > 0
    ? schedule.firstStreamCycle + (fold - 1) * schedule.intervalCycles
    : fold * schedule.intervalCycles;
}

/**
 * Fold whose wavefront was the last to enter PE (0, 0) by `cycle`; fold 0 while its weights load.
 * O(1); `cycle` in [0, cycles).
 */
export function foldAt(config: ArrayConfig, gemm: GemmSequence, cycle: number): Fold {
  const schedule = scheduleOf(config, gemm);
  checkCycle(schedule, cycle);
  const started = Math.floor((cycle - schedule.firstStreamCycle) / schedule.intervalCycles);
  return foldOf(schedule, Math.min(Math.max(started, 0), schedule.folds - 1));
}

/** Refuses a cycle outside [0, cycles) with an `InputError`. */
export function checkCycle(schedule: ArraySchedule, cycle: number): void {
  if (!Number.isSafeInteger(cycle) || cycle < 0 || cycle >= schedule.cycles) {
    throw new InputError('cycle', `expected a whole number from 0 to ${schedule.cycles - 1}, found ${cycle}`);
  }
}

function tileSpan(tile: number, tileExtent: number, extent: number): Span {
  return { start: tile * tileExtent, end: Math.min((tile + 1) * tileExtent, extent) };
}
