/** Smallest normal fp32 (and bf16) magnitude, 2^-126: whatever is nonzero and below it becomes zero. */
export const SMALLEST_NORMAL = 2 ** -126;

/** The one NaN that results carry, so that equal results are equal bytes. */
export const CANONICAL_NAN_BITS = 0x7fc00000;

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** Bit pattern of `value` rounded to fp32. */
export function bitsOfFloat32(value: number): number {
  scratchFloat[0] = value;
  return scratchBits[0] ?? 0;
}

/** The fp32 number whose bit pattern is `bits`. */
export function float32FromBits(bits: number): number {
  scratchBits[0] = bits;
  return scratchFloat[0] ?? 0;
}

/** `value`, or zero of the same sign where it is subnormal in fp32. NaN and infinities pass. */
export function flushSubnormal(value: number): number {
  return Math.abs(value) < SMALLEST_NORMAL ? 0 * value : value;
}

/** Half a unit, in 24 significant bits, below the smallest normal: from here on rounding reaches it. */
const ROUNDS_TO_NORMAL = SMALLEST_NORMAL - 2 ** -151;

/**
 * A double rounded to 24 significant bits, to nearest even, and flushed if it is then below 2^-126: as
 * hardware does that detects underflow after rounding.
 */
export function roundToFloat32(value: number): number {
  return Math.abs(value) < ROUNDS_TO_NORMAL ? 0 * value : Math.fround(value);
}

/**
 * Product of two fp32 values, rounded to nearest even and flushed. For factors of at most 12 significant
 * bits (bf16, fp8) nothing is rounded: the product is exact.
 */
export function multiplyFloat32(x: number, y: number): number {
  return roundToFloat32(x * y);
}

/**
 * Sum of two fp32 values, rounded to nearest even and flushed. The sum is taken in double precision and
 * rounded again, which equals one rounding because 53 >= 2 x 24 + 2 (Figueroa, "When is double rounding
 * innocuous?", ACM SIGNUM Newsletter 30(3) 1995).
 */
export function addFloat32(x: number, y: number): number {
  return roundToFloat32(x + y);
}

/** Replaces every NaN, whatever its payload, by the canonical one. In place. */
export function canonicalizeNaNs(values: Float32Array): Float32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < values.length; index += 1) {
    if (Number.isNaN(values[index])) bits[index] = CANONICAL_NAN_BITS;
  }
  return values;
}
