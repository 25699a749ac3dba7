import { describe, expect, it } from 'vitest';
import { laggedFractions, laggedIntegers } from '../../src/ici/lagged-fibonacci.ts';

/** Knuth prints one number of each generator for this seed (the fraction to 20 digits); it comes after 2009 blocks, of which 100 numbers count. */
const SEED = 310_952;
const NUMBERS_BEFORE = 2009 * 100;

function numberAfter(count: number, next: () => number): number {
  for (let left = count; left > 0; left--) next();
  return next();
}

describe('lagged Fibonacci generators', () => {
  it('give the numbers that Knuth prints to check an implementation', () => {
    expect(numberAfter(NUMBERS_BEFORE, laggedIntegers(SEED))).toBe(995_235_265);
    expect(numberAfter(NUMBERS_BEFORE, laggedFractions(SEED))).toBe(0.3641051437756968);
  });

  it('stay in their ranges, whatever the seed', () => {
    for (const seed of [0, 1, 2 ** 30 - 1, 2 ** 30, 2 ** 32 - 1]) {
      const [integer, fraction] = [laggedIntegers(seed), laggedFractions(seed)];
      for (let count = 0; count < 1000; count++) {
        const [whole, part] = [integer(), fraction()];
        expect(Number.isInteger(whole) && whole >= 0 && whole < 2 ** 30).toBe(true);
        expect(part >= 0 && part < 1).toBe(true);
      }
    }
  });
});
