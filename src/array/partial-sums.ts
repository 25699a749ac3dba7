import { BlockSums } from './block-sums.ts';
import type { GemmShape } from './config.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';
import { blocksOf, entriesOf, type SumBlock, type WantedSums } from './wanted-sums.ts';

/**
 * Writes every wanted sum to its place in `out`: products in order of k, each rounded as `arithmetic` does.
 * Blocks of many sums go through the vectors of the CPU, the others one product at a time.
 *
 * @param passRows products in one pass at most: how much of a row or column is worth gathering
 * @param vectors `vectorSums()`, or `undefined` for the slow and obvious path
 */
export function addUp(
  gemm: GemmShape,
  passRows: number,
  wanted: WantedSums,
  source: OperandSource,
  arithmetic: PeArithmetic,
  out: Float64Array,
  vectors: BlockSums | undefined,
): void {
  const singly = new SinglySums(gemm, passRows, source, arithmetic, out);
  for (const block of blocksOf(wanted)) {
    const inVectors = vectors !== undefined && isWorthVectors(block);
    const rest = inVectors ? vectors.add(block, wanted, source, arithmetic, out) : entriesOf(block);
    for (const entry of rest) singly.want(wanted, entry);
  }
  singly.flush();
}

let shared: BlockSums | undefined;
let hasTried = false;

/** The vectors of the CPU, or `undefined` where WebAssembly has none or may not be compiled. */
export function vectorSums(): BlockSums | undefined {
  if (hasTried) return shared;
  hasTried = true;
  // A page's own thread may not compile code (its Content-Security-Policy), and trying would be reported.
  if (typeof document !== 'undefined') return undefined;
  try {
    shared = new BlockSums();
  } catch {
    shared = undefined;
  }
  return shared;
}

/** Packing costs as much as some products a line, and sums far apart leave the tiles empty. */
const MIN_SUMS = 64;
const MIN_PRODUCTS = 4096;
const MAX_EMPTY_SHARE = 8;

function isWorthVectors({ count, products, ...extent }: SumBlock): boolean {
  const area = (extent.endRow - extent.firstRow) * (extent.endColumn - extent.firstColumn);
  return count >= MIN_SUMS && products >= MIN_PRODUCTS && area <= MAX_EMPTY_SHARE * count;
}

/** One sum with its operands, to be put at `index` of the output. */
interface Pending {
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
class SinglySums {
  private readonly rowsOfA: LineCache;
  private readonly columnsOfB: LineCache;
  private pending: Pending[] = [];

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

  want(wanted: WantedSums, entry: number): void {
    const repeat = wanted.repeat[entry];
    const firstK = wanted.firstK[entry];
    this.pending.push({
      index: entry,
      depth: wanted.depth[entry],
      a: this.rowsOfA.line(repeat, wanted.row[entry], firstK),
      b: this.columnsOfB.line(repeat, wanted.column[entry], firstK),
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
  one: Pending,
  two: Pending,
  three: Pending,
  four: Pending,
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
