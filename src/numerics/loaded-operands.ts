import { bf16FromFloat32, flushBf16Bits } from './bf16.ts';
import { DTYPE_TRAITS } from './dtypes.ts';
import { flushSubnormal, SMALLEST_NORMAL } from './float32.ts';
import { FP8_E4M3, FP8_E5M2, type Fp8Format, float32FromFp8 } from './fp8.ts';
import { PIECE_PAIRS, type Piece, splitFloat32 } from './fp32-pieces.ts';
import type { MatmulRequest } from './matmul-request.ts';

/**
 * What the multipliers get: A `[m, products]` and B `[products, n]`, row-major, as bf16 bit patterns, int8
 * or fp32, subnormals of bf16 and fp32 flushed. `products` is k, or for fp32 in several bf16 passes that
 * many times k: the pieces of the first pass, then of the second, along k.
 */
export type LoadedOperands =
  | { readonly carrier: 'bf16'; readonly a: Uint16Array; readonly b: Uint16Array }
  | { readonly carrier: 'int8'; readonly a: Int8Array; readonly b: Int8Array }
  | { readonly carrier: 'fp32'; readonly a: Float32Array; readonly b: Float32Array };

export function loadOperands(request: MatmulRequest): LoadedOperands {
  const { a, b } = request;
  switch (request.dtype) {
    case 'bf16':
      return { carrier: 'bf16', a: flushedBf16(request.a), b: flushedBf16(request.b) };
    case 'fp8-e4m3':
      return { carrier: 'bf16', a: widenFp8(a, FP8_E4M3), b: widenFp8(b, FP8_E4M3) };
    case 'fp8-e5m2':
      return { carrier: 'bf16', a: widenFp8(a, FP8_E5M2), b: widenFp8(b, FP8_E5M2) };
    case 'int8':
    case 'int4':
      return { carrier: 'int8', a: request.a, b: request.b };
    case 'fp32':
      return { carrier: 'fp32', a: flushedFloat32(request.a), b: flushedFloat32(request.b) };
    case 'fp32-bf16x1':
    case 'fp32-bf16x3':
    case 'fp32-bf16x6':
      return loadPieces(request, PIECE_PAIRS[DTYPE_TRAITS[request.dtype].passes]);
  }
}

/** Most operands hold no subnormal and need no copy. */
function flushedBf16(bits: Uint16Array): Uint16Array {
  for (let index = 0; index < bits.length; index += 1) {
    const each = bits[index] ?? 0;
    if ((each & 0x7f80) === 0 && (each & 0x7f) !== 0) return bits.map(flushBf16Bits);
  }
  return bits;
}

function flushedFloat32(values: Float32Array): Float32Array {
  for (let index = 0; index < values.length; index += 1) {
    const each = values[index] ?? 0;
    if (each !== 0 && Math.abs(each) < SMALLEST_NORMAL) return values.map(flushSubnormal);
  }
  return values;
}

/** Every fp8 number, subnormals too, is a normal bf16 number. */
function widenFp8(bits: ArrayLike<number>, format: Fp8Format): Uint16Array {
  const table = Uint16Array.from({ length: 256 }, (_, each) => bf16FromFloat32(float32FromFp8(each, format)));
  return Uint16Array.from(bits, (each) => table[each] ?? 0);
}

function loadPieces(
  request: {
    readonly m: number;
    readonly k: number;
    readonly n: number;
    readonly a: Float32Array;
    readonly b: Float32Array;
  },
  pairs: readonly (readonly [Piece, Piece])[],
): LoadedOperands {
  const { m, k, n } = request;
  const products = pairs.length * k;
  const a = new Uint16Array(m * products);
  const b = new Uint16Array(products * n);
  const targetsOfA = pairs.map(([piece], pass) => ({ piece, offset: pass * k }));
  const targetsOfB = pairs.map(([, piece], pass) => ({ piece, offset: pass * k * n }));
  for (let row = 0; row < m; row += 1) {
    for (let index = 0; index < k; index += 1) {
      const pieces = splitFloat32(request.a[row * k + index] ?? 0);
      for (const { piece, offset } of targetsOfA)
        a[row * products + offset + index] = flushBf16Bits(pieces[piece]);
    }
  }
  for (let index = 0; index < k * n; index += 1) {
    const pieces = splitFloat32(request.b[index] ?? 0);
    for (const { piece, offset } of targetsOfB) b[offset + index] = flushBf16Bits(pieces[piece]);
  }
  return { carrier: 'bf16', a, b };
}
