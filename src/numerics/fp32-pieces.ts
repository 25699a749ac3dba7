import { bf16FromFloat32, float32FromBf16 } from './bf16.ts';
import { flushSubnormal } from './float32.ts';

/**
 * An fp32 number as a sum of bf16 numbers, each the rounded rest of those before: `high` carries 8
 * significant bits, `middle` the next 8, `low` the last 8. A product of two numbers is then a sum of
 * products of pieces, of which those too small to matter are left out.
 */
export type Piece = 'high' | 'middle' | 'low';

/** How many passes over the matrix unit one fp32 matmul takes. */
export const PASS_COUNTS = [1, 3, 6] as const;
export type PassCount = (typeof PASS_COUNTS)[number];

/** Piece of A and piece of B of each pass. Smallest products first, as XLA orders them (bf16x3, bf16x6). */
export const PIECE_PAIRS: Readonly<Record<PassCount, readonly (readonly [Piece, Piece])[]>> = {
  1: [['high', 'high']],
  3: [
    ['middle', 'high'],
    ['high', 'middle'],
    ['high', 'high'],
  ],
  6: [
    ['middle', 'middle'],
    ['high', 'low'],
    ['low', 'high'],
    ['middle', 'high'],
    ['high', 'middle'],
    ['high', 'high'],
  ],
};

/**
 * bf16 bits of the pieces of `value`. Where `high` is infinite or NaN the others are zero; such a number
 * times the zero piece of another is NaN, so with 3 or 6 passes an infinity becomes NaN.
 */
export function splitFloat32(value: number): Readonly<Record<Piece, number>> {
  const loaded = flushSubnormal(value);
  const high = bf16FromFloat32(loaded);
  if ((high & 0x7f80) === 0x7f80) return { high, middle: 0, low: 0 };
  // Both differences are exact: the rest of a rounding to 8 bits fits the 24 bits of fp32.
  const rest = loaded - float32FromBf16(high);
  const middle = bf16FromFloat32(rest);
  return { high, middle, low: bf16FromFloat32(rest - float32FromBf16(middle)) };
}
