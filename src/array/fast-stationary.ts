import type { FastBlock, FastOperands } from './fast-block.ts';
import { copyLines, type Kernels, SPAN_CYCLES, type Stream, type Sums, UNROLL } from './fast-kernels.ts';
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
  const perGemm = gemm.k * vectors;
  const stationary = (repeat: number, k: number, x: number): number =>
    inputStationary ? a[(repeat * gemm.m + x) * gemm.k + k] : b[(repeat * gemm.k + k) * gemm.n + x];

  // Lane by lane. Operands of row r: index columns + tau + r - cycle, the rows side by side in one array.
  // Sums of column c: c sumPitch + rows + tau + c - cycle.
  const operandPitch = columns + SPAN_CYCLES;
  const sumPitch = rows + SPAN_CYCLES;
  const allOperands = Array.from({ length: lanes }, () => kernels.stream(rows * operandPitch));
  const operandStreams = allOperands.map((all) =>
    Array.from({ length: rows }, (_, row) => all.subarray(row * operandPitch, (row + 1) * operandPitch)),
  );
  const sumStreams = Array.from({ length: lanes }, () => kernels.sums(columns * sumPitch));

  /** The part of a fold's waves in tau's [from, to). */
  const stretchOf = (fold: number, from: number, to: number): readonly [number, number] => {
    const start = firstStreamCycle + fold * intervalCycles;
    return [Math.max(from, start), Math.min(to, start + waves)];
  };

  /** Calls `visit` for the stretch of each fold's waves in tau's [from, to). */
  const eachFold = (
    from: number,
    to: number,
    visit: (fold: number, from: number, to: number) => void,
  ): void => {
    let fold = Math.max(0, Math.floor((from - firstStreamCycle) / intervalCycles));
    for (; fold < folds; fold++) {
      if (firstStreamCycle + fold * intervalCycles >= to) return;
      const [stretchStart, stretchEnd] = stretchOf(fold, from, to);
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
      }
      eachFold(cycle - (rows - 1), cycle + span, (fold, from, to) => {
        if (inputStationary) feedByRow(lane, cycle, span, fold);
        else feedByWave(lane, cycle, span, fold, from, to);
      });
    }
  };

  /**
   * Waves [from, to) that the rows (or columns) [0, extent) see in a span, row r its waves from `first` - r on:
   * those that all of them see at once, and one by one those that only the first or the last of them do.
   */
  const eachWave = (
    first: number,
    span: number,
    extent: number,
    from: number,
    to: number,
    visit: (tau: number, waves: number, begin: number, end: number) => void,
  ): void => {
    const commonFrom = Math.max(from, first);
    const commonTo = Math.min(to, first + span - extent + 1);
    const common = commonFrom < commonTo;
    for (let tau = from; tau < to; tau++) {
      if (common && tau === commonFrom) {
        visit(tau, commonTo - commonFrom, 0, extent);
        tau = commonTo - 1;
        continue;
      }
      const begin = Math.max(0, first - tau);
      const end = Math.min(extent, first + span - tau);
      if (begin < end) visit(tau, 1, begin, end);
    }
  };

  /** Elements of a wave lie side by side in A. */
  const feedByWave = (
    lane: number,
    cycle: number,
    span: number,
    fold: number,
    from: number,
    to: number,
  ): void => {
    const { repeat, down } = tileOfFold(schedule, fold);
    const { firstVector, count } = vectorsOf(fold, from, to, lane);
    const firstK = down * rows;
    const realRows = Math.min(rows, gemm.k - firstK);
    eachWave(cycle, span, realRows, from, from + count, (tau, lines, begin, end) => {
      const vector = firstVector + (tau - from) * lanes;
      copyLines(
        allOperands[lane],
        { at: begin * (operandPitch + 1) + columns + tau - cycle, line: 1, step: operandPitch + 1 },
        a,
        { at: repeat * perGemm + vector * gemm.k + firstK + begin, line: lanes * gemm.k, step: 1 },
        lines,
        end - begin,
      );
    });
  };

  /** Elements of a row lie side by side in B. */
  const feedByRow = (lane: number, cycle: number, span: number, fold: number): void => {
    const { repeat, down } = tileOfFold(schedule, fold);
    for (let row = 0; row < Math.min(rows, gemm.k - down * rows); row++) {
      const stream = operandStreams[lane][row];
      const [from, to] = stretchOf(fold, cycle - row, cycle - row + span);
      const { firstVector, count } = vectorsOf(fold, from, to, lane);
      const start = columns + from + row - cycle;
      const source = repeat * perGemm + (down * rows + row) * gemm.n + firstVector;
      const place = { at: start, line: 0, step: 1 };
      copyLines(stream, place, b, { at: source, line: 0, step: lanes }, 1, count);
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
    const toSum = column * sumPitch + rows + column - cycle;
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
          addProducts(sumStreams[lane], operandStreams[lane], stretch);
        }
      });
    }
  };

  /** Sums that have passed the bottom row: added to those of the passes before, in order of k. */
  const collect = (cycle: number, span: number): void => {
    const bottom = cycle - (rows - 1); // tau of the wave that is in the bottom row of column 0
    for (let lane = 0; lane < lanes; lane++) {
      eachFold(bottom - (columns - 1), bottom + span, (fold, from, to) => {
        if (inputStationary) collectByColumn(lane, cycle, span, fold);
        else collectByWave(lane, cycle, span, fold, from, to);
      });
    }
  };

  /** Results of a wave lie side by side in C. */
  const collectByWave = (
    lane: number,
    cycle: number,
    span: number,
    fold: number,
    from: number,
    to: number,
  ): void => {
    const { repeat, down, across } = tileOfFold(schedule, fold);
    const { firstVector, count } = vectorsOf(fold, from, to, lane);
    const realColumns = Math.min(columns, width - across * columns);
    eachWave(cycle - (rows - 1), span, realColumns, from, from + count, (tau, lines, begin, end) => {
      const vector = firstVector + (tau - from) * lanes;
      const place = (repeat * gemm.m + vector) * gemm.n + across * columns + begin;
      kernels.collect(
        results,
        { at: place, line: lanes * gemm.n, step: 1 },
        sumStreams[lane],
        { at: begin * (sumPitch + 1) + rows + tau - cycle, line: 1, step: sumPitch + 1 },
        lines,
        end - begin,
        down > 0,
      );
    });
  };

  /** Results of a column lie side by side in C. */
  const collectByColumn = (lane: number, cycle: number, span: number, fold: number): void => {
    const { repeat, down, across } = tileOfFold(schedule, fold);
    for (let column = 0; column < Math.min(columns, width - across * columns); column++) {
      const first = cycle - (rows - 1) - column;
      const [from, to] = stretchOf(fold, first, first + span);
      const { firstVector, count } = vectorsOf(fold, from, to, lane);
      const place = (repeat * gemm.m + across * columns + column) * gemm.n + firstVector;
      const source = column * sumPitch + rows + from + column - cycle;
      const target = { at: place, line: 0, step: lanes };
      kernels.collect(
        results,
        target,
        sumStreams[lane],
        { at: source, line: 0, step: 1 },
        1,
        count,
        down > 0,
      );
    }
  };

  const settle = (): void => {
    for (const sums of sumStreams) {
      for (let start = 0; start < sums.length; start += sumPitch) {
        sums.copyWithin(start, start + shiftOf, start + shiftOf + rows);
        sums.fill(0, start + rows, start + sumPitch);
      }
    }
  };

  return {
    maxSpanCycles: SPAN_CYCLES,
    run: (cycle, span) => {
      feed(cycle, span);
      settle();
      for (let column = 0; column < columns; column++) runColumn(column, cycle, span);
      collect(cycle, span);
      shiftOf = span;
    },
    operand: (row, column, lane) => operandStreams[lane][row][shiftOf + columns - 1 - column],
    sum: (row, column, lane) => sumStreams[lane][column * sumPitch + shiftOf + rows - 1 - row],
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
