import type { FastBlock, FastOperands } from './fast-block.ts';
import { type Kernels, SPAN_CYCLES, type Sums } from './fast-kernels.ts';
import { type ArraySchedule, tileOfFold } from './schedule.ts';

/**
 * Output-stationary PEs. Time is told by wave, as in `fast-stationary`: tau = cycle - row - column. Row r's
 * operands and column c's lie in arrays by tau, and a PE adds up the products of the stretch that passes it.
 */
export function createOutputStationaryBlock(
  schedule: ArraySchedule,
  operands: FastOperands,
  kernels: Kernels,
  results: Sums,
): FastBlock {
  const { config, gemm, waves, intervalCycles, folds } = schedule;
  const { rows, columns, rowsPerCycle: lanes } = config;
  const { a, b } = operands;

  // A of row r, lane by lane: index columns + tau + r - cycle. B of column c: rows + tau + c - cycle.
  const left = Array.from({ length: lanes }, () =>
    Array.from({ length: rows }, () => kernels.stream(columns + SPAN_CYCLES)),
  );
  const top = Array.from({ length: columns }, () => kernels.stream(rows + SPAN_CYCLES));
  const sums = Array.from({ length: lanes }, () => kernels.sums(rows * columns));

  /** Calls `visit` for the stretch of each fold's waves in tau's [from, to). */
  const eachFold = (
    from: number,
    to: number,
    visit: (fold: number, from: number, to: number) => void,
  ): void => {
    let fold = Math.max(0, Math.floor(from / intervalCycles));
    for (; fold < folds && fold * intervalCycles < to; fold++) {
      const start = fold * intervalCycles;
      const stretchStart = Math.max(from, start);
      const stretchEnd = Math.min(to, start + waves);
      if (stretchStart < stretchEnd) visit(fold, stretchStart, stretchEnd);
    }
  };

  let lastSpan = 0;
  const feedLeft = (row: number, cycle: number, span: number): void => {
    for (let lane = 0; lane < lanes; lane++) {
      const stream = left[lane][row];
      stream.copyWithin(0, lastSpan, lastSpan + columns);
      stream.fill(0, columns);
      eachFold(cycle - row, cycle - row + span, (fold, from, to) => {
        const { repeat, down } = tileOfFold(schedule, fold);
        const m = (down * rows + row) * lanes + lane;
        if (m >= gemm.m) return;
        const k = (repeat * gemm.m + m) * gemm.k - fold * intervalCycles;
        for (let tau = from; tau < to; tau++) stream[columns + tau + row - cycle] = a[k + tau];
      });
    }
  };
  const feedTop = (column: number, cycle: number, span: number): void => {
    const stream = top[column];
    stream.copyWithin(0, lastSpan, lastSpan + rows);
    stream.fill(0, rows);
    eachFold(cycle - column, cycle - column + span, (fold, from, to) => {
      const { repeat, across } = tileOfFold(schedule, fold);
      const n = across * columns + column;
      if (n >= gemm.n) return;
      const start = fold * intervalCycles - repeat * gemm.k;
      for (let tau = from; tau < to; tau++) {
        stream[rows + tau + column - cycle] = b[(tau - start) * gemm.n + n];
      }
    });
  };

  const runPe = (row: number, column: number, cycle: number, span: number): void => {
    const first = cycle - row - column;
    eachFold(first, first + span, (fold, from, to) => {
      const { repeat, down, across } = tileOfFold(schedule, fold);
      const n = across * columns + column;
      if (n >= gemm.n) return;
      for (let lane = 0; lane < lanes; lane++) {
        const m = (down * rows + row) * lanes + lane;
        if (m >= gemm.m) return;
        const at = row * columns + column;
        const begins = from === fold * intervalCycles;
        const sum = kernels.holdSum(
          begins ? 0 : sums[lane][at],
          left[lane][row],
          columns + from + row - cycle,
          top[column],
          rows + from + column - cycle,
          to - from,
        );
        sums[lane][at] = sum;
        if (to === fold * intervalCycles + waves) results[(repeat * gemm.m + m) * gemm.n + n] = sum;
      }
    });
  };

  return {
    maxSpanCycles: SPAN_CYCLES,
    run: (cycle, span) => {
      for (let row = 0; row < rows; row++) feedLeft(row, cycle, span);
      for (let column = 0; column < columns; column++) feedTop(column, cycle, span);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) runPe(row, column, cycle, span);
      }
      lastSpan = span;
    },
    operand: (row, column, lane) => left[lane][row][lastSpan + columns - 1 - column],
    sum: (row, column, lane) => sums[lane][row * columns + column],
  };
}
