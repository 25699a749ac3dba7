import { type Kernels, SPAN_CYCLES, type Stream, type Sums, UNROLL } from './fast-kernels.ts';
import type { FastBlock, FastOperands } from './fast-stepper.ts';
import { type ArraySchedule, tileOfFold } from './schedule.ts';

/**
 * Weight- or input-stationary PEs. Time is told by wave: tau = cycle - row - column, the cycle in which the
 * wave was in the corner. A column's sums lie in one array by tau, from the one that left the bottom last to
 * the one that enters next, and every row adds its product to the stretch that passes it in the span.
 */
export function createStationaryBlock(
  schedule: ArraySchedule,
  operands: FastOperands,
  kernels: Kernels,
  results: Sums,
): FastBlock {
  const { config, gemm, waves, intervalCycles, firstStreamCycle, folds } = schedule;
  const { rows, columns, rowsPerCycle: lanes } = config;
  const inputStationary = config.dataflow === 'is';
  const width = inputStationary ? gemm.m : gemm.n;
  const vectors = inputStationary ? gemm.n : gemm.m;
  const { a, b } = operands;
  const { add } = kernels.arithmetic;
  const streamed = inputStationary ? b : a;
  const perVector = inputStationary ? 1 : gemm.k; // distance in memory from one vector to the next
  const perK = inputStationary ? gemm.n : 1;
  const perGemm = gemm.k * vectors;
  const stationary = (repeat: number, k: number, x: number): number =>
    inputStationary ? a[(repeat * gemm.m + x) * gemm.k + k] : b[(repeat * gemm.k + k) * gemm.n + x];

  // Lane by lane. Operands of row r: index columns + tau + r - cycle. Sums of column c: rows + tau + c - cycle.
  const operandStreams = Array.from({ length: lanes }, () =>
    Array.from({ length: rows }, () => kernels.stream(columns + SPAN_CYCLES)),
  );
  const sumStreams = Array.from({ length: lanes }, () =>
    Array.from({ length: columns }, () => kernels.sums(rows + SPAN_CYCLES)),
  );

  /** Calls `visit` for the stretch of each fold's waves in tau's [from, to). */
  const eachFold = (
    from: number,
    to: number,
    visit: (fold: number, from: number, to: number) => void,
  ): void => {
    let fold = Math.max(0, Math.floor((from - firstStreamCycle) / intervalCycles));
    for (; fold < folds; fold++) {
      const start = firstStreamCycle + fold * intervalCycles;
      if (start >= to) return;
      const stretchStart = Math.max(from, start);
      const stretchEnd = Math.min(to, start + waves);
      if (stretchStart < stretchEnd) visit(fold, stretchStart, stretchEnd);
    }
  };

  let shiftOf = 0; // how far the streams lie behind: the span last run
  const feed = (cycle: number, span: number): void => {
    for (let lane = 0; lane < lanes; lane++) {
      for (let row = 0; row < rows; row++) {
        const stream = operandStreams[lane][row];
        stream.copyWithin(0, shiftOf, shiftOf + columns);
        stream.fill(0, columns, columns + span);
        eachFold(cycle - row, cycle - row + span, (fold, from, to) => {
          const { repeat, down } = tileOfFold(schedule, fold);
          const k = down * rows + row;
          if (k >= gemm.k) return;
          const { firstVector, count } = vectorsOf(fold, from, to, lane);
          const start = columns + from + row - cycle;
          const source = repeat * perGemm + firstVector * perVector + k * perK;
          const step = lanes * perVector;
          for (let i = 0; i < count; i++) stream[start + i] = streamed[source + i * step];
        });
      }
    }
  };

  /** Streamed vectors that lane `lane` carries in the waves [from, to) of a fold: every `lanes`-th. */
  const vectorsOf = (fold: number, from: number, to: number, lane: number) => {
    const start = firstStreamCycle + fold * intervalCycles;
    const firstVector = (from - start) * lanes + lane;
    const last = Math.floor((vectors - 1 - firstVector) / lanes);
    return { firstVector, count: Math.min(to - from, last + 1) };
  };

  const weights: number[] = Array.from({ length: UNROLL }, () => 0);
  const addProducts = (sums: Sums, streams: readonly Stream[], stretch: Stretch): void => {
    const { row, column, count, cycle, span, waveFrom, waveTo } = stretch;
    const toSum = rows + column - cycle;
    const toOperand = columns - cycle;
    const first = cycle - row - column;
    // Waves that all rows see within the span, and those that only the later or the earlier rows do.
    const commonFrom = Math.max(first, waveFrom);
    const commonTo = Math.min(first - (count - 1) + span, waveTo);
    const common = count === UNROLL && commonFrom < commonTo;
    if (common) {
      kernels.holdWeights(
        sums,
        commonFrom + toSum,
        commonTo - commonFrom,
        streams,
        row,
        commonFrom + toOperand,
        weights,
      );
    }
    for (let at = 0; at < count; at++) {
      const stream = streams[row + at];
      const from = Math.max(first - at, waveFrom);
      const to = Math.min(first - at + span, waveTo);
      const before = common ? Math.min(to, commonFrom) : to;
      const after = common ? Math.max(from, commonTo) : to;
      const offset = toOperand + row + at;
      if (from < before)
        kernels.holdWeight(sums, from + toSum, before - from, stream, from + offset, weights[at]);
      if (after < to)
        kernels.holdWeight(sums, after + toSum, to - after, stream, after + offset, weights[at]);
    }
  };

  const runColumn = (column: number, cycle: number, span: number): void => {
    for (let row = 0; row < rows; row += UNROLL) {
      const group = Math.min(UNROLL, rows - row);
      eachFold(cycle - row - (group - 1) - column, cycle - row - column + span, (fold, from, to) => {
        const { repeat, down, across } = tileOfFold(schedule, fold);
        const x = across * columns + column;
        const k = down * rows + row;
        const count = Math.min(group, gemm.k - k); // rows beyond a ragged edge pass sums on
        if (x >= width || count <= 0) return;
        for (let at = 0; at < count; at++) weights[at] = stationary(repeat, k + at, x);
        const stretch = { row, column, count, cycle, span, waveFrom: from, waveTo: to };
        for (let lane = 0; lane < lanes; lane++) {
          addProducts(sumStreams[lane][column], operandStreams[lane], stretch);
        }
      });
    }
  };

  /** Sums that have passed the bottom row: added to those of the passes before, in order of k. */
  const collect = (column: number, cycle: number, span: number): void => {
    const first = cycle - (rows - 1) - column;
    eachFold(first, first + span, (fold, from, to) => {
      const { repeat, down, across } = tileOfFold(schedule, fold);
      const x = across * columns + column;
      if (x >= width) return;
      const gemmResults = repeat * gemm.m * gemm.n;
      for (let lane = 0; lane < lanes; lane++) {
        const sums = sumStreams[lane][column];
        const { firstVector, count } = vectorsOf(fold, from, to, lane);
        const source = rows + from + column - cycle;
        const place = inputStationary ? x * gemm.n + firstVector : firstVector * gemm.n + x;
        const step = lanes * (inputStationary ? 1 : gemm.n);
        for (let i = 0; i < count; i++) {
          const at = gemmResults + place + i * step;
          results[at] = down === 0 ? sums[source + i] : add(results[at], sums[source + i]);
        }
      }
    });
  };

  const settle = (): void => {
    for (const lane of sumStreams) {
      for (const sums of lane) {
        sums.copyWithin(0, shiftOf, shiftOf + rows);
        sums.fill(0, rows);
      }
    }
  };

  return {
    maxSpanCycles: SPAN_CYCLES,
    run: (cycle, span) => {
      feed(cycle, span);
      settle();
      for (let column = 0; column < columns; column++) {
        runColumn(column, cycle, span);
        collect(column, cycle, span);
      }
      shiftOf = span;
    },
    operand: (row, column, lane) => operandStreams[lane][row][shiftOf + columns - 1 - column],
    sum: (row, column, lane) => sumStreams[lane][column][shiftOf + rows - 1 - row],
  };
}

/** Rows [row, row + count) of a column while waves [waveFrom, waveTo) of one fold pass them in a span. */
interface Stretch {
  readonly row: number;
  readonly column: number;
  readonly count: number;
  readonly cycle: number;
  readonly span: number;
  readonly waveFrom: number;
  readonly waveTo: number;
}
