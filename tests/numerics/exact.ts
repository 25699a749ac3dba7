/** Exact arithmetic on doubles as whole multiples of 2^-1074: slow, and independent of the product's code. */
export type Exact = bigint;

const UNIT_EXPONENT = 1074n;

export function exactOf(value: number): Exact {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

export interface Rounding {
  readonly significantBits: number;
  readonly lowestExponent: number;
  readonly highestExponent: number;
  readonly towardZero?: boolean;
}

export const FLOAT32: Rounding = { significantBits: 24, lowestExponent: -126, highestExponent: 127 };

/** `exact` rounded once; nonzero results below the lowest exponent become +0 (compare without signs). */
export function roundExact(exact: Exact, rounding: Rounding): number {
  const magnitude = exact < 0n ? -exact : exact;
  const excess = BigInt(Math.max(magnitude.toString(2).length - rounding.significantBits, 0));
  const kept = magnitude >> excess;
  const rest = magnitude - (kept << excess);
  const half = excess === 0n ? 1n : 1n << (excess - 1n);
  const up = rounding.towardZero !== true && (rest > half || (rest === half && kept % 2n === 1n));
  const units = (kept + (up ? 1n : 0n)) << excess;
  const lowest = 1n << (UNIT_EXPONENT + BigInt(rounding.lowestExponent));
  const beyond = 1n << (UNIT_EXPONENT + BigInt(rounding.highestExponent + 1));
  if (units < lowest) return 0;
  const largest = beyond - (beyond >> BigInt(rounding.significantBits));
  const value =
    units < beyond ? numberOf(units) : rounding.towardZero ? numberOf(largest) : Number.POSITIVE_INFINITY;
  return exact < 0n ? -value : value;
}

/** Exact for at most 53 significant bits. */
function numberOf(units: Exact): number {
  const excess = Math.max(units.toString(2).length - 53, 0);
  return Number(units >> BigInt(excess)) * 2 ** (excess - 537) * 2 ** -537;
}
