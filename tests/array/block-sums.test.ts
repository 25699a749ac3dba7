import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSums } from '../../src/array/block-sums.ts';
import {
  FLOAT_ARITHMETIC,
  INTEGER_ARITHMETIC,
  operandSource,
  type PeArithmetic,
} from '../../src/array/operands.ts';
import { addUp, vectorSums } from '../../src/array/partial-sums.ts';
import { scheduleOf } from '../../src/array/schedule.ts';
import { arrayStateAt } from '../../src/array/state.ts';
import { EMPTY } from '../../src/array/state-grids.ts';
import { arrayValues } from '../../src/array/values.ts';
import { blocksOf, entriesOf, WantedList } from '../../src/array/wanted-sums.ts';
import { createRandom, type Random } from '../../src/base/random.ts';
import { float32FromBf16 } from '../../src/numerics/bf16.ts';
import { bf16Operands, int8Operands } from './arbitrary-cases.ts';

type Storage = Float32ArrayConstructor | Int8ArrayConstructor;
type Draw = (random: Random) => number;

const near = (exponent: number): Draw => {
  return (random) => {
    const bits = ((127 + exponent + random.nextBelow(4)) << 7) | random.nextBelow(128);
    return random.nextBelow(8) === 0 ? 0 : float32FromBf16(bits | (random.nextBelow(2) << 15));
  };
};
const ADVERSARIAL = [
  0,
  -0,
  2 ** -126,
  -(2 ** -126),
  2 ** -133,
  -(2 ** -130),
  2 ** 127,
  -(2 ** 127),
  2 ** 64,
  1,
];

/** Kinds of operands; the first few elements along K may be of another kind than the rest. */
const FLOATS: readonly Draw[] = [
  near(-2),
  near(-64),
  near(-70),
  near(62),
  (random) => float32FromBf16(random.nextBelow(65536)),
  (random) => ADVERSARIAL[random.nextBelow(ADVERSARIAL.length)],
  (random) => [Infinity, -Infinity, Number.NaN, 0, -0, 1, -1, 2 ** -126][random.nextBelow(8)],
];
const INTEGERS: readonly Draw[] = [
  (random) => random.nextBelow(256) - 128,
  (random) => [-128, 127, 0][random.nextBelow(3)],
];

interface Case {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly kinds: readonly [number, number];
  /** Depths fall along diagonals as in the array, or are random. */
  readonly isDiagonal: boolean;
  /** Where the elements are: made up one at a time, in doubles, or as fp32 or int8 in memory. */
  readonly storage: 'nowhere' | 'doubles' | 'own';
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  m: fc.integer({ min: 1, max: 21 }),
  n: fc.integer({ min: 1, max: 27 }),
  k: fc.integer({ min: 1, max: 600 }),
  kinds: fc.tuple(fc.nat(20), fc.nat(20)),
  isDiagonal: fc.boolean(),
  storage: fc.constantFrom('nowhere', 'doubles', 'own'),
  seed: fc.nat(),
});

/** Sums wanted of each of two GEMMs, some elements twice. */
function wantedOf({ m, n, k, isDiagonal }: Case, random: Random): WantedList {
  const wanted = new WantedList(5 * m * n);
  let place = 0;
  for (let repeat = 0; repeat < 2; repeat++) {
    const firstK = random.nextBelow(k);
    const front = random.nextBelow(k + m + n);
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        const depth = isDiagonal
          ? Math.min(front - row - column, k - firstK)
          : 1 + random.nextBelow(k - firstK);
        if (depth < 1 || random.nextBelow(9) === 0) continue;
        // Some places are left out, as by registers that hold nothing.
        if (random.nextBelow(9) === 0) place++;
        wanted.want(place++, repeat, row, column, firstK, depth);
        if (random.nextBelow(9) > 0) continue;
        wanted.want(place++, repeat, row, column, firstK, random.nextBelow(2) ? depth : 1);
      }
    }
  }
  return wanted;
}

function sourceOf({ m, n, k, kinds, storage, seed }: Case, draws: readonly Draw[], own: Storage) {
  const random = createRandom(seed);
  const change = random.nextBelow(k + 1);
  const value = (index: number): number => draws[kinds[index < change ? 0 : 1] % draws.length](random);
  const a = Float64Array.from({ length: 2 * m * k }, (_, index) => value(index % k));
  const b = Float64Array.from({ length: 2 * k * n }, (_, index) => value(Math.floor(index / n) % k));
  const { a: ofA, b: ofB, ...stored } = operandSource({ m, k, n }, { a, b });
  if (storage === 'nowhere') return { a: ofA, b: ofB };
  if (storage === 'doubles') return { a: ofA, b: ofB, ...stored };
  return operandSource({ m, k, n }, { a: own.from(a), b: own.from(b) });
}

describe('sums of a block in vectors', () => {
  it.each([
    ['bf16', FLOATS, FLOAT_ARITHMETIC, Float32Array],
    ['int8', INTEGERS, INTEGER_ARITHMETIC, Int8Array],
  ] as const)('have the bits of one product after the other, %s', (_, draws, arithmetic, storage) => {
    const vectors = new BlockSums();
    let inVectors = 0;
    fc.assert(
      fc.property(cases, (testCase) => {
        const wanted = wantedOf(testCase, createRandom(testCase.seed + 1));
        const source = sourceOf(testCase, draws, storage);
        const expected = singly(wanted, source, arithmetic);
        const out = new Float64Array(wanted.row.length).fill(Number.NaN);
        for (const block of blocksOf(wanted)) {
          const rest = new Set(vectors.add(block, wanted, source, arithmetic, out));
          for (const entry of entriesOf(block)) {
            if (rest.has(entry)) continue;
            inVectors += 1;
            expectSame(out[entry], expected[entry]);
          }
        }
      }),
      { numRuns: 400, seed: 21 },
    );
    expect(inVectors).toBeGreaterThan(50_000);
  });

  it('leaves operands of more digits to the slow path', () => {
    const wanted = new WantedList(1);
    wanted.want(0, 0, 0, 0, 0, 2);
    const [block] = blocksOf(wanted);
    const gemm = { m: 1, k: 2, n: 1 };
    const left = (a: number[], arithmetic: PeArithmetic) =>
      new BlockSums().add(
        block,
        wanted,
        operandSource(gemm, { a, b: [1, 1] }),
        arithmetic,
        new Float64Array(1),
      );
    expect(left([1, 2], FLOAT_ARITHMETIC)).toEqual([]);
    expect(left([1, 0.1], FLOAT_ARITHMETIC)).toEqual([0]);
    expect(left([1, 1 + 2 ** -10], FLOAT_ARITHMETIC)).toEqual([0]);
    expect(left([1, 40_000], INTEGER_ARITHMETIC)).toEqual([0]);
  });

  it.each(['ws', 'os', 'is'] as const)('are those of whole arrays, %s', (dataflow) => {
    expect(vectorSums()).toBeDefined();
    const gemm = { m: 90, k: 300, n: 70 };
    for (const [doubleBuffered, rowsPerCycle] of [
      [true, 1],
      [false, 1],
      [true, 2],
    ] as const) {
      const config = { rows: 24, columns: 33, dataflow, doubleBuffered, rowsPerCycle };
      const { cycles } = scheduleOf(config, gemm);
      for (const [operands, arithmetic] of [
        [int8Operands(gemm, 3), INTEGER_ARITHMETIC],
        [bf16Operands(gemm, 3, -3), FLOAT_ARITHMETIC],
        [bf16Operands(gemm, 3, -66), FLOAT_ARITHMETIC],
      ] as const) {
        for (let cycle = 20; cycle < cycles; cycle += Math.ceil(cycles / 9)) {
          const state = arrayStateAt(config, gemm, cycle);
          const source = operandSource(gemm, operands);
          const { sum } = arrayValues(config, gemm, state, source, arithmetic);
          const wanted = new WantedList(sum.length);
          state.sumRow.forEach((row, at) => {
            if (row === EMPTY) return;
            wanted.want(at, 0, row, state.sumColumn[at], state.sumFirstK[at], state.sumDepth[at]);
          });
          const expected = new Float64Array(sum.length);
          addUp(gemm, gemm.k, wanted, source, arithmetic, expected, undefined);
          expect(sum).toEqual(expected);
        }
      }
    }
  });
});

function singly(
  wanted: WantedList,
  source: ReturnType<typeof sourceOf>,
  arithmetic: PeArithmetic,
): Float64Array {
  const out = new Float64Array(wanted.row.length);
  for (let entry = 0; entry < wanted.row.length; entry++) {
    if (wanted.row[entry] === EMPTY) continue;
    const [row, column] = [wanted.row[entry], wanted.column[entry]];
    const [repeat, firstK] = [wanted.repeat[entry], wanted.firstK[entry]];
    let sum = 0;
    for (let at = firstK; at < firstK + wanted.depth[entry]; at++) {
      sum = arithmetic.multiplyAdd(sum, source.a(row, at, repeat), source.b(at, column, repeat));
    }
    out[entry] = sum;
  }
  return out;
}

function expectSame(found: number, expected: number): void {
  if (!Object.is(found, expected)) expect(found).toBe(expected);
}
