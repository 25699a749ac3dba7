import { type ArrayConfig, checkPeCount, type Dataflow, type GemmShape } from './config.ts';

/** What a PE does in a cycle. Codes of `ArrayState.activity`. */
export const ACTIVITY = {
  /** Nothing arrives; registers hold what they held, or pass on bubbles. */
  idle: 0,
  /** Shifts weights in, and does nothing else. */
  loading: 1,
  /** Multiplies and adds something real. */
  working: 2,
  /** Passes finished sums down, and does nothing else (`os`). */
  draining: 3,
  /** A wave is here, but the tile is ragged and this PE lies beyond its edge. */
  padding: 4,
} as const;
export type Activity = keyof typeof ACTIVITY;
export type ActivityCode = (typeof ACTIVITY)[Activity];
/** Names by code. */
export const ACTIVITIES = ['idle', 'loading', 'working', 'draining', 'padding'] as const;

/** The matrix whose element a register names by (row, column): operand and weight differ by dataflow. */
export const REGISTER_MATRIX: Readonly<Record<Dataflow, { operand: 'A' | 'B'; weight: 'A' | 'B' }>> = {
  ws: { operand: 'A', weight: 'B' },
  os: { operand: 'A', weight: 'B' },
  is: { operand: 'B', weight: 'A' },
};

/** Stands for "nothing": a bubble, a register not yet written, or a padding zero. */
export const EMPTY = -1;

/**
 * Every register of every PE as it stands when a cycle ends, by name: which element of which matrix it holds.
 * All grids are [rows, columns], row-major. An element is named by its (row, column) in its own matrix, A
 * [m, k], B [k, n] or C [m, n], and the number of its GEMM in the sequence, its repeat (0 for a GEMM on its
 * own); `EMPTY` in all three means nothing. With several lanes the grids name lane 0; lane
 * l holds the element l further along the streamed dimension (`laneElement`).
 */
export interface ArrayState {
  readonly rows: number;
  readonly columns: number;
  /** `ACTIVITY` codes. */
  readonly activity: Uint8Array;
  /** 1 where the PE shifts in weights or passes down finished sums in this cycle, whatever else it does. */
  readonly shifting: Uint8Array;
  /** Fold whose wave is in the PE, or `EMPTY`. */
  readonly fold: Int32Array;
  /** Number of that wave within its fold, or `EMPTY`. */
  readonly wave: Int32Array;
  /** Register that passes to the right: A (`ws`, `os`) or B (`is`). */
  readonly operandRepeat: Int32Array;
  readonly operandRow: Int32Array;
  readonly operandColumn: Int32Array;
  /** Weight in use: stationary B (`ws`) or A (`is`); for `os` the B that passes down. */
  readonly weightRepeat: Int32Array;
  readonly weightRow: Int32Array;
  readonly weightColumn: Int32Array;
  /**
   * Second register when double-buffered: the next weight (`ws`, `is`, an element of the weight's matrix), or
   * the finished sum that waits or leaves (`os`, an element of C).
   */
  readonly shadowRepeat: Int32Array;
  readonly shadowRow: Int32Array;
  readonly shadowColumn: Int32Array;
  /** Partial sum of C, passing down (`ws`, `is`) or staying (`os`). */
  readonly sumRepeat: Int32Array;
  readonly sumRow: Int32Array;
  readonly sumColumn: Int32Array;
  /** First index of K in the sum, and how many products it holds, in order of k. */
  readonly sumFirstK: Int32Array;
  readonly sumDepth: Int32Array;
}

/** Grids of an array of `rows` x `columns`, for `arrayStateAt` to write into. Throws `InputError`. */
export function createArrayState(rows: number, columns: number): ArrayState {
  checkPeCount(rows, columns);
  const grid = (): Int32Array => new Int32Array(rows * columns);
  return {
    rows,
    columns,
    activity: new Uint8Array(rows * columns),
    shifting: new Uint8Array(rows * columns),
    fold: grid(),
    wave: grid(),
    operandRepeat: grid(),
    operandRow: grid(),
    operandColumn: grid(),
    weightRepeat: grid(),
    weightRow: grid(),
    weightColumn: grid(),
    shadowRepeat: grid(),
    shadowRow: grid(),
    shadowColumn: grid(),
    sumRepeat: grid(),
    sumRow: grid(),
    sumColumn: grid(),
    sumFirstK: grid(),
    sumDepth: grid(),
  };
}

/** An element of A, B or C by its place in that matrix, and which GEMM's of a sequence the matrix is. */
export interface Element {
  readonly repeat: number;
  readonly row: number;
  readonly column: number;
}

/**
 * What lane `lane` of an operand or sum register holds when lane 0 holds `element`; `undefined` where the
 * streamed dimension has ended. Weights are the same for all lanes.
 */
export function laneElement(
  config: ArrayConfig,
  gemm: GemmShape,
  element: Element,
  lane: number,
): Element | undefined {
  const { repeat, row, column } = element;
  if (config.dataflow === 'is') {
    return column + lane < gemm.n ? { repeat, row, column: column + lane } : undefined;
  }
  return row + lane < gemm.m ? { repeat, row: row + lane, column } : undefined;
}
