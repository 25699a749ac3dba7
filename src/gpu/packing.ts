import { roundUp } from '../base/integers.ts';
import { flushBf16Bits } from '../numerics/bf16.ts';

/** Both sides of C are padded to this many elements, the side of the largest register tile. */
export const TILE_ALIGNMENT = 8;

/** k elements of int8 that share a word. */
export const INT8_GROUP = 4;

/**
 * Operands as kernels read them: k-major, `extent` padded with zeros to a multiple of 8.
 * bf16: two to a word along the extent. int8: four k to a word.
 */
export interface PackedOperand {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly paddedExtent: number;
}

/** How to find element (k, x) of an operand, x being its row in A or its column in B. */
export interface OperandLayout {
  readonly k: number;
  readonly extent: number;
  readonly kStride: number;
  readonly extentStride: number;
}

/** A is `[m, k]` row-major: its extent is m. */
export function layoutOfA(m: number, k: number): OperandLayout {
  return { k, extent: m, kStride: 1, extentStride: k };
}

/** B is `[k, n]` row-major: its extent is n. */
export function layoutOfB(k: number, n: number): OperandLayout {
  return { k, extent: n, kStride: n, extentStride: 1 };
}

/** Flushes subnormals on the way: no kernel sees one. */
export function packBf16(bits: Uint16Array, layout: OperandLayout): PackedOperand {
  const { k, extent, kStride, extentStride } = layout;
  const paddedExtent = roundUp(extent, TILE_ALIGNMENT);
  const halves = new Uint16Array(k * paddedExtent);
  for (let index = 0; index < k; index += 1) {
    const source = index * kStride;
    const target = index * paddedExtent;
    for (let x = 0; x < extent; x += 1) {
      halves[target + x] = flushBf16Bits(bits[source + x * extentStride] ?? 0);
    }
  }
  return { words: new Uint32Array(halves.buffer), paddedExtent };
}

export function packInt8(values: Int8Array, layout: OperandLayout): PackedOperand {
  const { k, extent, kStride, extentStride } = layout;
  const paddedExtent = roundUp(extent, TILE_ALIGNMENT);
  const bytes = new Int8Array(roundUp(k, INT8_GROUP) * paddedExtent);
  for (let index = 0; index < k; index += 1) {
    const source = index * kStride;
    const group = (index - (index % INT8_GROUP)) * paddedExtent + (index % INT8_GROUP);
    for (let x = 0; x < extent; x += 1) {
      bytes[group + x * INT8_GROUP] = values[source + x * extentStride] ?? 0;
    }
  }
  return { words: new Uint32Array(bytes.buffer), paddedExtent };
}

/** The `[m, n]` corner of a padded C, whose rows are `paddedColumns` long. */
export function unpadded<T extends Float32Array | Int32Array>(
  padded: T,
  target: T,
  shape: { readonly m: number; readonly n: number; readonly paddedColumns: number },
): T {
  for (let row = 0; row < shape.m; row += 1) {
    const start = row * shape.paddedColumns;
    target.set(padded.subarray(start, start + shape.n), row * shape.n);
  }
  return target;
}
