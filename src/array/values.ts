import type { ArrayConfig, GemmShape } from './config.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';
import { PartialSums } from './partial-sums.ts';
import { type ArrayState, type Element, EMPTY, laneElement, REGISTER_MATRIX } from './state-grids.ts';

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

  const elements = (names: Names, of: 'A' | 'B', shift: number): Float64Array => {
    const out = new Float64Array(size);
    eachElement(config, gemm, names, shift, (index, { repeat, row, column }) => {
      out[index] = element[of](row, column, repeat);
    });
    return out;
  };
  const sums = (names: Names, firstK?: Int32Array, depth?: Int32Array) => {
    const out = new Float64Array(size);
    const wanted = new PartialSums(gemm, passRows, source, arithmetic, out);
    eachElement(config, gemm, names, lane, (index, place) => {
      wanted.want(index, place, firstK?.[index] ?? 0, depth?.[index] ?? gemm.k);
    });
    wanted.flush();
    return out;
  };
  const shadow: Names = [state.shadowRepeat, state.shadowRow, state.shadowColumn];
  return {
    operand: elements([state.operandRepeat, state.operandRow, state.operandColumn], matrix.operand, lane),
    weight: elements([state.weightRepeat, state.weightRow, state.weightColumn], matrix.weight, 0),
    shadow: config.dataflow === 'os' ? sums(shadow) : elements(shadow, matrix.weight, 0),
    sum: sums([state.sumRepeat, state.sumRow, state.sumColumn], state.sumFirstK, state.sumDepth),
  };
}

/** Grids that name what one register of every PE holds: repeat, row and column of an element. */
type Names = readonly [repeats: Int32Array, rows: Int32Array, columns: Int32Array];

/** Calls `visit` for every register that holds something in lane `lane`. */
function eachElement(
  config: ArrayConfig,
  gemm: GemmShape,
  [repeats, rows, columns]: Names,
  lane: number,
  visit: (index: number, element: Element) => void,
): void {
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (row === EMPTY) continue;
    const named = { repeat: repeats[index], row, column: columns[index] };
    const inLane = lane === 0 ? named : laneElement(config, gemm, named, lane);
    if (inLane !== undefined) visit(index, inLane);
  }
}
