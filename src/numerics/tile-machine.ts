import { ceilDiv, roundUp } from '../base/integers.ts';
import type { PassPlan } from './accumulation.ts';
import type { LoadedOperands } from './loaded-operands.ts';
import { instantiateWasmKernel, TILE_COLUMNS, TILE_ROWS, type WasmArithmetic } from './wasm-kernels.ts';

/** A block of C: rows `[row, row + rows)` by columns `[column, column + columns)`. */
export interface TileBlock {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** A WebAssembly instance with its memory, which holds the packed operands and sums of one block of C. */
export interface TileMachine {
  /** Computes `block` of C `[m, n]`, as 32-bit patterns, all its passes in order. */
  multiply(operands: LoadedOperands, plan: PassPlan, c: Uint32Array, n: number, block: TileBlock): void;
}

/** Steps of k whose packed operands are in memory at once: the panels of a tile then fit the L1 cache. */
const STEPS_AT_ONCE = 256;
const PAGE_BYTES = 65536;

export function createTileMachine(arithmetic: WasmArithmetic): TileMachine {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernel = instantiateWasmKernel(arithmetic, memory);
  return {
    multiply: (operands, plan, c, n, block) => {
      const rowPanels = ceilDiv(block.rows, TILE_ROWS);
      const columnPanels = ceilDiv(block.columns, TILE_COLUMNS);
      const paddedColumns = columnPanels * TILE_COLUMNS;
      const words = rowPanels * TILE_ROWS * paddedColumns;
      const totals = 0;
      const sums = totals + words;
      const a = sums + words;
      const b = a + rowPanels * TILE_ROWS * STEPS_AT_ONCE;
      grow(memory, 4 * (b + columnPanels * TILE_COLUMNS * STEPS_AT_ONCE));
      const space = new Uint32Array(memory.buffer);
      for (const piece of piecesOf(plan)) {
        const steps = packPanels(operands, plan.products, n, block, piece, space, a, b);
        if (piece.startsPass) space.fill(0, sums, sums + words);
        kernel.multiply(4 * a, 4 * b, 4 * sums, 4 * paddedColumns, rowPanels, columnPanels, steps);
        if (!piece.endsPass) continue;
        if (piece.firstPass) space.copyWithin(totals, sums, sums + words);
        else kernel.fold(4 * totals, 4 * sums, words / 4);
      }
      for (let row = 0; row < block.rows; row += 1) {
        const start = totals + row * paddedColumns;
        c.set(space.subarray(start, start + block.columns), (block.row + row) * n + block.column);
      }
    },
  };
}

function grow(memory: WebAssembly.Memory, bytes: number): void {
  const missing = ceilDiv(bytes, PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
}

/** Consecutive k of one pass. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly startsPass: boolean;
  readonly endsPass: boolean;
  readonly firstPass: boolean;
}

function* piecesOf({ products, segment, pass }: PassPlan): Generator<Piece> {
  for (let segmentStart = 0; segmentStart < products; segmentStart += segment) {
    const segmentEnd = segmentStart + segment;
    for (let passStart = segmentStart; passStart < segmentEnd; passStart += pass) {
      const passEnd = Math.min(passStart + pass, segmentEnd);
      for (let start = passStart; start < passEnd; start += STEPS_AT_ONCE) {
        const end = Math.min(start + STEPS_AT_ONCE, passEnd);
        const firstPass = passStart === 0;
        yield { start, end, startsPass: start === passStart, endsPass: end === passEnd, firstPass };
      }
    }
  }
}

/** Writes the panels of a piece as the kernel wants them and returns how many steps they have. */
function packPanels(
  operands: LoadedOperands,
  products: number,
  n: number,
  block: TileBlock,
  { start, end }: Piece,
  space: Uint32Array,
  a: number,
  b: number,
): number {
  const panelsOfA: Panels = {
    extent: block.rows,
    width: TILE_ROWS,
    start,
    end,
    origin: block.row * products,
    extentStride: products,
    kStride: 1,
  };
  const panelsOfB: Panels = {
    extent: block.columns,
    width: TILE_COLUMNS,
    start,
    end,
    origin: block.column,
    extentStride: 1,
    kStride: n,
  };
  if (operands.carrier === 'int8') {
    packPairs(operands.a, panelsOfA, space, a);
    packPairs(operands.b, panelsOfB, space, b);
    return ceilDiv(end - start, 2);
  }
  // The upper half of an fp32 pattern is bf16.
  const shift = operands.carrier === 'bf16' ? 16 : 0;
  packWords(bitsOf(operands.a), shift, panelsOfA, space, a);
  packWords(bitsOf(operands.b), shift, panelsOfB, space, b);
  return end - start;
}

/** Which elements of an operand go where: element (k, x) lies at origin + k kStride + x extentStride. */
interface Panels {
  readonly extent: number;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  readonly origin: number;
  readonly extentStride: number;
  readonly kStride: number;
}

function bitsOf(values: Uint16Array | Float32Array): Uint16Array | Uint32Array {
  return values instanceof Uint16Array
    ? values
    : new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function packWords(
  bits: Uint16Array | Uint32Array,
  shift: number,
  { extent, width, start, end, origin, extentStride, kStride }: Panels,
  space: Uint32Array,
  target: number,
): void {
  for (let panel = 0; panel < extent; panel += width) {
    const filled = Math.min(width, extent - panel);
    for (let k = start; k < end; k += 1) {
      const source = origin + k * kStride + panel * extentStride;
      for (let x = 0; x < filled; x += 1) space[target + x] = (bits[source + x * extentStride] ?? 0) << shift;
      for (let x = filled; x < width; x += 1) space[target + x] = 0;
      target += width;
    }
  }
}

/** Two consecutive k to a word, as int16; a missing one is zero. */
function packPairs(
  values: Int8Array,
  { extent, width, start, end, origin, extentStride, kStride }: Panels,
  space: Uint32Array,
  target: number,
): void {
  for (let panel = 0; panel < roundUp(extent, width); panel += width) {
    for (let k = start; k < end; k += 2) {
      for (let x = 0; x < width; x += 1) {
        const source = origin + k * kStride + (panel + x) * extentStride;
        const inside = panel + x < extent;
        const low = inside ? (values[source] ?? 0) : 0;
        const high = inside && k + 1 < end ? (values[source + kStride] ?? 0) : 0;
        space[target + x] = (low & 0xffff) | (high << 16);
      }
      target += width;
    }
  }
}
