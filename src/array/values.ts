import type { ArrayConfig, GemmShape } from './config.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';
import { PartialSums } from './partial-sums.ts';
import { type ArrayState, EMPTY, laneElement, REGISTER_MATRIX } from './state-grids.ts';

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
  gemm: GemmShape,
  state: ArrayState,
  source: OperandSource,
  arithmetic: PeArithmetic,
  lane = 0,
): ArrayValues {
  const matrix = REGISTER_MATRIX[config.dataflow];
  const element = { A: source.a, B: source.b };
  const passRows = config.dataflow === 'os' ? gemm.k : config.rows;
  const size = state.rows * state.columns;

  const elements = (rows: Int32Array, columns: Int32Array, of: 'A' | 'B', shift: number): Float64Array => {
    const out = new Float64Array(size);
    eachElement(config, gemm, rows, columns, shift, (index, row, column) => {
      out[index] = element[of](row, column);
    });
    return out;
  };
  const sums = (rows: Int32Array, columns: Int32Array, firstK?: Int32Array, depth?: Int32Array) => {
    const out = new Float64Array(size);
    const wanted = new PartialSums(gemm, passRows, source, arithmetic, out);
    eachElement(config, gemm, rows, columns, lane, (index, m, n) => {
      wanted.want(index, m, n, firstK?.[index] ?? 0, depth?.[index] ?? gemm.k);
    });
    wanted.flush();
    return out;
  };
  return {
    operand: elements(state.operandRow, state.operandColumn, matrix.operand, lane),
    weight: elements(state.weightRow, state.weightColumn, matrix.weight, 0),
    shadow:
      config.dataflow === 'os'
        ? sums(state.shadowRow, state.shadowColumn)
        : elements(state.shadowRow, state.shadowColumn, matrix.weight, 0),
    sum: sums(state.sumRow, state.sumColumn, state.sumFirstK, state.sumDepth),
  };
}

/** Calls `visit` for every register that holds something in lane `lane`. */
function eachElement(
  config: ArrayConfig,
  gemm: GemmShape,
  rows: Int32Array,
  columns: Int32Array,
  lane: number,
  visit: (index: number, row: number, column: number) => void,
): void {
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? EMPTY;
    const column = columns[index] ?? EMPTY;
    if (row === EMPTY) continue;
    const inLane = lane === 0 ? { row, column } : laneElement(config, gemm, { row, column }, lane);
    if (inLane !== undefined) visit(index, inLane.row, inLane.column);
  }
}
