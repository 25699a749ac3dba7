import type { Accumulation, PassPlan } from './accumulation.ts';
import { addToOdd, exponentOf, powerOfTwo, sumToOdd } from './exact-sum.ts';
import { addFloat32, flushSubnormal, roundToFloat32 } from './float32.ts';
import { roundToEven } from './integer-formats.ts';

/** Sums `products[start, end)`, fp32 numbers without subnormals, at least one of them, as a pass does. */
export type SumPass = (products: Float32Array, start: number, end: number) => number;

/** The pass of a floating-point model. */
export function sumPassOf(accumulation: Exclude<Accumulation, { kind: 'int32' }>): SumPass {
  switch (accumulation.kind) {
    case 'sequential':
      return chain(addFloat32);
    case 'one-chain':
      return chain(accumulation.rounding === 'nearest-even' ? addFloat32 : addTowardZero);
    case 'groups-of-four':
      return sumInGroups;
    case 'pairwise-tree':
      return sumTree;
    case 'narrow': {
      const format = NARROW_FORMATS[accumulation.format];
      return chain((sum, value) => roundTo(format, addToOdd(sum, value)));
    }
    case 'aligned':
      return (products, start, end) =>
        sumAligned(accumulation.bits, accumulation.group, products, start, end);
  }
}

/** The sum of all `products` of an element of C: pass by pass, the passes added in fp32 in order. */
export function sumPasses(plan: PassPlan, sumPass: SumPass, products: Float32Array): number {
  let total = 0;
  for (let segment = 0; segment < plan.products; segment += plan.segment) {
    const segmentEnd = segment + plan.segment;
    for (let start = segment; start < segmentEnd; start += plan.pass) {
      const sum = sumPass(products, start, Math.min(start + plan.pass, segmentEnd));
      total = start === 0 ? sum : addFloat32(total, sum);
    }
  }
  return total;
}

function chain(add: (sum: number, value: number) => number): SumPass {
  return (products, start, end) => {
    let sum = 0;
    for (let index = start; index < end; index += 1) sum = add(sum, products[index] ?? 0);
    return sum;
  };
}

function sumInGroups(products: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let first = start; first < end; first += 4) {
    const group = sumToOdd(products, first, Math.min(first + 4, end));
    sum = addFloat32(sum, roundToFloat32(group));
  }
  return sum;
}

/** Level by level; the last of an odd number of values goes up unchanged. */
function sumTree(products: Float32Array, start: number, end: number): number {
  let level = products.subarray(start, end);
  while (level.length > 1) {
    const below = level;
    level = Float32Array.from({ length: (below.length + 1) >> 1 }, (_, index) => {
      const left = below[2 * index] ?? 0;
      const right = below[2 * index + 1];
      return right === undefined ? left : addFloat32(left, right);
    });
  }
  return level[0] ?? 0;
}

const LARGEST_FLOAT32 = 3.4028234663852886e38;

function addTowardZero(x: number, y: number): number {
  const exact = addToOdd(x, y);
  const nearest = Math.fround(exact);
  if (!Number.isFinite(exact)) return exact;
  if (!Number.isFinite(nearest)) return exact > 0 ? LARGEST_FLOAT32 : -LARGEST_FLOAT32;
  return flushSubnormal(cut(exact, 24));
}

interface NarrowFormat {
  readonly significantBits: number;
  readonly lowestExponent: number;
  readonly highestExponent: number;
}

const NARROW_FORMATS: Readonly<Record<'bf16' | 'fp16', NarrowFormat>> = {
  bf16: { significantBits: 8, lowestExponent: -126, highestExponent: 127 },
  fp16: { significantBits: 11, lowestExponent: -14, highestExponent: 15 },
};

/** Nearest number of `format`, ties to even; below its normal range zero, beyond its largest infinity. */
function roundTo(format: NarrowFormat, value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const unit = powerOfTwo(exponentOf(value) - format.significantBits + 1);
  const rounded = roundToEven(value / unit) * unit;
  if (Math.abs(rounded) < powerOfTwo(format.lowestExponent)) return 0 * value;
  return Math.abs(rounded) < powerOfTwo(format.highestExponent + 1)
    ? rounded
    : rounded * Number.POSITIVE_INFINITY;
}

/** `value` with all but its leading `bits` significant bits made zero. */
function cut(value: number, bits: number): number {
  if (value === 0) return value;
  const unit = powerOfTwo(exponentOf(value) - bits + 1);
  return Math.trunc(value / unit) * unit;
}

function sumAligned(bits: number, group: number, products: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let first = start; first < end; first += group) {
    sum = addAligned(bits, sum, products.subarray(first, Math.min(first + group, end)));
  }
  return sum;
}

function addAligned(bits: number, sum: number, values: Float32Array): number {
  const plain = values.reduce((total, value) => total + value, sum);
  const largest = values.reduce((top, value) => Math.max(top, Math.abs(value)), Math.abs(sum));
  // Infinity or NaN among them; finite numbers this few cannot overflow a double.
  if (!Number.isFinite(plain) || largest === 0) return largest === 0 ? 0 : plain;
  const unit = powerOfTwo(exponentOf(largest) - bits + 1);
  const units = values.reduce((total, value) => total + Math.trunc(value / unit), Math.trunc(sum / unit));
  const total = cut(units * unit, bits);
  // Cutting never reaches infinity. No -0 arises from a sum of zero: integers have none.
  if (Math.abs(total) > LARGEST_FLOAT32) return Math.sign(total) * cut(LARGEST_FLOAT32, bits);
  return total === 0 ? 0 : flushSubnormal(total);
}
