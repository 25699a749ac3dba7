/** Smallest integer not below `numerator / denominator`, exact for safe non-negative integers. */
export function ceilDiv(numerator: number, denominator: number): number {
  const quotient = Math.floor(numerator / denominator);
  return quotient * denominator < numerator ? quotient + 1 : quotient;
}

/** Smallest multiple of `step` that is not below `value`. */
export function roundUp(value: number, step: number): number {
  return ceilDiv(value, step) * step;
}

/** `value mod modulus` with the sign of the modulus: -1 mod 4 is 3. */
export function modulo(value: number, modulus: number): number {
  const remainder = value % modulus;
  return remainder < 0 ? remainder + modulus : remainder;
}

export function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The largest, at least 0. */
export function largestOf(values: Float64Array | Float32Array | Int32Array | readonly number[]): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}
