import { assertDefined } from '../base/assert.ts';
import { createRandom, type Random } from '../base/random.ts';
import { type Accumulation, passPlan } from './accumulation.ts';
import { sumPasses, sumPassOf } from './accumulators.ts';
import { bf16FromFloat32, float32FromBf16 } from './bf16.ts';
import { nextNormal } from './random-operands.ts';

/** One row of the table: an order of summation on an array of so many rows. */
export interface SummationOrder {
  readonly id: string;
  readonly name: string;
  readonly accumulation: Exclude<Accumulation, { kind: 'int32' }>;
  readonly passRows: number;
}

const ANY_ROWS = 128;

/** The orders of the accumulation table; the first is what the others are compared with. */
export const SUMMATION_ORDERS: readonly SummationOrder[] = [
  {
    id: 'C',
    name: 'sequential over all of k',
    accumulation: { kind: 'one-chain', rounding: 'nearest-even' },
    passRows: ANY_ROWS,
  },
  {
    id: 'A128',
    name: 'sequential in passes of 128 rows',
    accumulation: { kind: 'sequential' },
    passRows: 128,
  },
  {
    id: 'A256',
    name: 'sequential in passes of 256 rows',
    accumulation: { kind: 'sequential' },
    passRows: 256,
  },
  {
    id: 'B128',
    name: 'groups of four, one rounding, 128 rows',
    accumulation: { kind: 'groups-of-four' },
    passRows: 128,
  },
  { id: 'T', name: 'pairwise tree', accumulation: { kind: 'pairwise-tree' }, passRows: ANY_ROWS },
  {
    id: 'Z',
    name: 'sequential, rounding toward zero',
    accumulation: { kind: 'one-chain', rounding: 'toward-zero' },
    passRows: ANY_ROWS,
  },
];

export interface ErrorGrowth {
  readonly order: SummationOrder;
  readonly points: readonly ErrorPoint[];
}

export interface ErrorPoint {
  readonly k: number;
  /** Root mean square of result minus fp64 sum, divided by sqrt(k), the size of such a sum. */
  readonly rmsErrorPerSqrtK: number;
  /** Share of results with the bits that the first order gives. */
  readonly bitEqualShare: number;
}

interface Tally {
  squares: number;
  equal: number;
}

/**
 * Sums `dots` dot products of bf16 vectors of about N(0, 1) in every order, at each of `lengths` (the first
 * k elements of the same vectors), and compares them with fp64 and with the first order.
 */
export function errorGrowth(
  orders: readonly SummationOrder[],
  lengths: readonly number[],
  { dots, seed }: { readonly dots: number; readonly seed: number },
): readonly ErrorGrowth[] {
  const random = createRandom(seed);
  const tallies = orders.map(() => lengths.map((): Tally => ({ squares: 0, equal: 0 })));
  const longest = Math.max(...lengths);
  const products = new Float32Array(longest);
  for (let dot = 0; dot < dots; dot += 1) {
    for (let index = 0; index < longest; index += 1) products[index] = nextBf16(random) * nextBf16(random);
    for (const [column, k] of lengths.entries()) {
      const used = products.subarray(0, k);
      const exact = used.reduce((sum, value) => sum + value, 0);
      let first: number | undefined;
      for (const [row, order] of orders.entries()) {
        const sum = sumIn(order, used);
        first ??= sum;
        const tally = assertDefined(tallies[row]?.[column], 'a tally');
        tally.squares += (sum - exact) * (sum - exact);
        tally.equal += Object.is(sum, first) ? 1 : 0;
      }
    }
  }
  return orders.map((order, row) => ({
    order,
    points: lengths.map((k, column) => {
      const { squares, equal } = assertDefined(tallies[row]?.[column], 'a tally');
      return { k, rmsErrorPerSqrtK: Math.sqrt(squares / dots / k), bitEqualShare: equal / dots };
    }),
  }));
}

function sumIn({ accumulation, passRows }: SummationOrder, products: Float32Array): number {
  const plan = passPlan(accumulation, 'bf16', { k: products.length, passRows });
  return sumPasses(plan, sumPassOf(accumulation), products);
}

function nextBf16(random: Random): number {
  return float32FromBf16(bf16FromFloat32(nextNormal(random)));
}
