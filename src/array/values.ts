import type { ArrayConfig, GemmSequence, GemmShape } from './config.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';
import { addUp, vectorSums } from './partial-sums.ts';
import { type ArrayState, EMPTY, REGISTER_MATRIX } from './state-grids.ts';
import { WantedList, type WantedSums } from './wanted-sums.ts';

/** What the registers of one lane hold, [rows, columns] row-major; 0 where a register holds nothing. */
export interface ArrayValues {
  readonly operand: Float64Array;
  readonly weight: Float64Array;
  readonly shadow: Float64Array;
  readonly sum: Float64Array;
}

/**
 * Values behind the names of `state`. Operands and weights cost O(1) a PE, partial sums one product for each
 * that they hold: they are added up as the array adds them, in order of k.
 *
 * @param lane lane of the operand and sum registers, in [0, rowsPerCycle)
 */
export function arrayValues(
  config: ArrayConfig,
  gemm: GemmSequence,
  state: ArrayState,
  source: OperandSource,
  arithmetic: PeArithmetic,
  lane = 0,
): ArrayValues {
  const matrix = REGISTER_MATRIX[config.dataflow];
  const operands: Names = { repeat: state.operandRepeat, row: state.operandRow, column: state.operandColumn };
  const weights: Names = { repeat: state.weightRepeat, row: state.weightRow, column: state.weightColumn };
  const shadows: Names = { repeat: state.shadowRepeat, row: state.shadowRow, column: state.shadowColumn };
  return {
    operand: elements(gemm, source, matrix.operand, namesInLane(config, gemm, operands, lane)),
    weight: elements(gemm, source, matrix.weight, weights),
    ...(config.dataflow === 'os'
      ? sumValues(config, gemm, state, source, arithmetic, lane)
      : {
          shadow: elements(gemm, source, matrix.weight, shadows),
          sum: sumValues(config, gemm, state, source, arithmetic, lane).sum,
        }),
  };
}

/** Grids that name what one register of every PE holds: repeat, row and column of an element. */
interface Names {
  readonly repeat: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
}

/** The names in a lane whose elements are that much further along the streamed dimension: see `laneElement`. */
function namesInLane<N extends Names>({ dataflow }: ArrayConfig, gemm: GemmShape, names: N, lane: number): N {
  if (lane === 0) return names;
  const [along, extent] = dataflow === 'is' ? (['column', gemm.n] as const) : (['row', gemm.m] as const);
  const row = names.row.slice();
  const moved = along === 'row' ? row : names.column.slice();
  for (let index = 0; index < row.length; index++) {
    if (row[index] === EMPTY) continue;
    if (moved[index] + lane < extent) moved[index] += lane;
    else row[index] = EMPTY;
  }
  return { ...names, row, [along]: moved };
}

function elements(gemm: GemmShape, source: OperandSource, of: 'A' | 'B', names: Names): Float64Array {
  const out = new Float64Array(names.row.length);
  const { stored } = source;
  if (stored === undefined) makeUp(of === 'A' ? source.a : source.b, names, out);
  else if (of === 'A') gather(stored.a, gemm.m, gemm.k, names, out);
  else gather(stored.b, gemm.k, gemm.n, names, out);
  return out;
}

function makeUp(element: OperandSource['a'], { repeat, row, column }: Names, out: Float64Array): void {
  for (let index = 0; index < row.length; index++) {
    if (row[index] !== EMPTY) out[index] = element(row[index], column[index], repeat[index]);
  }
}

function gather(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  { repeat, row, column }: Names,
  out: Float64Array,
): void {
  for (let index = 0; index < row.length; index++) {
    if (row[index] === EMPTY) continue;
    out[index] = values[(repeat[index] * rows + row[index]) * columns + column[index]];
  }
}

/** Partial sums and, for `os`, the finished ones in the shadow registers: many are the same, and added up once. */
function sumValues(
  config: ArrayConfig,
  gemm: GemmShape,
  state: ArrayState,
  source: OperandSource,
  arithmetic: PeArithmetic,
  lane: number,
): { readonly sum: Float64Array; readonly shadow: Float64Array } {
  const outputStationary = config.dataflow === 'os';
  const size = state.rows * state.columns;
  const sums: WantedSums = {
    repeat: state.sumRepeat,
    row: state.sumRow,
    column: state.sumColumn,
    firstK: state.sumFirstK,
    depth: state.sumDepth,
  };
  const wanted = outputStationary ? withFinished(sums, state, gemm.k) : sums;
  const out = new Float64Array(wanted.row.length);
  const passRows = outputStationary ? gemm.k : config.rows;
  addUp(gemm, passRows, namesInLane(config, gemm, wanted, lane), source, arithmetic, out, vectorSums());
  return { sum: out.subarray(0, size), shadow: out.subarray(size) };
}

/** The sums, and after them those in the shadow registers, which have all their products. */
function withFinished(sums: WantedSums, state: ArrayState, products: number): WantedSums {
  const size = sums.row.length;
  const both = new WantedList(2 * size);
  both.repeat.set(sums.repeat);
  both.row.set(sums.row);
  both.column.set(sums.column);
  both.firstK.set(sums.firstK);
  both.depth.set(sums.depth);
  both.repeat.set(state.shadowRepeat, size);
  both.row.set(state.shadowRow, size);
  both.column.set(state.shadowColumn, size);
  both.depth.fill(products, size);
  return both;
}
