import { bitsOfFloat32, SMALLEST_NORMAL } from './float32.ts';
import {
  assembleModule,
  type Code,
  f32x4,
  i32,
  i32x4,
  LANES,
  local,
  repeatWhile,
  VECTOR_BYTES,
  v128,
  type WasmFunction,
} from './wasm-assembler.ts';

/** A register tile is this many rows of A by this many columns of B. */
export const TILE_ROWS = 4;
export const TILE_COLUMNS = 8;

/** Vectors in a row of one. */
export const VECTORS = TILE_COLUMNS / LANES;

/**
 * - `float`: fp32 multiply and add as they come; right where no number leaves the normal range.
 * - `flushing`: the same with subnormal products and sums made zero of their sign, at a third of the speed.
 * - `integer`: pairs of int16, int32 sums, wrapping.
 */
export type WasmArithmetic = 'float' | 'flushing' | 'integer';

export interface WasmKernel {
  /**
   * sums[4 rowPanels, 8 columnPanels] += A B over `steps` consecutive k (of pairs of k for integers), in
   * order of k. Addresses and `sumsRowBytes` in bytes; A lies as `[rowPanels][steps][4 rows]`, B as
   * `[columnPanels][steps][8 columns]`, 32 bits an element. Every count is at least 1.
   */
  multiply(
    a: number,
    b: number,
    sums: number,
    sumsRowBytes: number,
    rowPanels: number,
    columnPanels: number,
    steps: number,
  ): void;
  /**
   * The same for one register tile [4, 8] whose sums are to have products of their own number: sum i takes
   * those at k = `firstK` and up that are below depths[i], int32. Rows of sums and of depths are `rowBytes` apart.
   */
  multiplyToDepths(
    a: number,
    b: number,
    sums: number,
    depths: number,
    rowBytes: number,
    firstK: number,
    steps: number,
  ): void;
  /** totals[i] += sums[i] over `vectors` groups of four. */
  fold(totals: number, sums: number, vectors: number): void;
}

export function instantiateWasmKernel(arithmetic: WasmArithmetic, memory: WebAssembly.Memory): WasmKernel {
  const module = new WebAssembly.Module(
    assembleModule([
      multiplyFunction(arithmetic),
      multiplyToDepthsFunction(arithmetic),
      foldFunction(arithmetic),
    ]),
  );
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as WasmKernel;
}

// Parameters of `multiply`, then its locals.
const A = 0;
const B = 1;
const SUMS = 2;
const SUMS_ROW_BYTES = 3;
const ROW_PANELS = 4;
const COLUMN_PANELS = 5;
const STEPS = 6;
const A_AT = 7;
const B_AT = 8;
const ROW_PANELS_LEFT = 9;
const STEPS_LEFT = 10;
const SUMS_COLUMN = 11;
const FIRST_ROW = 12;
const MULTIPLY_PARAMETERS = 7;
const MULTIPLY_INTEGERS = FIRST_ROW + TILE_ROWS - MULTIPLY_PARAMETERS;
const FIRST_VECTOR = FIRST_ROW + TILE_ROWS;
const LEFT = FIRST_VECTOR + TILE_ROWS * VECTORS;
const FIRST_RIGHT = LEFT + 1;
const SCRATCH = FIRST_RIGHT + VECTORS;

function multiplyFunction(arithmetic: WasmArithmetic): WasmFunction {
  const rows = indices(TILE_ROWS);
  const vectors = indices(VECTORS);
  const sumAt = (row: number, vector: number): number => FIRST_VECTOR + row * VECTORS + vector;
  const step = [
    ...vectors.flatMap((vector) =>
      local.set(FIRST_RIGHT + vector, v128.load(local.get(B_AT), vector * VECTOR_BYTES)),
    ),
    ...rows.flatMap((row) => [
      ...local.set(LEFT, v128.loadSplat(local.get(A_AT), row * 4)),
      ...vectors.flatMap((vector) => {
        const sum = sumAt(row, vector);
        const right = local.get(FIRST_RIGHT + vector);
        return local.set(sum, multiplyAdd(arithmetic, local.get(sum), local.get(LEFT), right, SCRATCH));
      }),
    ]),
    ...advance(A_AT, i32.constant(4 * TILE_ROWS)),
    ...advance(B_AT, i32.constant(4 * TILE_COLUMNS)),
  ];
  const tile = [
    ...eachRow(FIRST_ROW, SUMS_COLUMN, SUMS_ROW_BYTES),
    ...eachSum((row, vector) =>
      local.set(sumAt(row, vector), v128.load(local.get(FIRST_ROW + row), vector * VECTOR_BYTES)),
    ),
    ...local.set(B_AT, local.get(B)),
    ...countDown(STEPS_LEFT, local.get(STEPS), step),
    ...eachSum((row, vector) =>
      v128.store(local.get(FIRST_ROW + row), local.get(sumAt(row, vector)), vector * VECTOR_BYTES),
    ),
    ...local.set(SUMS_COLUMN, i32.add(local.get(FIRST_ROW + TILE_ROWS - 1), local.get(SUMS_ROW_BYTES))),
  ];
  const columnPanel = [
    ...local.set(A_AT, local.get(A)),
    ...local.set(SUMS_COLUMN, local.get(SUMS)),
    ...countDown(ROW_PANELS_LEFT, local.get(ROW_PANELS), tile),
    ...local.set(B, local.get(B_AT)),
    ...advance(SUMS, i32.constant(4 * TILE_COLUMNS)),
  ];
  return {
    name: 'multiply',
    parameters: MULTIPLY_PARAMETERS,
    integers: MULTIPLY_INTEGERS,
    vectors: SCRATCH + 1 - FIRST_VECTOR,
    body: countDown(COLUMN_PANELS, local.get(COLUMN_PANELS), columnPanel),
  };
}

function multiplyToDepthsFunction(arithmetic: WasmArithmetic): WasmFunction {
  const [a, b, sums, depths, rowBytes, k, steps] = [0, 1, 2, 3, 4, 5, 6];
  const parameters = 7;
  const firstSums = parameters;
  const firstDepths = firstSums + TILE_ROWS;
  const integers = 2 * TILE_ROWS;
  const firstSum = parameters + integers;
  const left = firstSum + TILE_ROWS * VECTORS;
  const right = left + 1;
  const reached = right + VECTORS;
  const scratch = reached + 1;
  const productsAStep = arithmetic === 'integer' ? 2 : 1;
  const rows = indices(TILE_ROWS);
  const vectors = indices(VECTORS);
  const sumAt = (row: number, vector: number): number => firstSum + row * VECTORS + vector;
  const step = [
    ...local.set(reached, i32x4.splat(local.get(k))),
    ...vectors.flatMap((vector) => local.set(right + vector, v128.load(local.get(b), vector * VECTOR_BYTES))),
    ...rows.flatMap((row) => [
      ...local.set(left, v128.loadSplat(local.get(a), row * 4)),
      ...vectors.flatMap((vector) => {
        const depth = v128.load(local.get(firstDepths + row), vector * VECTOR_BYTES);
        const sum = local.get(sumAt(row, vector));
        const added = (factor: Code): Code => multiplyAdd(arithmetic, sum, local.get(left), factor, scratch);
        const factor = local.get(right + vector);
        return local.set(
          sumAt(row, vector),
          arithmetic === 'integer'
            ? added(v128.and(factor, halvesBelow(depth, local.get(k), local.get(reached))))
            : v128.select(added(factor), sum, i32x4.greaterThan(depth, local.get(reached))),
        );
      }),
    ]),
    ...advance(a, i32.constant(4 * TILE_ROWS)),
    ...advance(b, i32.constant(4 * TILE_COLUMNS)),
    ...advance(k, i32.constant(productsAStep)),
  ];
  return {
    name: 'multiplyToDepths',
    parameters,
    integers,
    vectors: scratch + 1 - firstSum,
    body: [
      ...eachRow(firstSums, sums, rowBytes),
      ...eachRow(firstDepths, depths, rowBytes),
      ...eachSum((row, vector) =>
        local.set(sumAt(row, vector), v128.load(local.get(firstSums + row), vector * VECTOR_BYTES)),
      ),
      ...countDown(steps, local.get(steps), step),
      ...eachSum((row, vector) =>
        v128.store(local.get(firstSums + row), local.get(sumAt(row, vector)), vector * VECTOR_BYTES),
      ),
    ],
  };
}

/** Sets locals from `firstRow` on to the addresses of the rows of a tile. */
function eachRow(firstRow: number, tile: number, rowBytes: number): Code {
  return indices(TILE_ROWS).flatMap((row) =>
    local.set(
      firstRow + row,
      row === 0 ? local.get(tile) : i32.add(local.get(firstRow + row - 1), local.get(rowBytes)),
    ),
  );
}

function eachSum(code: (row: number, vector: number) => Code): Code {
  return indices(TILE_ROWS).flatMap((row) => indices(VECTORS).flatMap((vector) => code(row, vector)));
}

/** Ones in those halves of each lane whose products, at k (low) and k + 1 (high), are below the lane's depth. */
function halvesBelow(depth: Code, k: Code, splatK: Code): Code {
  const low = v128.and(i32x4.greaterThan(depth, splatK), v128.constant(0x0000ffff));
  const next = i32x4.splat(i32.add(k, i32.constant(1)));
  return v128.or(low, v128.and(i32x4.greaterThan(depth, next), v128.constant(0xffff0000)));
}

function foldFunction(arithmetic: WasmArithmetic): WasmFunction {
  const [totals, sums, vectors, scratch] = [0, 1, 2, 3];
  const added = add(arithmetic, v128.load(local.get(totals)), v128.load(local.get(sums)), scratch);
  const body = [
    ...v128.store(local.get(totals), added),
    ...advance(totals, i32.constant(VECTOR_BYTES)),
    ...advance(sums, i32.constant(VECTOR_BYTES)),
  ];
  return {
    name: 'fold',
    parameters: 3,
    integers: 0,
    vectors: 1,
    body: countDown(vectors, local.get(vectors), body),
  };
}

export function multiplyAdd(
  arithmetic: WasmArithmetic,
  sum: Code,
  left: Code,
  right: Code,
  scratch: number,
): Code {
  switch (arithmetic) {
    case 'integer':
      return i32x4.add(sum, i32x4.dotOfHalves(left, right));
    case 'float':
      return f32x4.add(sum, f32x4.multiply(left, right));
    case 'flushing':
      return add(arithmetic, sum, flushed(f32x4.multiply(left, right), scratch), scratch);
  }
}

function add(arithmetic: WasmArithmetic, left: Code, right: Code, scratch: number): Code {
  switch (arithmetic) {
    case 'integer':
      return i32x4.add(left, right);
    case 'float':
      return f32x4.add(left, right);
    case 'flushing':
      return flushed(f32x4.add(left, right), scratch);
  }
}

/** Keeps only the sign of lanes below the smallest normal number. */
function flushed(value: Code, scratch: number): Code {
  const tiny = f32x4.lessThan(f32x4.abs(local.get(scratch)), v128.constant(bitsOfFloat32(SMALLEST_NORMAL)));
  const cleared = v128.and(tiny, v128.constant(0x7fffffff));
  return [...local.set(scratch, value), ...v128.andNot(local.get(scratch), cleared)];
}

export function advance(pointer: number, bytes: Code): Code {
  return local.set(pointer, i32.add(local.get(pointer), bytes));
}

/** Runs `body` `times` times, at least once; `counter` counts down to zero. */
export function countDown(counter: number, times: Code, body: Code): Code {
  const lessOne = local.set(counter, i32.subtract(local.get(counter), i32.constant(1)));
  return [...local.set(counter, times), ...repeatWhile(local.get(counter), [...body, ...lessOne])];
}

export function indices(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
