import { FLOAT_ARITHMETIC, type OperandSource, type OperandStretches } from '../array/operands.ts';
import type { ArraySchedule } from '../array/schedule.ts';
import type { ArrayState } from '../array/state-grids.ts';
import { type ArrayValues, arrayValues, type Register, registerValues } from '../array/values.ts';
import { bf16FromFloat32, loadBf16 } from '../numerics/bf16.ts';

const MATRIX_A = 0x51ed270b;
const MATRIX_B = 0x2545f491;

/** Of the two matrices, 32 bits each. */
export interface OperandSeeds {
  readonly A: number;
  readonly B: number;
}

export function operandSeeds(seed: number, unit: number): OperandSeeds {
  const base = hash(seed ^ hash(unit));
  return { A: hash(base ^ MATRIX_A), B: hash(base ^ MATRIX_B) };
}

/**
 * Operands of an op whose real ones nobody has: random bf16 numbers near N(0, 1), any element in O(1), the
 * same for the same seed. Counter-based, unlike `base/random`: a view asks for a few elements out of
 * billions, in any order. shaders/array-draw.wgsl makes up the same ones.
 *
 * @param unit each matrix unit has operands of its own
 */
export function seededOperands(seed: number, unit: number): OperandSource {
  const seeds = operandSeeds(seed, unit);
  return {
    a: (m, k, repeat) => element(seeds.A, m, k, repeat),
    b: (k, n, repeat) => element(seeds.B, k, n, repeat),
    stretches: { a: stretchOf(seeds.A), b: stretchOf(seeds.B) },
  };
}

/** Values of the registers of the PEs in [firstRow, endRow) x [firstColumn, endColumn) of `state`. */
export function valuesWithin(
  schedule: ArraySchedule,
  state: ArrayState,
  operands: OperandSource,
  [firstRow, endRow]: readonly [number, number],
  [firstColumn, endColumn]: readonly [number, number],
): ArrayValues {
  const part = cropState(state, firstRow, endRow, firstColumn, endColumn);
  return arrayValues(schedule.config, schedule.gemm, part, operands, FLOAT_ARITHMETIC);
}

/** Those of one register of every PE in rows [firstRow, endRow). */
export function registerWithin(
  { config, gemm }: ArraySchedule,
  state: ArrayState,
  operands: OperandSource,
  register: Register,
  [firstRow, endRow]: readonly [number, number],
): Float64Array {
  const part = cropState(state, firstRow, endRow, 0, state.columns);
  return registerValues(config, gemm, part, operands, FLOAT_ARITHMETIC, register);
}

function cropState(
  state: ArrayState,
  firstRow: number,
  endRow: number,
  firstColumn: number,
  endColumn: number,
): ArrayState {
  const rows = endRow - firstRow;
  const columns = endColumn - firstColumn;
  const crop = <Grid extends Uint8Array | Int32Array>(grid: Grid): Grid => {
    // Whole rows lie side by side in memory: look at them where they are.
    if (columns === state.columns) return grid.subarray(firstRow * columns, endRow * columns) as Grid;
    const part = grid.slice(0, rows * columns) as Grid;
    for (let row = 0; row < rows; row += 1) {
      const from = (firstRow + row) * state.columns + firstColumn;
      part.set(grid.subarray(from, from + columns), row * columns);
    }
    return part;
  };
  return {
    rows,
    columns,
    activity: crop(state.activity),
    shifting: crop(state.shifting),
    fold: crop(state.fold),
    wave: crop(state.wave),
    operandRepeat: crop(state.operandRepeat),
    operandRow: crop(state.operandRow),
    operandColumn: crop(state.operandColumn),
    weightRepeat: crop(state.weightRepeat),
    weightRow: crop(state.weightRow),
    weightColumn: crop(state.weightColumn),
    shadowRepeat: crop(state.shadowRepeat),
    shadowRow: crop(state.shadowRow),
    shadowColumn: crop(state.shadowColumn),
    sumRepeat: crop(state.sumRepeat),
    sumRow: crop(state.sumRow),
    sumColumn: crop(state.sumColumn),
    sumFirstK: crop(state.sumFirstK),
    sumDepth: crop(state.sumDepth),
  };
}

/** The sum of four random bytes is nearly normal (Irwin-Hall): mean and deviation. */
const BYTES_MEAN = 2 * 255;
const BYTES_DEVIATION = 147.8;

/** By the sum of four bytes: the number as the matrix unit loads it from bf16. */
export const NORMALS = Float64Array.from({ length: 4 * 255 + 1 }, (_, bytes) =>
  loadBf16(bf16FromFloat32((bytes - BYTES_MEAN) / BYTES_DEVIATION)),
);

function element(seed: number, row: number, column: number, repeat: number): number {
  return elementOfLine(lineOf(seed, row, repeat), column);
}

/** What all elements of a row have in common. */
function lineOf(seed: number, row: number, repeat: number): number {
  return hash(hash(seed ^ Math.imul(row, 0x9e3779b1)) ^ Math.imul(repeat, 0xc2b2ae3d));
}

function elementOfLine(line: number, column: number): number {
  const bits = hash(line ^ Math.imul(column, 0x85ebca77));
  return NORMALS[(bits & 0xff) + ((bits >>> 8) & 0xff) + ((bits >>> 16) & 0xff) + (bits >>> 24)];
}

function stretchOf(seed: number): OperandStretches['a'] {
  return (row, first, end, repeat, out, at) => {
    const line = lineOf(seed, row, repeat);
    for (let column = first; column < end; column += 1)
      out[at + column - first] = elementOfLine(line, column);
  };
}

/** A bijection of 32 bits that leaves no pattern: `lowbias32` of https://nullprogram.com/blog/2018/07/31/. */
function hash(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
