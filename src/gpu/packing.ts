import { roundUp } from '../base/integers.ts';
import type { LoadedOperands } from '../numerics/loaded-operands.ts';
import type { MatmulValues } from '../numerics/matmul-request.ts';

/** Both sides of C are padded to this many elements, the side of the largest register tile. */
export const TILE_ALIGNMENT = 8;

/** int8 elements along k that share a word. */
const INT8_GROUP = 4;

/** Which rows of A, or columns of B, to pack. */
export interface Span {
  readonly start: number;
  readonly count: number;
}

/** How to find element (k, x) of an operand, x being its row in A or its column in B. */
export interface OperandLayout {
  readonly products: number;
  /** Products after padding: a kernel may want whole steps of several k. */
  readonly paddedProducts: number;
  readonly kStride: number;
  readonly extentStride: number;
  /** What fills the padded k: -0 in A and 0 in B, since adding their product -0 changes no sum. */
  readonly filler: 0 | -0;
}

/** A is `[m, products]`, row-major: its extent is m. */
export function layoutOfA(products: number, paddedProducts: number): OperandLayout {
  return { products, paddedProducts, kStride: 1, extentStride: products, filler: -0 };
}

/** B is `[products, n]`, row-major: its extent is n. */
export function layoutOfB(products: number, paddedProducts: number, n: number): OperandLayout {
  return { products, paddedProducts, kStride: n, extentStride: 1, filler: 0 };
}

/** Bytes of one row of A or column of B once packed. */
export function packedBytesPerLine(carrier: LoadedOperands['carrier'], products: number): number {
  switch (carrier) {
    case 'bf16':
      return 2 * products;
    case 'fp32':
      return 4 * products;
    case 'int8':
      return roundUp(products, INT8_GROUP);
  }
}

/**
 * `span` of an operand as kernels read it: k-major, padded with zeros to a multiple of 8 elements. bf16 lie
 * two to a word along the extent, int8 in groups of four k to a word, fp32 one to a word.
 */
export function packOperand(
  values: Uint16Array | Float32Array | Int8Array,
  layout: OperandLayout,
  span: Span,
): ArrayBuffer {
  const padded = roundUp(span.count, TILE_ALIGNMENT);
  if (values instanceof Int8Array) {
    const bytes = new Int8Array(roundUp(layout.paddedProducts, INT8_GROUP) * padded);
    packGroups(values, bytes, layout, span, padded);
    return bytes.buffer;
  }
  const elements = layout.paddedProducts * padded;
  const target = values instanceof Uint16Array ? new Uint16Array(elements) : new Float32Array(elements);
  packLines(values, target, layout, span, padded);
  if (Object.is(layout.filler, -0)) {
    target.fill(values instanceof Uint16Array ? BF16_NEGATIVE_ZERO : -0, layout.products * padded);
  }
  return target.buffer;
}

const BF16_NEGATIVE_ZERO = 0x8000;

function packLines(
  values: Uint16Array | Float32Array,
  target: Uint16Array | Float32Array,
  { products, kStride, extentStride }: OperandLayout,
  { start, count }: Span,
  padded: number,
): void {
  for (let index = 0; index < products; index += 1) {
    const source = index * kStride + start * extentStride;
    if (extentStride === 1) {
      target.set(values.subarray(source, source + count), index * padded);
      continue;
    }
    for (let x = 0; x < count; x += 1) target[index * padded + x] = values[source + x * extentStride] ?? 0;
  }
}

function packGroups(
  values: Int8Array,
  target: Int8Array,
  { products, kStride, extentStride }: OperandLayout,
  { start, count }: Span,
  padded: number,
): void {
  for (let index = 0; index < products; index += 1) {
    const source = index * kStride + start * extentStride;
    const within = index % INT8_GROUP;
    const group = (index - within) * padded + within;
    for (let x = 0; x < count; x += 1)
      target[group + x * INT8_GROUP] = values[source + x * extentStride] ?? 0;
  }
}

/** Copies a block of C, its rows padded to `paddedColumns`, to its place in C `[m, n]`. */
export function placeBlock<T extends MatmulValues>(
  block: T,
  paddedColumns: number,
  c: T,
  n: number,
  place: { readonly rows: Span; readonly columns: Span },
): void {
  for (let row = 0; row < place.rows.count; row += 1) {
    const source = row * paddedColumns;
    const target = (place.rows.start + row) * n + place.columns.start;
    c.set(block.subarray(source, source + place.columns.count), target);
  }
}
