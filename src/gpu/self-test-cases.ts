import { createRandom, type Random } from '../base/random.ts';
import { bf16FromFloat32 } from '../numerics/bf16.ts';
import type { MatmulRequest } from '../numerics/matmul-request.ts';
import { randomBf16, randomInt8 } from '../numerics/random-operands.ts';

export interface SelfTestCase {
  readonly name: string;
  /** False where subnormals, infinities or NaN can arise. */
  readonly normalRange: boolean;
  readonly request: MatmulRequest;
}

interface Extents {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly passRows: number;
}

type Draw = (random: Random) => number;

/**
 * Data chosen to expose arithmetic that is not quite the reference's: another order, another rounding, a
 * lost or kept subnormal. Extents are ragged, and k is not a multiple of the pass.
 */
export function selfTestCases(): readonly SelfTestCase[] {
  return [
    bf16Case('one product', true, { m: 1, k: 1, n: 1, passRows: 128 }, gaussian),
    bf16Case('random, ragged', true, { m: 37, k: 300, n: 29, passRows: 128 }, gaussian),
    bf16Case('passes of 3', true, { m: 9, k: 20, n: 11, passRows: 3 }, gaussian),
    bf16Case('cancellation', true, { m: 16, k: 257, n: 24, passRows: 128 }, cancelling),
    bf16Case('powers of two', true, { m: 17, k: 200, n: 16, passRows: 64 }, powerOfTwo),
    bf16Case('near ties', true, { m: 16, k: 130, n: 17, passRows: 128 }, nearTie),
    bf16Case('subnormal operands', false, { m: 16, k: 64, n: 16, passRows: 32 }, subnormal),
    bf16Case('products and sums near 2^-126', false, { m: 24, k: 96, n: 24, passRows: 32 }, underflowing),
    bf16Case('overflow', false, { m: 16, k: 40, n: 16, passRows: 16 }, overflowing),
    bf16Case('infinities and NaN', false, { m: 24, k: 24, n: 24, passRows: 8 }, special),
    int8Case('int8, ragged', { m: 21, k: 131, n: 35, passRows: 128 }),
  ];
}

function bf16Case(name: string, normalRange: boolean, extents: Extents, draw: Draw): SelfTestCase {
  const random = createRandom(extents.m * 65536 + extents.k * 256 + extents.n);
  const { m, k, n } = extents;
  const operand = (count: number): Uint16Array => Uint16Array.from({ length: count }, () => draw(random));
  return { name, normalRange, request: { ...extents, dtype: 'bf16', a: operand(m * k), b: operand(k * n) } };
}

function int8Case(name: string, extents: Extents): SelfTestCase {
  const random = createRandom(8);
  const { m, k, n } = extents;
  const a = randomInt8(random, m * k);
  return { name, normalRange: true, request: { ...extents, dtype: 'int8', a, b: randomInt8(random, k * n) } };
}

function gaussian(random: Random): number {
  return randomBf16(random, 1)[0] ?? 0;
}

/** Magnitudes 2^-12 to 2^12 with either sign: sums lose most of their leading bits again and again. */
function cancelling(random: Random): number {
  const exponent = random.nextBelow(25) - 12;
  const significand = random.nextBelow(8) === 0 ? 1 + random.nextBelow(128) / 128 : 1;
  return bf16FromFloat32(signOf(random) * significand * 2 ** exponent);
}

function powerOfTwo(random: Random): number {
  return bf16FromFloat32(signOf(random) * 2 ** (random.nextBelow(31) - 15));
}

/** Products of 1 +- 2^-7, of 2^-12 and of their squares fall on and beside half units of a sum near 1. */
function nearTie(random: Random): number {
  const near = [1, 1 + 2 ** -7, 1 - 2 ** -8, 2 ** -12, 2 ** -12 * (1 + 2 ** -7), 2 ** -13, 0];
  return bf16FromFloat32(signOf(random) * (near[random.nextBelow(near.length)] ?? 0));
}

function subnormal(random: Random): number {
  return random.nextBelow(2) === 0 ? random.nextUint32() & 0x807f : gaussian(random);
}

function underflowing(random: Random): number {
  return (random.nextUint32() & 0x807f) | ((127 - 63 - 4 + random.nextBelow(8)) << 7);
}

function overflowing(random: Random): number {
  return (random.nextUint32() & 0x807f) | ((127 + 60 + random.nextBelow(5)) << 7);
}

function special(random: Random): number {
  const rare = [0x7f80, 0xff80, 0x7fc1, 0xff81, 0x0000, 0x8000, 0x7f7f, 0xff7f, 0x0080, 0x8001];
  return random.nextBelow(8) === 0 ? (rare[random.nextBelow(rare.length)] ?? 0) : gaussian(random);
}

function signOf(random: Random): number {
  return random.nextBelow(2) === 0 ? 1 : -1;
}
