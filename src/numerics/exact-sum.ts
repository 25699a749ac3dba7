/**
 * Sums of fp32 numbers rounded once. A double holds such a sum exactly unless exponents lie far apart; then
 * it is rounded to odd, which keeps "there was more" in the last bit, so that rounding the double again to
 * 24 bits or fewer gives what rounding the exact sum would (Boldo and Melquiond, "Emulation of FMA and
 * correctly rounded sums", IEEE Trans. Computers 57(4) 2008).
 */

const scratch = new Float64Array(1);
/** Low word first: every engine that runs WebGPU or WebAssembly is little-endian. */
const scratchWords = new Uint32Array(scratch.buffer);

/** x + y as a double rounded to odd. Infinities and NaN follow IEEE 754. */
export function addToOdd(x: number, y: number): number {
  const total = x + y;
  if (!Number.isFinite(total)) return total;
  // Knuth's TwoSum: the exact error of the addition.
  const partOfY = total - x;
  const error = x - (total - partOfY) + (y - partOfY);
  if (error === 0) return total;
  scratch[0] = total;
  const low = scratchWords[0] ?? 0;
  if (low % 2 === 1) return total;
  if (error > 0 === total > 0) {
    scratchWords[0] = low + 1;
  } else {
    scratchWords[0] = low - 1;
    if (low === 0) scratchWords[1] = (scratchWords[1] ?? 0) - 1;
  }
  return scratch[0] ?? 0;
}

/** The sum of `values[start, end)`, all fp32, as a double rounded to odd; -0 only if all of them are -0. */
export function sumToOdd(values: Float32Array, start: number, end: number): number {
  let total = -0;
  let exact = true;
  for (let index = start; index < end; index += 1) {
    const value = values[index] ?? 0;
    const next = total + value;
    const partOfValue = next - total;
    exact &&= total - (next - partOfValue) + (value - partOfValue) === 0;
    total = next;
  }
  // An infinity or NaN also makes the error NaN, and the plain sum is then the answer.
  return exact || !Number.isFinite(total) ? total : sumAsInteger(values, start, end);
}

/** Exponent of the unit in which every fp32 number is a whole number. */
const UNIT_EXPONENT = 149;

function sumAsInteger(values: Float32Array, start: number, end: number): number {
  let total = 0n;
  for (let index = start; index < end; index += 1) total += wholeUnits(values[index] ?? 0);
  const magnitude = total < 0n ? -total : total;
  const excess = Math.max(magnitude.toString(2).length - 53, 0);
  const kept = magnitude >> BigInt(excess);
  const lost = kept << BigInt(excess) !== magnitude;
  const rounded = Number(lost ? kept | 1n : kept) * powerOfTwo(excess - UNIT_EXPONENT);
  return total < 0n ? -rounded : rounded;
}

function wholeUnits(value: number): bigint {
  // Two exact steps, since 2^149 times a large number is beyond a double.
  const exponent = exponentOf(value);
  return BigInt(value * powerOfTwo(23 - exponent)) << BigInt(exponent - 23 + UNIT_EXPONENT);
}

/** Exponent of the leading bit of a nonzero normal double; -126 for zero. */
export function exponentOf(value: number): number {
  if (value === 0) return -126;
  scratch[0] = value;
  return (((scratchWords[1] ?? 0) >>> 20) & 0x7ff) - 1023;
}

/** 2^exponent, exact, for exponents of normal doubles. */
export function powerOfTwo(exponent: number): number {
  scratchWords[0] = 0;
  scratchWords[1] = (exponent + 1023) << 20;
  return scratch[0] ?? 0;
}
