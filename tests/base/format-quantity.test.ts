import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBinaryBytes, formatCount, formatPercent, formatSi } from '../../src/base/format-quantity.ts';

const plain = (text: string): string => text.replaceAll('\u2009', ' ');

describe('quantities', () => {
  it.each([
    [1.23e12, 'B/s', '1.23 TB/s'],
    [999.9, 'B', '1.00 kB'],
    [0, 's', '0 s'],
    [5.97e-6, 's', '5.97 us'],
    [-2500, 'B', '−2.50 kB'],
    [1e-12, 's', '1.00 ps'],
    [123_456, 'FLOP', '123 kFLOP'],
    [Number.POSITIVE_INFINITY, 's', '∞ s'],
  ])('%d %s reads %s', (value, unit, text) => {
    expect(plain(formatSi(value, unit))).toBe(text);
  });

  it('capacities are binary', () => {
    expect(plain(formatBinaryBytes(128 * 2 ** 20))).toBe('128 MiB');
    expect(plain(formatBinaryBytes(95 * 2 ** 30))).toBe('95.0 GiB');
    expect(plain(formatBinaryBytes(1023))).toBe('1023 B');
  });

  it('percentages keep three figures, and whole ones above a hundred', () => {
    expect(plain(formatPercent(0.4123))).toBe('41.2 %');
    expect(plain(formatPercent(1.5))).toBe('150 %');
    expect(plain(formatPercent(0))).toBe('0 %');
    expect(plain(formatPercent(Number.NaN))).toBe('— %');
  });

  it('counts are grouped', () => {
    expect(formatCount(1_184_402)).toBe('1,184,402');
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -9999, max: 9999 })), (count) => {
        expect(formatCount(count)).toBe(count.toLocaleString('en-US'));
      }),
    );
  });

  it('read back to within half of the last of three figures', () => {
    const powers: Readonly<Record<string, number>> = {
      n: 1e-9,
      u: 1e-6,
      m: 1e-3,
      '': 1,
      k: 1e3,
      M: 1e6,
      G: 1e9,
      T: 1e12,
    };
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 9e14, noNaN: true }), (value) => {
        const found = /^([\d.]+) ([numkMGT]?)X$/.exec(plain(formatSi(value, 'X')));
        const read = Number(found?.[1]) * (powers[found?.[2] ?? '?'] ?? Number.NaN);
        expect(Math.abs(read / value - 1)).toBeLessThan(0.0051);
      }),
    );
  });
});
