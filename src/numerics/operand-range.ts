import { ceilDiv } from '../base/integers.ts';

/** Binary exponents of the nonzero elements of a bf16 operand, and whether all elements are finite. */
export interface OperandRange {
  /** Exponent of the smallest nonzero magnitude; +Infinity when every element is zero. */
  readonly lowestExponent: number;
  /** Exponent of the largest magnitude; -Infinity when every element is zero. */
  readonly highestExponent: number;
  readonly finite: boolean;
}

const BIAS = 127;
const SIGNIFICANT_BITS = 8;

/** One pass over bf16 bit patterns; subnormals count as the zeros they load as. */
export function bf16Range(bits: Uint16Array): OperandRange {
  let lowest = 0xff;
  let highest = 0;
  for (let index = 0; index < bits.length; index += 1) {
    const exponent = ((bits[index] ?? 0) >>> 7) & 0xff;
    if (exponent > highest) highest = exponent;
    if (exponent !== 0 && exponent < lowest) lowest = exponent;
  }
  return {
    lowestExponent: highest === 0 ? Number.POSITIVE_INFINITY : lowest - BIAS,
    highestExponent: highest === 0 ? Number.NEGATIVE_INFINITY : highest - BIAS,
    finite: highest !== 0xff,
  };
}

/**
 * True when no product and no sum, in whatever order, can be subnormal, infinite or NaN: then rounding to
 * nearest even is all that arithmetic must get right, and flushing cannot matter.
 *
 * Every product, and so every rounded sum, is a multiple of 2^(lowest exponents - 2 x 7), and a sum of k
 * products is below k x 2^(highest exponents + 2), rounding included once one more bit is left free.
 */
export function staysNormal(a: OperandRange, b: OperandRange, k: number): boolean {
  if (!a.finite || !b.finite) return false;
  const unit = a.lowestExponent + b.lowestExponent - 2 * (SIGNIFICANT_BITS - 1);
  const bound = a.highestExponent + b.highestExponent + 2 + bitsFor(k);
  return unit >= -126 && bound < 127;
}

function bitsFor(count: number): number {
  let bits = 0;
  while (count > 1) {
    count = ceilDiv(count, 2);
    bits += 1;
  }
  return bits;
}
