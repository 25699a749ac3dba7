import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { InputError } from '../../src/base/result.ts';
import { bf16Array } from '../../src/numerics/bf16.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import type { MatmulRequest } from '../../src/numerics/matmul-request.ts';
import { randomInt8 } from '../../src/numerics/random-operands.ts';

function dot(left: readonly number[], right: readonly number[], passRows = 128): number {
  const request = { m: 1, k: left.length, n: 1, passRows } as const;
  const c = matmulReference({ ...request, dtype: 'bf16', a: bf16Array(left), b: bf16Array(right) });
  return c[0] ?? Number.NaN;
}

const TINY = 2 ** -126;

describe('bf16 reference matmul', () => {
  it('places elements row-major', () => {
    const a = bf16Array([1, 2, 3, 4, 5, 6]);
    const b = bf16Array([7, 8, 9, 10, 11, 12]);
    const c = matmulReference({ dtype: 'bf16', m: 2, k: 3, n: 2, passRows: 128, a, b });
    expect([...c]).toEqual([58, 64, 139, 154]);
  });

  it('rounds after every addition, in order of k', () => {
    const half = 2 ** -24;
    expect(dot([1, half, half], [1, 1, 1])).toBe(1);
    expect(dot([half, half, 1], [1, 1, 1])).toBe(1 + 2 ** -23);
  });

  it('starts a new accumulator with each pass and adds the passes', () => {
    const half = 2 ** -24;
    expect(dot([1, half, half, half], [1, 1, 1, 1], 2)).toBe(1 + 2 ** -23);
    expect(dot([1, half, half, half], [1, 1, 1, 1], 4)).toBe(1);
  });

  it('flushes operands, products and sums below 2^-126 to zero of their sign', () => {
    expect(dot([TINY / 2], [2])).toBe(0);
    expect(dot([TINY], [1])).toBe(TINY);
    expect(dot([TINY], [0.5])).toBe(0);
    expect(dot([1.5 * TINY, -TINY], [1, 1])).toBe(0);
    expect(dot([-1.5 * TINY, TINY], [1, 1])).toBe(-0);
    expect(dot([-TINY], [0.5])).toBe(0); // +0 + -0
  });

  it('knows infinities and has one NaN', () => {
    const inf = Number.POSITIVE_INFINITY;
    expect(dot([inf, 1], [1, 1])).toBe(inf);
    expect(dot([2 ** 100], [-(2 ** 28)])).toBe(-inf);
    const nan = matmulReference({
      dtype: 'bf16',
      m: 1,
      k: 2,
      n: 1,
      passRows: 8,
      a: Uint16Array.of(0xff80, 0x7f80),
      b: bf16Array([1, 1]),
    });
    expect(new Uint32Array(nan.buffer)[0]).toBe(0x7fc00000);
    expect(dot([inf], [0])).toBeNaN();
  });
});

describe('int8 reference matmul', () => {
  it('equals exact integer arithmetic and ignores the pass', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (m, k, seed) => {
        const random = createRandom(seed);
        const a = randomInt8(random, m * k);
        const b = randomInt8(random, k);
        const c = matmulReference({ dtype: 'int8', m, k, n: 1, passRows: 3, a, b });
        const row = (index: number): number[] => [...a.subarray(index * k, index * k + k)];
        const exact = (index: number): number =>
          row(index).reduce((total, value, at) => total + value * (b[at] ?? 0), 0);
        expect([...c]).toEqual(Array.from({ length: m }, (_, index) => exact(index)));
      }),
    );
  });

  it('wraps at 32 bits', () => {
    const k = 131_073;
    const a = new Int8Array(k).fill(-128);
    const c = matmulReference({ dtype: 'int8', m: 1, k, n: 1, passRows: 128, a, b: a });
    expect(c[0]).toBe((k * 16384) | 0);
    expect(c[0]).toBeLessThan(0);
  });
});

describe('a malformed request', () => {
  const good: MatmulRequest = {
    dtype: 'bf16',
    m: 2,
    k: 2,
    n: 2,
    passRows: 128,
    a: bf16Array([1, 2, 3, 4]),
    b: bf16Array([1, 2, 3, 4]),
  };
  it.each([
    { m: 0 },
    { m: Number.NaN },
    { k: 1e308 },
    { n: -1 },
    { n: 1.5 },
    { passRows: 0 },
    { k: 3 },
    { a: new Uint16Array(3) },
    { m: 1 << 20, n: 1 << 20 },
  ])('%j is refused', (change) => {
    expect(() => matmulReference({ ...good, ...change } as MatmulRequest)).toThrow(InputError);
  });
});
