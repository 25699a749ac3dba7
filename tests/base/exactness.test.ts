import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { digestOf } from '../../src/base/digest.ts';
import { ceilDiv, modulo, roundUp } from '../../src/base/integers.ts';
import { createRandom } from '../../src/base/random.ts';
import { InputError, oneLine } from '../../src/base/result.ts';
import { picosecondsFromBytes, picosecondsFromCycles, picosecondsFromSeconds } from '../../src/base/time.ts';

describe('canonical JSON', () => {
  it('does not depend on the order of members, and reads back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it('leaves out what is undefined and has no form for NaN', () => {
    expect(canonicalJson({ b: [1, 'x'], a: undefined })).toBe('{"b":[1,"x"]}');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(/NaN/);
  });
});

describe('digest', () => {
  it('is SHA-256 of the canonical text', () => {
    // The digest of `{}` as any SHA-256 tool prints it.
    expect(digestOf({})).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});

describe('time', () => {
  it('rounds up, but not for the noise of a division', () => {
    expect(picosecondsFromSeconds(1e-12)).toBe(1);
    expect(picosecondsFromSeconds(1.0001e-12)).toBe(2);
    expect(picosecondsFromCycles(7, 700e6)).toBe(10_000);
    expect(picosecondsFromBytes(0, 1)).toBe(0);
  });

  it('says so when the timeline is too short', () => {
    expect(() => picosecondsFromSeconds(1e9)).toThrow(/time: expected at most 9007 s/);
    expect(() => picosecondsFromSeconds(Number.NaN)).toThrow(InputError);
  });
});

describe('integers', () => {
  const size = fc.integer({ min: 0, max: 2 ** 50 });
  const step = fc.integer({ min: 1, max: 2 ** 20 });

  it('ceilDiv is the smallest that suffices', () => {
    fc.assert(
      fc.property(size, step, (value, divisor) => {
        const quotient = ceilDiv(value, divisor);
        expect(BigInt(quotient) * BigInt(divisor) >= BigInt(value)).toBe(true);
        expect(BigInt(quotient - 1) * BigInt(divisor) < BigInt(value)).toBe(true);
      }),
    );
  });

  it('roundUp gives multiples, modulo the sign of its modulus', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 30 }), step, (value, multiple) => {
        expect(roundUp(value, multiple) % multiple).toBe(0);
        expect(modulo(-value, multiple)).toBeGreaterThanOrEqual(0);
        expect((modulo(-value, multiple) + value) % multiple).toBe(0);
      }),
    );
  });
});

describe('random numbers', () => {
  it('are the same for the same seed and differ for others', () => {
    const draw = (seed: number): readonly number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 8 }, () => random.nextUint32());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('are even enough: each of 16 buckets gets its share of 160,000', () => {
    const random = createRandom(7);
    const buckets = new Array<number>(16).fill(0);
    for (let draw = 0; draw < 160_000; draw++) buckets[random.nextBelow(16)] += 1;
    // Five standard deviations of a binomial with p = 1/16.
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

describe('messages', () => {
  it('are one short line whatever they quote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const { message } = new InputError('here', text);
        expect(message.length).toBeLessThanOrEqual(400);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly what must not be there
        expect(message).not.toMatch(/[\u0000-\u001f\u2028\u2029]/);
      }),
    );
    expect(oneLine('a\nb\u0000c')).toBe('a b c');
  });
});
