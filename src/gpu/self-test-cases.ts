import { createRandom, type Random } from '../base/random.ts';
import type { Accumulation } from '../numerics/accumulation.ts';
import { bitsOfFloat32 } from '../numerics/float32.ts';
import type { LoadedOperands } from '../numerics/loaded-operands.ts';
import type { MatmulRequest } from '../numerics/matmul-request.ts';
import { nextNormal, randomInt8 } from '../numerics/random-operands.ts';

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

/** Draws one fp32 bit pattern; bf16 takes its upper half. */
type Draw = (random: Random) => number;

interface FloatCase {
  readonly name: string;
  readonly normalRange: boolean;
  readonly extents: Extents;
  readonly draw: Draw;
}

/**
 * Data chosen to expose arithmetic that is not quite the reference's: another order, another rounding, a
 * lost or kept subnormal. Extents are ragged, and k is not a multiple of the pass.
 */
const FLOAT_CASES: readonly FloatCase[] = [
  { name: 'one product', normalRange: true, extents: { m: 1, k: 1, n: 1, passRows: 128 }, draw: gaussian },
  { name: 'ragged', normalRange: true, extents: { m: 37, k: 300, n: 29, passRows: 128 }, draw: gaussian },
  { name: 'passes of 3', normalRange: true, extents: { m: 9, k: 20, n: 11, passRows: 3 }, draw: gaussian },
  {
    name: 'cancellation',
    normalRange: true,
    extents: { m: 16, k: 257, n: 24, passRows: 128 },
    draw: cancelling,
  },
  {
    name: 'powers of two',
    normalRange: true,
    extents: { m: 17, k: 200, n: 16, passRows: 64 },
    draw: powerOfTwo,
  },
  { name: 'near ties', normalRange: true, extents: { m: 16, k: 130, n: 17, passRows: 128 }, draw: nearTie },
  {
    name: 'subnormal operands',
    normalRange: false,
    extents: { m: 16, k: 64, n: 16, passRows: 32 },
    draw: subnormal,
  },
  {
    name: 'products and sums near 2^-126',
    normalRange: false,
    extents: { m: 24, k: 96, n: 24, passRows: 32 },
    draw: underflowing,
  },
  { name: 'overflow', normalRange: false, extents: { m: 16, k: 40, n: 16, passRows: 16 }, draw: overflowing },
  {
    name: 'infinities and NaN',
    normalRange: false,
    extents: { m: 24, k: 24, n: 24, passRows: 8 },
    draw: special,
  },
];

/** Cases for kernels that take `carrier` operands and sum them with `accumulation`. */
export function selfTestCases(
  carrier: LoadedOperands['carrier'],
  accumulation: Accumulation,
): readonly SelfTestCase[] {
  if (carrier === 'int8') return [int8Case({ m: 21, k: 131, n: 35, passRows: 128 })];
  return FLOAT_CASES.map(({ name, normalRange, extents, draw }, index) => {
    const random = createRandom(index);
    const { m, k, n } = extents;
    const bits = (count: number): Uint32Array => Uint32Array.from({ length: count }, () => draw(random));
    const [a, b] = [bits(m * k), bits(k * n)];
    const request: MatmulRequest =
      carrier === 'fp32'
        ? {
            ...extents,
            accumulation,
            dtype: 'fp32',
            a: new Float32Array(a.buffer),
            b: new Float32Array(b.buffer),
          }
        : { ...extents, accumulation, dtype: 'bf16', a: upperHalves(a), b: upperHalves(b) };
    return { name, normalRange, request };
  });
}

function int8Case(extents: Extents): SelfTestCase {
  const random = createRandom(8);
  const { m, k, n } = extents;
  const a = randomInt8(random, m * k);
  const request: MatmulRequest = { ...extents, dtype: 'int8', a, b: randomInt8(random, k * n) };
  return { name: 'int8, ragged', normalRange: true, request };
}

function upperHalves(bits: Uint32Array): Uint16Array {
  return Uint16Array.from(bits, (each) => each >>> 16);
}

function gaussian(random: Random): number {
  return bitsOfFloat32(nextNormal(random));
}

/** Magnitudes 2^-12 to 2^12 with either sign: sums lose most of their leading bits again and again. */
function cancelling(random: Random): number {
  const exponent = random.nextBelow(25) - 12;
  const significand = random.nextBelow(8) === 0 ? 1 + random.nextBelow(128) / 128 : 1;
  return bitsOfFloat32(signOf(random) * significand * 2 ** exponent);
}

function powerOfTwo(random: Random): number {
  return bitsOfFloat32(signOf(random) * 2 ** (random.nextBelow(31) - 15));
}

/** Products of 1 +- 2^-7, of 2^-12 and of their squares fall on and beside half units of a sum near 1. */
function nearTie(random: Random): number {
  const near = [1, 1 + 2 ** -7, 1 - 2 ** -8, 2 ** -12, 2 ** -12 * (1 + 2 ** -7), 2 ** -13, 0];
  return bitsOfFloat32(signOf(random) * (near[random.nextBelow(near.length)] ?? 0));
}

/** Sign and fraction of any number. */
function anyFraction(random: Random): number {
  return random.nextUint32() & 0x807fffff;
}

function withExponent(random: Random, lowest: number, count: number): number {
  return (anyFraction(random) | ((lowest + random.nextBelow(count) + 127) << 23)) >>> 0;
}

function subnormal(random: Random): number {
  return random.nextBelow(2) === 0 ? anyFraction(random) >>> 0 : gaussian(random);
}

function underflowing(random: Random): number {
  return withExponent(random, -67, 8);
}

function overflowing(random: Random): number {
  return withExponent(random, 60, 5);
}

function special(random: Random): number {
  const rare = [0x7f80, 0xff80, 0x7fc1, 0xff81, 0x0000, 0x8000, 0x7f7f, 0xff7f, 0x0080, 0x8001];
  return random.nextBelow(8) === 0 ? (rare[random.nextBelow(rare.length)] ?? 0) * 65536 : gaussian(random);
}

function signOf(random: Random): number {
  return random.nextBelow(2) === 0 ? 1 : -1;
}
