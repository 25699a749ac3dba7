import { FLOAT_ARITHMETIC, INTEGER_ARITHMETIC, type PeArithmetic } from './operands.ts';

/** Operands that stream past a row or down a column: int8 values, or fp32 that holds bf16 or fp8 values. */
export type Stream = Int8Array | Int16Array | Float32Array;
/** Sums of one number format: int32 or fp32. */
export type Sums = Int32Array | Float32Array;

/** Longest span: enough to amortise a loop's start, short enough for a column's sums to stay in the first cache. */
export const SPAN_CYCLES = 1024;

/** How many PEs one pass over the streams serves: it loads and stores each sum once for all of them. */
export const UNROLL = 8;

/** Element `i` of line `l` lies at `at + l * line + i * step`. */
export interface Layout {
  readonly at: number;
  readonly line: number;
  readonly step: number;
}

/** Copies `lines` lines of `count` operands. */
export function copyLines(
  target: Stream,
  to: Layout,
  source: Stream,
  from: Layout,
  lines: number,
  count: number,
): void {
  for (let line = 0; line < lines; line++) {
    let place = to.at + line * to.line;
    let next = from.at + line * from.line;
    for (let i = 0; i < count; i++) {
      target[place] = source[next];
      place += to.step;
      next += from.step;
    }
  }
}

/** What PEs do in many cycles at once, in one number format. All functions round as `arithmetic` does. */
export interface Kernels {
  readonly arithmetic: PeArithmetic;
  stream(length: number): Stream;
  sums(length: number): Sums;
  /** What leaves the array, which nothing here works on. */
  results(length: number): Sums;
  /** A PE that holds `weight`: sums[at + i] += operands[first + i] x weight, i in [0, count). */
  holdWeight(sums: Sums, at: number, count: number, operands: Stream, first: number, weight: number): void;
  /**
   * `UNROLL` PEs of a column, from `row` on, one after the other: row r takes operands[r][first + r + i], for
   * a wave is one cycle later in the next row.
   */
  holdWeights(
    sums: Sums,
    at: number,
    count: number,
    operands: readonly Stream[],
    row: number,
    first: number,
    weights: readonly number[],
  ): void;
  /** Sums leave the array: in place of what is in `results`, or added to it where they are of a later pass. */
  collect(
    results: Sums,
    to: Layout,
    sums: Sums,
    from: Layout,
    lines: number,
    count: number,
    later: boolean,
  ): void;
  /** A PE that holds its sum: the sum after products a[firstA + i] b[firstB + i], i in [0, count). */
  holdSum(sum: number, a: Stream, firstA: number, b: Stream, firstB: number, count: number): number;
}

/** int8 with int32 sums. */
export const INTEGER_KERNELS: Kernels = {
  arithmetic: INTEGER_ARITHMETIC,
  stream: (length) => new Int8Array(length),
  sums: (length) => new Int32Array(length),
  results: (length) => new Int32Array(length),
  holdWeight: (sums, at, count, operands, first, weight) => {
    for (let i = 0; i < count; i++) sums[at + i] += Math.imul(operands[first + i], weight);
  },
  holdWeights: (sums, at, count, operands, row, first, weights) => {
    const [a0, a1, a2, a3, a4, a5, a6, a7] = operands.slice(row, row + UNROLL);
    const [w0, w1, w2, w3, w4, w5, w6, w7] = weights;
    for (let i = 0; i < count; i++) {
      const v = first + row + i;
      sums[at + i] =
        (sums[at + i] +
          Math.imul(a0[v], w0) +
          Math.imul(a1[v + 1], w1) +
          Math.imul(a2[v + 2], w2) +
          Math.imul(a3[v + 3], w3) +
          Math.imul(a4[v + 4], w4) +
          Math.imul(a5[v + 5], w5) +
          Math.imul(a6[v + 6], w6) +
          Math.imul(a7[v + 7], w7)) |
        0;
    }
  },
  collect: (results, to, sums, from, lines, count, later) => {
    for (let line = 0; line < lines; line++) {
      let place = to.at + line * to.line;
      let next = from.at + line * from.line;
      for (let i = 0; i < count; i++) {
        results[place] = later ? (results[place] + sums[next]) | 0 : sums[next];
        place += to.step;
        next += from.step;
      }
    }
  },
  holdSum: (sum, a, firstA, b, firstB, count) => {
    for (let i = 0; i < count; i++) sum = (sum + Math.imul(a[firstA + i], b[firstB + i])) | 0;
    return sum;
  },
};

/** bf16 or fp8 with fp32 sums, for operands whose sums never come near the subnormals (`quickIsExact`). */
export const NORMAL_FLOAT_KERNELS: Kernels = {
  arithmetic: FLOAT_ARITHMETIC,
  stream: (length) => new Float32Array(length),
  sums: (length) => new Float32Array(length),
  results: (length) => new Float32Array(length),
  holdWeight: (sums, at, count, operands, first, weight) => {
    // The store rounds the sum to fp32.
    for (let i = 0; i < count; i++) sums[at + i] += Math.fround(operands[first + i] * weight);
  },
  holdWeights: (sums, at, count, operands, row, first, weights) => {
    const { fround } = Math;
    const [a0, a1, a2, a3, a4, a5, a6, a7] = operands.slice(row, row + UNROLL);
    const [w0, w1, w2, w3, w4, w5, w6, w7] = weights;
    for (let i = 0; i < count; i++) {
      const v = first + row + i;
      let sum = sums[at + i];
      sum = fround(sum + fround(a0[v] * w0));
      sum = fround(sum + fround(a1[v + 1] * w1));
      sum = fround(sum + fround(a2[v + 2] * w2));
      sum = fround(sum + fround(a3[v + 3] * w3));
      sum = fround(sum + fround(a4[v + 4] * w4));
      sum = fround(sum + fround(a5[v + 5] * w5));
      sum = fround(sum + fround(a6[v + 6] * w6));
      sums[at + i] = sum + fround(a7[v + 7] * w7);
    }
  },
  collect: (results, to, sums, from, lines, count, later) => {
    for (let line = 0; line < lines; line++) {
      let place = to.at + line * to.line;
      let next = from.at + line * from.line;
      for (let i = 0; i < count; i++) {
        results[place] = later ? results[place] + sums[next] : sums[next];
        place += to.step;
        next += from.step;
      }
    }
  },
  holdSum: (sum, a, firstA, b, firstB, count) => {
    for (let i = 0; i < count; i++) sum = Math.fround(sum + Math.fround(a[firstA + i] * b[firstB + i]));
    return sum;
  },
};

/** bf16 or fp8 with fp32 sums that may flush: one product at a time. */
export const FLOAT_KERNELS: Kernels = {
  ...NORMAL_FLOAT_KERNELS,
  holdWeight: (sums, at, count, operands, first, weight) => {
    const { multiplyAdd } = FLOAT_ARITHMETIC;
    for (let i = 0; i < count; i++) sums[at + i] = multiplyAdd(sums[at + i], operands[first + i], weight);
  },
  holdWeights: (sums, at, count, operands, row, first, weights) => {
    for (let next = row; next < row + UNROLL; next++) {
      FLOAT_KERNELS.holdWeight(sums, at, count, operands[next], first + next, weights[next - row]);
    }
  },
  collect: (results, to, sums, from, lines, count, later) => {
    for (let line = 0; line < lines; line++) {
      let place = to.at + line * to.line;
      let next = from.at + line * from.line;
      for (let i = 0; i < count; i++) {
        results[place] = later ? FLOAT_ARITHMETIC.add(results[place], sums[next]) : sums[next];
        place += to.step;
        next += from.step;
      }
    }
  },
  holdSum: (sum, a, firstA, b, firstB, count) => {
    const { multiplyAdd } = FLOAT_ARITHMETIC;
    for (let i = 0; i < count; i++) sum = multiplyAdd(sum, a[firstA + i], b[firstB + i]);
    return sum;
  },
};
