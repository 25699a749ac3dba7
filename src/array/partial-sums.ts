import type { GemmShape } from './config.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';
import type { Element } from './state-grids.ts';

/** One sum wanted: C[m, n] after `depth` products from `firstK` on, to be put at `index` of the output. */
interface Wanted {
  readonly index: number;
  readonly depth: number;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** Chains of dependent additions that run side by side: one alone waits for each addition's latency. */
const CHAINS = 4;

/**
 * Sums of products, each in order of k. Rows of A and columns of B are gathered once each: many PEs share
 * them, and a column of B lies scattered in memory.
 */
export class PartialSums {
  private readonly rowsOfA: LineCache;
  private readonly columnsOfB: LineCache;
  private pending: Wanted[] = [];

  /** @param passRows products in one pass: how much of a row or column is worth gathering */
  constructor(
    gemm: GemmShape,
    passRows: number,
    source: OperandSource,
    private readonly arithmetic: PeArithmetic,
    private readonly out: Float64Array,
  ) {
    this.rowsOfA = new LineCache(gemm.k, passRows, (m, k, repeat) => source.a(m, k, repeat));
    this.columnsOfB = new LineCache(gemm.k, passRows, (n, k, repeat) => source.b(k, n, repeat));
  }

  want(index: number, { repeat, row, column }: Element, firstK: number, depth: number): void {
    this.pending.push({
      index,
      depth,
      a: this.rowsOfA.line(repeat, row, firstK),
      b: this.columnsOfB.line(repeat, column, firstK),
    });
    if (this.pending.length === CHAINS) this.flush();
  }

  /** Works off what is still wanted. */
  flush(): void {
    const { arithmetic, pending, out } = this;
    const quick = arithmetic.quickIsExact(this.rowsOfA.smallest, this.columnsOfB.smallest);
    const multiplyAdd = quick ? arithmetic.quickMultiplyAdd : arithmetic.multiplyAdd;
    const [one, two, three, four] = pending;
    let common = 0;
    if (one && two && three && four) {
      common = Math.min(one.depth, two.depth, three.depth, four.depth);
      addFourChains(multiplyAdd, common, one, two, three, four, out);
    }
    for (const { index, depth, a, b } of pending) {
      let sum = common > 0 ? out[index] : 0;
      for (let at = common; at < depth; at++) sum = multiplyAdd(sum, a[at], b[at]);
      out[index] = sum;
    }
    this.pending = [];
  }
}

function addFourChains(
  multiplyAdd: PeArithmetic['multiplyAdd'],
  depth: number,
  one: Wanted,
  two: Wanted,
  three: Wanted,
  four: Wanted,
  out: Float64Array,
): void {
  const { a: a1, b: b1 } = one;
  const { a: a2, b: b2 } = two;
  const { a: a3, b: b3 } = three;
  const { a: a4, b: b4 } = four;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let sum4 = 0;
  for (let at = 0; at < depth; at++) {
    sum1 = multiplyAdd(sum1, a1[at], b1[at]);
    sum2 = multiplyAdd(sum2, a2[at], b2[at]);
    sum3 = multiplyAdd(sum3, a3[at], b3[at]);
    sum4 = multiplyAdd(sum4, a4[at], b4[at]);
  }
  out[one.index] = sum1;
  out[two.index] = sum2;
  out[three.index] = sum3;
  out[four.index] = sum4;
}

/** Stretches of lines along K, gathered on first use. */
class LineCache {
  /** Smallest magnitude of a nonzero element gathered so far. */
  smallest = Number.POSITIVE_INFINITY;
  private readonly passes = new Map<number, Map<number, Float64Array>>();

  constructor(
    private readonly k: number,
    private readonly passRows: number,
    private readonly at: (line: number, k: number, repeat: number) => number,
  ) {}

  line(repeat: number, line: number, firstK: number): Float64Array {
    const key = repeat * this.k + firstK;
    let pass = this.passes.get(key);
    if (pass === undefined) {
      pass = new Map();
      this.passes.set(key, pass);
    }
    let values = pass.get(line);
    if (values === undefined) {
      values = this.gather(repeat, line, firstK);
      pass.set(line, values);
    }
    return values;
  }

  private gather(repeat: number, line: number, firstK: number): Float64Array {
    const values = new Float64Array(Math.min(this.passRows, this.k - firstK));
    for (let index = 0; index < values.length; index++) {
      const value = this.at(line, firstK + index, repeat);
      values[index] = value;
      const magnitude = Math.abs(value);
      if (magnitude < this.smallest && magnitude > 0) this.smallest = magnitude;
    }
    return values;
  }
}
