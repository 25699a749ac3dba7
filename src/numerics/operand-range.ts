import type { LoadedOperands } from './loaded-operands.ts';

/** Binary exponents of the nonzero elements of an operand, and whether all elements are finite. */
export interface OperandRange {
  /** Exponent of the smallest nonzero magnitude; +Infinity when every element is zero. */
  readonly lowestExponent: number;
  /** Exponent of the largest magnitude; -Infinity when every element is zero. */
  readonly highestExponent: number;
  readonly finite: boolean;
}

/**
 * True when no product and no sum, in whatever order, can be subnormal, infinite or NaN: then rounding to
 * nearest even is all that arithmetic must get right, and flushing cannot matter. `products` is how many of
 * them an element of C sums.
 */
export function staysNormal(operands: LoadedOperands, products: number): boolean {
  switch (operands.carrier) {
    case 'int8':
      return true;
    case 'bf16':
      return sumsStayNormal(bf16Range(operands.a), bf16Range(operands.b), 7, products);
    case 'fp32':
      return sumsStayNormal(float32Range(operands.a), float32Range(operands.b), 23, products);
  }
}

/** One pass over bf16 bit patterns; subnormals count as the zeros they load as. */
export function bf16Range(bits: Uint16Array): OperandRange {
  return exponentRange(bits, 7);
}

export function float32Range(values: Float32Array): OperandRange {
  return exponentRange(new Uint32Array(values.buffer, values.byteOffset, values.length), 23);
}

/**
 * Every product, and so every sum, rounded or not, is a multiple of the product of the last bits of the
 * smallest factors; and a sum is below `products` times the product of the next power of two of the largest,
 * one more bit being left free for rounding.
 */
function sumsStayNormal(a: OperandRange, b: OperandRange, fractionBits: number, products: number): boolean {
  if (!a.finite || !b.finite) return false;
  const unit = a.lowestExponent + b.lowestExponent - 2 * fractionBits;
  const bound = a.highestExponent + b.highestExponent + 2 + bitsFor(products);
  return unit >= -126 && bound < 127;
}

const BIAS = 127;

function exponentRange(bits: Uint16Array | Uint32Array, fractionBits: number): OperandRange {
  let lowest = 0xff;
  let highest = 0;
  for (let index = 0; index < bits.length; index += 1) {
    const exponent = ((bits[index] ?? 0) >>> fractionBits) & 0xff;
    if (exponent > highest) highest = exponent;
    if (exponent !== 0 && exponent < lowest) lowest = exponent;
  }
  return {
    lowestExponent: highest === 0 ? Number.POSITIVE_INFINITY : lowest - BIAS,
    highestExponent: highest === 0 ? Number.NEGATIVE_INFINITY : highest - BIAS,
    finite: highest !== 0xff,
  };
}

function bitsFor(count: number): number {
  let bits = 0;
  while (2 ** bits < count) bits += 1;
  return bits;
}
