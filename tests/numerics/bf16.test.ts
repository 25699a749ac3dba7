import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bf16FromFloat32, float32FromBf16, flushBf16Bits, loadBf16 } from '../../src/numerics/bf16.ts';
import { bitsOfFloat32, float32FromBits } from '../../src/numerics/float32.ts';

const ALL_BF16 = Array.from({ length: 0x10000 }, (_, bits) => bits);
const isNaNBits = (bits: number): boolean => (bits & 0x7fff) > 0x7f80;

describe('bf16', () => {
  it('survives fp32 and back for each of its 65,536 patterns', () => {
    const changed = ALL_BF16.filter(
      (bits) => !isNaNBits(bits) && bf16FromFloat32(float32FromBf16(bits)) !== bits,
    );
    expect(changed).toEqual([]);
  });

  it('keeps NaN a quiet NaN, also where only low fraction bits were set', () => {
    for (const bits of [0x7f800001, 0xff800001, 0x7fc00000, 0x7fffffff]) {
      const result = bf16FromFloat32(float32FromBits(bits));
      expect(isNaNBits(result) && (result & 0x40) !== 0).toBe(true);
    }
  });

  it('takes the nearer neighbour, and the even one of two equally near', () => {
    const wrong = ALL_BF16.filter((bits) => {
      const exponent = (bits >> 7) & 0xff;
      if (exponent === 0xff || bits === 0x7f7f || bits === 0xff7f) return false;
      const here = float32FromBf16(bits);
      const next = float32FromBf16(bits + 1);
      const middle = (here + next) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const step = Math.abs(next - here) / 256;
      const outward = here < 0 || Object.is(here, -0) ? -step : step;
      return (
        bf16FromFloat32(middle) !== even ||
        bf16FromFloat32(middle - outward) !== bits ||
        bf16FromFloat32(middle + outward) !== bits + 1
      );
    });
    expect(wrong).toEqual([]);
  });

  it('overflows to infinity half a unit above its largest number', () => {
    const largest = float32FromBf16(0x7f7f);
    const unit = largest - float32FromBf16(0x7f7e);
    expect(bf16FromFloat32(largest + unit / 2)).toBe(0x7f80);
    expect(bf16FromFloat32(largest + unit * 0.49)).toBe(0x7f7f);
  });

  it('loads every subnormal as zero of its sign and everything else as it is', () => {
    for (const bits of ALL_BF16) {
      const expected = (bits & 0x7f80) === 0 ? (bits & 0x8000 ? -0 : 0) : float32FromBf16(bits);
      if (!Object.is(loadBf16(bits), expected)) expect.fail(`0x${bits.toString(16)}`);
      if (!isNaNBits(bits) && !Object.is(float32FromBf16(flushBf16Bits(bits)), expected)) {
        expect.fail(`0x${bits.toString(16)}`);
      }
    }
  });

  it('is never further than half a unit from a normal fp32 number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0x00800000, max: 0x7f000000 }), (bits) => {
        const value = float32FromBits(bits);
        const rounded = float32FromBf16(bf16FromFloat32(value));
        const unit = float32FromBits(bitsOfFloat32(value) & 0x7f800000) * 2 ** -7;
        expect(Math.abs(rounded - value)).toBeLessThanOrEqual(unit / 2);
      }),
    );
  });
});
