import type { ArrayConfig, GemmSequence, GemmShape } from './config.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';
import { addUp, vectorSums } from './partial-sums.ts';
import { type ArrayState, EMPTY, REGISTER_MATRIX } from './state-grids.ts';
import type { WantedSums } from './wanted-sums.ts';

/** What the registers of one lane hold, [rows, columns] row-major; 0 where a register holds nothing. */
export interface ArrayValues {
  readonly operand: Float64Array;
  readonly weight: Float64Array;
  readonly shadow: Float64Array;
  readonly sum: Float64Array;
}

export type Register = keyof ArrayValues;

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
  const valuesOf = (register: Register): Float64Array =>
    registerValues(config, gemm, state, source, arithmetic, register, lane);
  const operands = { operand: valuesOf('operand'), weight: valuesOf('weight') };
  if (config.dataflow !== 'os') return { ...operands, shadow: valuesOf('shadow'), sum: valuesOf('sum') };
  const isEmpty = state.shadowRow.every((row) => row === EMPTY);
  if (isEmpty) return { ...operands, sum: valuesOf('sum'), shadow: new Float64Array(state.shadowRow.length) };
  // Many sums and finished ones in the shadow registers are the same, and added up once.
  const wanted = joined(sumsOf(state), finishedSumsOf(state, gemm.k));
  const both = addedUp(config, gemm, namesInLane(config, gemm, wanted, lane), source, arithmetic);
  const size = state.rows * state.columns;
  return { ...operands, sum: both.subarray(0, size), shadow: both.subarray(size) };
}

/** The values in one register of every PE alone, as in `arrayValues`: only sums are ever added up. */
export function registerValues(
  config: ArrayConfig,
  gemm: GemmSequence,
  state: ArrayState,
  source: OperandSource,
  arithmetic: PeArithmetic,
  register: Register,
  lane = 0,
): Float64Array {
  const matrix = REGISTER_MATRIX[config.dataflow];
  switch (register) {
    case 'operand': {
      const { operandRepeat: repeat, operandRow: row, operandColumn: column } = state;
      return elements(gemm, source, matrix.operand, namesInLane(config, gemm, { repeat, row, column }, lane));
    }
    case 'weight': {
      const { weightRepeat: repeat, weightRow: row, weightColumn: column } = state;
      return elements(gemm, source, matrix.weight, { repeat, row, column });
    }
    case 'shadow': {
      const { shadowRepeat: repeat, shadowRow: row, shadowColumn: column } = state;
      if (config.dataflow !== 'os') return elements(gemm, source, matrix.weight, { repeat, row, column });
      const finished = finishedSumsOf(state, gemm.k);
      return addedUp(config, gemm, namesInLane(config, gemm, finished, lane), source, arithmetic);
    }
    case 'sum':
      return addedUp(config, gemm, namesInLane(config, gemm, sumsOf(state), lane), source, arithmetic);
  }
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

function addedUp(
  config: ArrayConfig,
  gemm: GemmShape,
  wanted: WantedSums,
  source: OperandSource,
  arithmetic: PeArithmetic,
): Float64Array {
  const out = new Float64Array(wanted.row.length);
  const passRows = config.dataflow === 'os' ? gemm.k : config.rows;
  addUp(gemm, passRows, wanted, source, arithmetic, out, vectorSums());
  return out;
}

function sumsOf({ sumRepeat, sumRow, sumColumn, sumFirstK, sumDepth }: ArrayState): WantedSums {
  return { repeat: sumRepeat, row: sumRow, column: sumColumn, firstK: sumFirstK, depth: sumDepth };
}

/** For `os`, those in the shadow registers, which have all their `products`. */
function finishedSumsOf({ shadowRepeat, shadowRow, shadowColumn }: ArrayState, products: number): WantedSums {
  const { length } = shadowRow;
  return {
    repeat: shadowRepeat,
    row: shadowRow,
    column: shadowColumn,
    firstK: new Int32Array(length),
    depth: new Int32Array(length).fill(products),
  };
}

/** One after the other. */
function joined(one: WantedSums, other: WantedSums): WantedSums {
  const join = (field: keyof WantedSums): Int32Array => {
    const both = new Int32Array(one[field].length + other[field].length);
    both.set(one[field]);
    both.set(other[field], one[field].length);
    return both;
  };
  return {
    repeat: join('repeat'),
    row: join('row'),
    column: join('column'),
    firstK: join('firstK'),
    depth: join('depth'),
  };
}
