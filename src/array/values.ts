import type { ArrayConfig, GemmShape } from './config.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';
import { addUp, vectorSums } from './partial-sums.ts';
import { type ArrayState, EMPTY, laneElement, REGISTER_MATRIX } from './state-grids.ts';
import { WantedList } from './wanted-sums.ts';

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
  const size = state.rows * state.columns;
  const elements = (names: Names, of: 'A' | 'B', inLane: number): Float64Array => {
    const out = new Float64Array(size);
    const element = of === 'A' ? source.a : source.b;
    eachElement(config, gemm, names, inLane, (index, repeat, row, column) => {
      out[index] = element(row, column, repeat);
    });
    return out;
  };
  const shadow: Names = [state.shadowRepeat, state.shadowRow, state.shadowColumn];
  return {
    operand: elements([state.operandRepeat, state.operandRow, state.operandColumn], matrix.operand, lane),
    weight: elements([state.weightRepeat, state.weightRow, state.weightColumn], matrix.weight, 0),
    ...(config.dataflow === 'os'
      ? sumValues(config, gemm, state, source, arithmetic, lane)
      : {
          shadow: elements(shadow, matrix.weight, 0),
          sum: sumValues(config, gemm, state, source, arithmetic, lane).sum,
        }),
  };
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
  const wanted = new WantedList(2 * size);
  const sums: Names = [state.sumRepeat, state.sumRow, state.sumColumn];
  eachElement(config, gemm, sums, lane, (index, repeat, row, column) => {
    wanted.add(index, repeat, row, column, state.sumFirstK[index], state.sumDepth[index]);
  });
  if (outputStationary) {
    const shadows: Names = [state.shadowRepeat, state.shadowRow, state.shadowColumn];
    eachElement(config, gemm, shadows, lane, (index, repeat, row, column) => {
      wanted.add(size + index, repeat, row, column, 0, gemm.k);
    });
  }
  const out = new Float64Array(2 * size);
  addUp(gemm, outputStationary ? gemm.k : config.rows, wanted, source, arithmetic, out, vectorSums());
  return { sum: out.subarray(0, size), shadow: out.subarray(size) };
}

/** Grids that name what one register of every PE holds: repeat, row and column of an element. */
type Names = readonly [repeats: Int32Array, rows: Int32Array, columns: Int32Array];

/** Calls `visit` for every register that holds something in lane `lane`, with what it holds. */
function eachElement(
  config: ArrayConfig,
  gemm: GemmShape,
  [repeats, rows, columns]: Names,
  lane: number,
  visit: (index: number, repeat: number, row: number, column: number) => void,
): void {
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (row === EMPTY) continue;
    const repeat = repeats[index];
    const column = columns[index];
    if (lane === 0) {
      visit(index, repeat, row, column);
      continue;
    }
    const element = laneElement(config, gemm, { repeat, row, column }, lane);
    if (element !== undefined) visit(index, repeat, element.row, element.column);
  }
}
