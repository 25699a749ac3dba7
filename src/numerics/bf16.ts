import { bitsOfFloat32, float32FromBits, flushSubnormal } from './float32.ts';

/**
 * bf16 is the upper half of an fp32 bit pattern: 1 sign, 8 exponent and 7 fraction bits, 8 significant.
 * Arrays of bf16 hold bit patterns in a `Uint16Array`.
 */

/** bf16 bits nearest to the fp32 `value`, ties to even; a NaN stays a NaN and becomes quiet. */
export function bf16FromFloat32(value: number): number {
  const bits = bitsOfFloat32(value);
  if (Number.isNaN(value)) return (bits >>> 16) | 0x0040;
  // Adding just under half a unit, plus one if the kept part is odd, carries exactly when it must.
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** Exact value of bf16 `bits`, subnormals included. */
export function float32FromBf16(bits: number): number {
  return float32FromBits((bits << 16) >>> 0);
}

/** Value of bf16 `bits` as the matrix unit loads it: subnormals are zero of the same sign. */
export function loadBf16(bits: number): number {
  return flushSubnormal(float32FromBf16(bits));
}

/** The bf16 bits that behave like `bits` after a load: subnormals replaced by zero of the same sign. */
export function flushBf16Bits(bits: number): number {
  return (bits & 0x7f80) === 0 ? bits & 0x8000 : bits;
}

/** Each of `values` as bf16 bits. */
export function bf16Array(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from(values, bf16FromFloat32);
}
