import { ceilDiv } from '../base/integers.ts';
import { InputError } from '../base/result.ts';

/**
 * What stays in the processing elements while the rest moves.
 * - `ws`, weight-stationary: a tile of B stays, rows of A stream in from the left.
 * - `is`, input-stationary: a tile of A stays, columns of B stream in from the left.
 * - `os`, output-stationary: a tile of the result stays, A streams in from the left and B from the top.
 */
export const DATAFLOWS = ['ws', 'os', 'is'] as const;
export type Dataflow = (typeof DATAFLOWS)[number];

/** A systolic array of `rows` x `columns` processing elements (PEs). */
export interface ArrayConfig {
  /** For `ws` and `is` the K direction: partial sums run down a column. For `os` the M direction. */
  readonly rows: number;
  /** N direction (M for `is`). */
  readonly columns: number;
  readonly dataflow: Dataflow;
  /**
   * `ws`, `is`: a second (shadow) weight register lets the next tile load while this one streams.
   * `os`: a second register lets finished sums leave while the next ones form.
   */
  readonly doubleBuffered: boolean;
  /**
   * Lanes: vectors of the streamed matrix accepted each cycle, rows of A for `ws` and `os`, columns of B for
   * `is`. Every PE then has that many operand and sum registers and multipliers, and one weight.
   */
  readonly rowsPerCycle: number;
  /**
   * `ws`, `is`: rows of weights that a column takes in each cycle, 1 if left out. With more of them a column
   * has as many points where weights enter, each at the top of a stretch of rows of its own, and the
   * stretches load side by side: two chains of shift registers a column, Phelps and Jouppi, "Low latency
   * matrix multiply unit", US 10,635,740; two points of entry in each, US 11,989,259.
   */
  readonly loadRowsPerCycle?: number;
}

/** Rows of PEs below one point where weights enter, and so the cycles in which a column takes in a tile. */
export function loadCyclesOf({ rows, loadRowsPerCycle = 1 }: ArrayConfig): number {
  return ceilDiv(rows, loadRowsPerCycle);
}

/** C[m, n] = A[m, k] x B[k, n]. */
export interface GemmShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/**
 * One GEMM, or a sequence of `repeats` GEMMs of the same shape, each with matrices of its own, streamed one
 * after the other without a gap: the array fills once before the first and drains once after the last.
 */
export interface GemmSequence extends GemmShape {
  /** 1 if left out. */
  readonly repeats?: number;
}

export const MAX_ARRAY_EXTENT = 65_536;
/** 2048 x 2048: 64 times the PEs of a 256x256 array, and grids of 300 MB. */
const MAX_PES = 2 ** 22;
const MAX_ROWS_PER_CYCLE = 64;
/** Matrix indices are 32-bit in the state grids and on the GPU. */
export const MAX_GEMM_EXTENT = 2 ** 31 - 1;
const MAX_REPEATS = 2 ** 31 - 1;

/** The same configuration, or an `InputError` that names the field. */
export function checkArrayConfig(config: ArrayConfig): ArrayConfig {
  checkExtent('rows', config.rows, MAX_ARRAY_EXTENT);
  checkExtent('columns', config.columns, MAX_ARRAY_EXTENT);
  checkExtent('rowsPerCycle', config.rowsPerCycle, MAX_ROWS_PER_CYCLE);
  checkExtent('loadRowsPerCycle', config.loadRowsPerCycle ?? 1, MAX_ROWS_PER_CYCLE);
  if (!DATAFLOWS.includes(config.dataflow)) {
    throw new InputError('dataflow', `expected one of ${DATAFLOWS.join(', ')}, found "${config.dataflow}"`);
  }
  return config;
}

/** The same GEMM or sequence, or an `InputError` that names the extent. */
export function checkGemm<Gemm extends GemmSequence>(gemm: Gemm): Gemm {
  checkExtent('m', gemm.m, MAX_GEMM_EXTENT);
  checkExtent('k', gemm.k, MAX_GEMM_EXTENT);
  checkExtent('n', gemm.n, MAX_GEMM_EXTENT);
  checkExtent('repeats', repeatsOf(gemm), MAX_REPEATS);
  return gemm;
}

/** How many GEMMs follow each other. */
export function repeatsOf(gemm: GemmSequence): number {
  return gemm.repeats ?? 1;
}

/** Refuses, as an `InputError`, an array too large to keep the registers of every PE. */
export function checkPeCount(rows: number, columns: number): void {
  if (!(rows * columns <= MAX_PES)) {
    throw new InputError('array', `expected at most ${MAX_PES} PEs to look into, found ${rows}x${columns}`);
  }
}

function checkExtent(place: string, value: number, maximum: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > maximum) {
    throw new InputError(place, `expected a whole number from 1 to ${maximum}, found ${value}`);
  }
}
