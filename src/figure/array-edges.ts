import type { ArraySchedule } from '../array/schedule.ts';
import { type ArrayState, createArrayState, EMPTY } from '../array/state-grids.ts';
import { stateWriterOf } from '../array/state-writers.ts';
import type { ArrayInks } from './array-pixels.ts';
import type { Pixels } from './drawing.ts';

/**
 * What crosses the edges of the array around one cycle, one pixel a PE and cycle, as many cycles ahead (left,
 * top) or back (bottom) as asked for. The pixel that touches the
 * array crosses next (or, below, just did), so the wavefront's diagonal goes on beyond the edge.
 */
export interface ArrayEdges {
  /** Operands about to stream in at the left: [rows, cycles]. */
  readonly left: Pixels;
  /** Weights about to load from the top, or for `os` the operands that stream in there: [cycles, columns]. */
  readonly top: Pixels;
  /** Sums that left at the bottom: [cycles, columns]. */
  readonly bottom: Pixels;
}

const TRANSPARENT = 0;
const OPAQUE = 0xff000000;

/** The edges at `cycle`, from the same state functions as the array itself, at the cycles before and after. */
export function arrayEdges(
  schedule: ArraySchedule,
  cycle: number,
  cycles: number,
  inks: ArrayInks,
): ArrayEdges {
  const { rows, columns, dataflow, doubleBuffered } = schedule.config;
  const outputStationary = dataflow === 'os';
  const write = stateWriterOf(dataflow).one;
  const one = createArrayState(1, 1);
  const stateAt = (at: number, row: number, column: number): ArrayState => {
    write(schedule, at, row, column, one, 0);
    return one;
  };
  /** Number of the sum that leaves the bottom of `column` in cycle `at`, within its fold. */
  const leavingWave = (at: number, column: number): number | undefined => {
    const state = stateAt(at, rows - 1, column);
    if (!outputStationary) return state.sumRow[0] === EMPTY ? undefined : state.wave[0];
    if (state.shifting[0] === 0) return undefined;
    // A shift pushes out what was there when the cycle before ended.
    stateAt(at - 1, rows - 1, column);
    const row = doubleBuffered ? state.shadowRow[0] : state.sumRow[0];
    return row === EMPTY ? undefined : row;
  };
  const bands = inks.working.length;
  const waveInk = (wave: number): number => (wave === 0 ? inks.front : inks.working[wave % bands]);

  const left = pixels(cycles, rows);
  for (let row = 0; row < rows; row += 1) {
    for (let ahead = 1; ahead <= cycles; ahead += 1) {
      const state = stateAt(cycle + ahead, row, 0);
      if (state.operandRow[0] === EMPTY) continue;
      left.words[row * cycles + cycles - ahead] = faded(waveInk(state.wave[0]), ahead / cycles);
    }
  }

  const top = pixels(columns, cycles);
  const bottom = pixels(columns, cycles);
  for (let column = 0; column < columns; column += 1) {
    for (let away = 1; away <= cycles; away += 1) {
      const entering = stateAt(cycle + away, 0, column);
      const topAt = (cycles - away) * columns + column;
      if (outputStationary) {
        if (entering.weightRow[0] !== EMPTY)
          top.words[topAt] = faded(waveInk(entering.wave[0]), away / cycles);
      } else if (entering.shifting[0] === 1) {
        const weight = doubleBuffered ? entering.shadowRow[0] : entering.weightRow[0];
        if (weight !== EMPTY) top.words[topAt] = faded(inks.loading[weight & 1], away / cycles);
      }
      const wave = leavingWave(cycle + 1 - away, column);
      if (wave !== undefined) {
        bottom.words[(away - 1) * columns + column] = faded(inks.draining[(wave >> 2) & 1], away / cycles);
      }
    }
  }
  return { left, top, bottom };
}

/** Farther in time is fainter. */
function faded(pixel: number, distance: number): number {
  const alpha = Math.round(255 * (1 - 0.75 * distance));
  return ((pixel & ~OPAQUE) | (alpha << 24)) >>> 0;
}

function pixels(columns: number, rows: number): Pixels {
  return { columns, rows, words: new Uint32Array(columns * rows).fill(TRANSPARENT) };
}
