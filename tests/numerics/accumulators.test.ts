import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCUMULATIONS, checkAccumulation } from '../../src/numerics/accumulation.ts';
import { sumPassOf } from '../../src/numerics/accumulators.ts';
import { float32FromBits } from '../../src/numerics/float32.ts';
import { type Exact, exactOf, FLOAT32, type Rounding, roundExact } from './exact.ts';

const normalFloat32 = fc
  .tuple(fc.boolean(), fc.integer({ min: 1, max: 254 }), fc.integer({ min: 0, max: 0x7fffff }))
  .map(([negative, exponent, fraction]) =>
    float32FromBits(((negative ? 0x80000000 : 0) | (exponent << 23) | fraction) >>> 0),
  );
/** Few fraction bits and close exponents: ties and cancellation at every turn. */
const closeFloat32 = fc
  .tuple(fc.boolean(), fc.integer({ min: 100, max: 140 }), fc.integer({ min: 0, max: 7 }))
  .map(([negative, exponent, fraction]) =>
    float32FromBits(((negative ? 0x80000000 : 0) | (exponent << 23) | (fraction << 20)) >>> 0),
  );
const tinyFloat32 = fc
  .tuple(fc.boolean(), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 0x7fffff }))
  .map(([negative, exponent, fraction]) =>
    float32FromBits(((negative ? 0x80000000 : 0) | (exponent << 23) | fraction) >>> 0),
  );
const products = fc
  .array(fc.oneof(normalFloat32, closeFloat32, closeFloat32, tinyFloat32, fc.constantFrom(0, -0)), {
    minLength: 1,
    maxLength: 24,
  })
  .map((values) => Float32Array.from(values));

const add = (rounding: Rounding, values: readonly number[]): number => {
  if (values.some((value) => !Number.isFinite(value))) return values.reduce((sum, value) => sum + value, 0);
  return roundExact(
    values.reduce<Exact>((sum, value) => sum + exactOf(value), 0n),
    rounding,
  );
};
const chain = (rounding: Rounding) => (values: readonly number[]) =>
  values.reduce((sum, value) => add(rounding, [sum, value]), 0);

const BF16 = { significantBits: 8, lowestExponent: -126, highestExponent: 127 };
const FP16 = { significantBits: 11, lowestExponent: -14, highestExponent: 15 };

function groups(values: readonly number[]): number {
  let sum = 0;
  for (let start = 0; start < values.length; start += 4) {
    sum = add(FLOAT32, [sum, add(FLOAT32, values.slice(start, start + 4))]);
  }
  return sum;
}

/** Splits at the largest power of two below the length: the recursive description of the same tree. */
function tree(values: readonly number[]): number {
  if (values.length === 1) return values[0] ?? 0;
  let half = 1;
  while (half * 2 < values.length) half *= 2;
  return add(FLOAT32, [tree(values.slice(0, half)), tree(values.slice(half))]);
}

function aligned(bits: number, group: number) {
  const cutAt = (exact: Exact, unit: Exact): Exact => (exact / unit) * unit;
  const narrow = { ...FLOAT32, significantBits: bits, towardZero: true };
  return (values: readonly number[]): number => {
    let sum = 0;
    for (let start = 0; start < values.length; start += group) {
      const terms = [sum, ...values.slice(start, start + group)];
      if (terms.some((term) => !Number.isFinite(term))) return terms.reduce((total, term) => total + term, 0);
      const exact = terms.map(exactOf);
      const lengths = exact.map((term) => (term < 0n ? -term : term).toString(2).length);
      // All terms are whole multiples of 2^-1074 far above it, so the unit is one too.
      const unit = 1n << BigInt(Math.max(0, Math.max(...lengths) - bits));
      sum = roundExact(
        exact.reduce((total, term) => total + cutAt(term, unit), 0n),
        narrow,
      );
    }
    return sum;
  };
}

const ORACLES = [
  ['sequential', chain(FLOAT32)],
  ['one-chain', chain(FLOAT32)],
  ['one-chain-toward-zero', chain({ ...FLOAT32, towardZero: true })],
  ['groups-of-four', groups],
  ['pairwise-tree', tree],
  ['bf16', chain(BF16)],
  ['fp16', chain(FP16)],
  ['aligned-14-bit', aligned(14, 32)],
] as const;

describe.each(ORACLES)('%s', (id, oracle) => {
  const sum = sumPassOf(ACCUMULATIONS[id]);

  it('equals exact arithmetic rounded as its definition says', () => {
    fc.assert(
      fc.property(products, (values) => {
        const expected = oracle([...values]);
        // Signs of zero are the subject of the tests below.
        expect(sum(values, 0, values.length) + 0).toEqual(expected + 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('sums only what it is given', () => {
    expect(sum(Float32Array.of(7, 1, 2, 4, 9), 1, 4)).toBe(7);
  });

  it('follows IEEE 754 for infinities and NaN', () => {
    const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf, NaN: nan } = Number;
    const of = (...values: number[]): number => sum(Float32Array.from(values), 0, values.length);
    expect(of(1, inf, -5)).toBe(inf);
    expect(of(minusInf, 3)).toBe(minusInf);
    expect(of(inf, 1, minusInf)).toBeNaN();
    expect(of(1, nan, 2)).toBeNaN();
  });
});

describe('aligned', () => {
  it.each([
    [4, 1],
    [8, 4],
    [24, 32],
    [20, 3],
  ])('of %i bits in groups of %i equals exact arithmetic', (bits, group) => {
    const sum = sumPassOf({ kind: 'aligned', bits, group });
    fc.assert(
      fc.property(products, (values) => {
        expect(sum(values, 0, values.length) + 0).toEqual(aligned(bits, group)([...values]) + 0);
      }),
    );
  });

  it('loses what lies below its window', () => {
    const sum = sumPassOf({ kind: 'aligned', bits: 8, group: 4 });
    expect(sum(Float32Array.of(1, 2 ** -8, 2 ** -8, 2 ** -8), 0, 4)).toBe(1);
    expect(sum(Float32Array.of(1, 2 ** -7), 0, 2)).toBe(1 + 2 ** -7);
  });
});

describe('signs of zero', () => {
  const MODELS = ['sequential', 'groups-of-four', 'one-chain-toward-zero', 'bf16'] as const;
  it.each(MODELS)('%s', (id) => {
    const sum = sumPassOf(ACCUMULATIONS[id]);
    const tiny = sum(Float32Array.of(-1.5 * 2 ** -126, 2 ** -126), 0, 2);
    expect(sum(Float32Array.of(-0, -0), 0, 2)).toBe(0);
    expect(sum(Float32Array.of(3, -3), 0, 2)).toBe(0);
    // A flushed group is -0, and +0 + -0 is +0.
    expect(tiny).toBe(id === 'groups-of-four' ? 0 : -0);
  });
});

describe('a model that does not suit', () => {
  it.each([
    [{ kind: 'int32' }, 'bf16'],
    [{ kind: 'sequential' }, 'int8'],
    [{ kind: 'aligned', bits: 3, group: 1 }, 'bf16'],
    [{ kind: 'aligned', bits: 25, group: 1 }, 'bf16'],
    [{ kind: 'aligned', bits: Number.NaN, group: 1 }, 'bf16'],
    [{ kind: 'aligned', bits: 14, group: 33 }, 'bf16'],
    [{ kind: 'aligned', bits: 14, group: 1.5 }, 'bf16'],
  ] as const)('%j for %s is refused', (accumulation, dtype) => {
    expect(() => checkAccumulation(accumulation, dtype)).toThrow(/expected/);
  });
});
