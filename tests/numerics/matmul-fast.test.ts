import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/base/random.ts';
import { InputError } from '../../src/base/result.ts';
import { ACCUMULATIONS } from '../../src/numerics/accumulation.ts';
import { MATMUL_DTYPES } from '../../src/numerics/dtypes.ts';
import { matmulFast } from '../../src/numerics/matmul-fast.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import type { MatmulRequest, MatmulValues } from '../../src/numerics/matmul-request.ts';
import { randomOperands } from '../../src/numerics/random-operands.ts';

function bitsOf(values: MatmulValues): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

const shapes = fc.record({
  m: fc.integer({ min: 1, max: 21 }),
  k: fc.integer({ min: 1, max: 70 }),
  n: fc.integer({ min: 1, max: 19 }),
  passRows: fc.integer({ min: 1, max: 80 }),
});

function withBf16(
  shape: { m: number; k: number; n: number; passRows: number },
  draw: () => number,
): MatmulRequest {
  const bits = (count: number): Uint16Array => Uint16Array.from({ length: count }, draw);
  return { ...shape, dtype: 'bf16', a: bits(shape.m * shape.k), b: bits(shape.k * shape.n) };
}

const DRAWS: readonly (readonly [string, (random: Random) => number])[] = [
  ['any bf16 pattern', (random) => random.nextBelow(0x10000)],
  ['products around 2^-126', (random) => (random.nextUint32() & 0x807f) | ((59 + random.nextBelow(9)) << 7)],
  ['subnormals and ones', (random) => (random.nextBelow(2) === 0 ? random.nextUint32() & 0x807f : 0x3f80)],
  [
    'cancelling powers of two',
    (random) => (random.nextUint32() & 0x8000) | ((117 + random.nextBelow(20)) << 7),
  ],
];

describe('the fast matmul equals the reference bit for bit', () => {
  it.each(MATMUL_DTYPES)('%s, any shape', (dtype) => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const request: MatmulRequest = { ...shape, ...randomOperands(createRandom(seed), dtype, shape) };
        expect(bitsOf(matmulFast(request))).toEqual(bitsOf(matmulReference(request)));
      }),
      { numRuns: 40 },
    );
  });

  it.each(DRAWS)('%s', (_name, draw) => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, seed) => {
        const random = createRandom(seed);
        const request = withBf16(shape, () => draw(random));
        expect(bitsOf(matmulFast(request))).toEqual(bitsOf(matmulReference(request)));
      }),
      { numRuns: 60 },
    );
  });

  it.each(Object.entries(ACCUMULATIONS).filter(([id]) => id !== 'int32'))(
    'sums as %s',
    (_id, accumulation) => {
      const shape = { m: 5, k: 600, n: 9, passRows: 100 };
      const request: MatmulRequest = {
        ...shape,
        accumulation,
        ...randomOperands(createRandom(3), 'bf16', shape),
      };
      expect(bitsOf(matmulFast(request))).toEqual(bitsOf(matmulReference(request)));
    },
  );

  it('beyond one block in both directions', () => {
    const shape = { m: 515, k: 5, n: 521, passRows: 2 };
    const request: MatmulRequest = { ...shape, ...randomOperands(createRandom(4), 'bf16', shape) };
    expect(bitsOf(matmulFast(request))).toEqual(bitsOf(matmulReference(request)));
  });

  it('refuses what the reference refuses', () => {
    const a = new Uint16Array(1);
    expect(() => matmulFast({ dtype: 'bf16', m: 1, k: 2, n: 1, passRows: 1, a, b: a })).toThrow(InputError);
  });
});
