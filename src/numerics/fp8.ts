import { bitsOfFloat32, float32FromBits } from './float32.ts';

/**
 * The two 8-bit floating-point formats of "OCP 8-bit Floating Point Specification (OFP8)" 1.0, 2023, and
 * of Micikevicius et al., "FP8 formats for deep learning", arXiv 2209.05433.
 * - e4m3fn: bias 7, largest 448, no infinity, one NaN (all ones) of each sign.
 * - e5m2: bias 15, largest 57344, infinities and NaNs as in IEEE 754.
 * Subnormals of both are ordinary numbers: in fp32 they are normal, and nothing flushes them.
 */
export interface Fp8Format {
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly bias: number;
  /** Bits of the largest finite magnitude. */
  readonly largest: number;
  /** Bits of what an overflow becomes when it does not saturate: infinity, or NaN where there is none. */
  readonly overflow: number;
  /** Bits of the NaN that conversions produce. */
  readonly nan: number;
}

export const FP8_E4M3: Fp8Format = {
  exponentBits: 4,
  fractionBits: 3,
  bias: 7,
  largest: 0x7e,
  overflow: 0x7f,
  nan: 0x7f,
};

export const FP8_E5M2: Fp8Format = {
  exponentBits: 5,
  fractionBits: 2,
  bias: 15,
  largest: 0x7b,
  overflow: 0x7c,
  nan: 0x7e,
};

/**
 * What becomes of magnitudes that round beyond the largest finite one, infinities included:
 * the largest finite one (`saturate`), or the format's infinity or, for e4m3fn, NaN (`special`).
 */
export type Fp8Overflow = 'saturate' | 'special';

/** Exact value of the 8 `bits`. */
export function float32FromFp8(bits: number, format: Fp8Format): number {
  const magnitude = bits & 0x7f;
  const sign = bits & 0x80 ? -1 : 1;
  if (magnitude > format.largest) return magnitude === 0x7c ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const fraction = magnitude & ((1 << format.fractionBits) - 1);
  const exponent = magnitude >> format.fractionBits;
  const significand = exponent === 0 ? fraction : fraction + (1 << format.fractionBits);
  return sign * significand * scaleOf(Math.max(exponent, 1) - format.bias - format.fractionBits);
}

/** Bits nearest to the fp32 `value`, ties to even. NaN stays NaN and keeps its sign. */
export function fp8FromFloat32(value: number, format: Fp8Format, overflow: Fp8Overflow): number {
  const bits = bitsOfFloat32(value);
  const sign = (bits >>> 24) & 0x80;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | format.nan;
  const rounded = roundMagnitude(magnitude, format);
  if (rounded <= format.largest) return sign | rounded;
  return sign | (overflow === 'saturate' ? format.largest : format.overflow);
}

/** The fp8 magnitude bits of fp32 magnitude bits, running past the largest as if exponents went on. */
function roundMagnitude(magnitude: number, format: Fp8Format): number {
  const dropped = 23 - format.fractionBits;
  const smallestExponent = 128 - format.bias;
  const exponent = magnitude >>> 23;
  if (exponent >= smallestExponent) {
    const aligned = magnitude - ((smallestExponent - 1) << 23);
    return shiftToEven(aligned, dropped);
  }
  // Subnormal in fp8: the significand moves right by as much as the exponent falls short. From 25 places on
  // nothing of it is left, not even half a unit.
  const shift = Math.min(dropped + smallestExponent - exponent, 25);
  return shiftToEven((magnitude & 0x7fffff) | 0x800000, shift);
}

/** `value / 2^shift`, rounded to nearest, ties to even. */
function shiftToEven(value: number, shift: number): number {
  return (value + 2 ** (shift - 1) - 1 + ((value >>> shift) & 1)) >>> shift;
}

function scaleOf(exponent: number): number {
  return float32FromBits((exponent + 127) << 23);
}
