import { type ActivityCounts, activityCountsAt } from '../../array/activity-counts.ts';
import type { OperandSource } from '../../array/operands.ts';
import type { ArraySchedule } from '../../array/schedule.ts';
import { arrayStateAt, peStateOf } from '../../array/state.ts';
import { type ArrayState, createArrayState } from '../../array/state-grids.ts';
import {
  type ActivityMetric,
  type ArrayActivity,
  activityLines,
  paintActivity,
} from '../../figure/array-activity.ts';
import {
  type ArrayColouring,
  elementColouring,
  stateColouring,
  sumColouring,
  useColouring,
} from '../../figure/array-colouring.ts';
import type { PePlace } from '../../figure/array-layout.ts';
import type { RunningMoment } from '../../figure/array-moment.ts';
import { operandSeeds, registerWithin, seededOperands } from '../../figure/array-operands.ts';
import {
  type ArrayInks,
  type ArrayMetric,
  arrayInks,
  paintStates,
  paintUtilization,
  paintValues,
  valueRange,
} from '../../figure/array-pixels.ts';
import { peValues } from '../../figure/array-values.ts';
import { describePe, type PeDescription } from '../../figure/array-words.ts';
import type { Palette } from '../../figure/color-palette.ts';
import type { Pixels } from '../../figure/drawing.ts';

/** Time a frame may spend on values; the rest of the picture follows in the next frames. */
const SLICE_MS = 5;
const ROWS_A_SLICE = 8;

const NO_VALUES = { operand: undefined, weight: undefined, shadow: undefined, sum: undefined };

/** What the colours show of the array. */
interface Shown {
  readonly cycle: number;
  readonly metric: ArrayMetric;
  readonly palette: Palette;
  /** Of the op, once it is known. */
  readonly activity: ArrayActivity | undefined;
}

/**
 * The array of one op at the cycle on screen. Everything is worked out when it is first asked for: the
 * colouring for a GPU that draws by itself, or else the pixels, and the state of all PEs where somebody looks
 * into them. Values come a few rows at a time.
 */
export class ArrayPicture {
  readonly pixels: Pixels;
  readonly operands: OperandSource;
  readonly schedule: ArraySchedule;
  readonly #op: number;
  readonly #part: number;
  #shown: Shown | undefined;
  #inks: ArrayInks;
  /** Cycle that `#grids` are of. */
  #stateCycle: number | undefined;
  #grids: ArrayState | undefined;
  #counts: ActivityCounts | undefined;
  #colouring: ArrayColouring | undefined;
  /** The words that the pixels are of, where somebody else painted them. */
  #taken: Uint32Array | undefined;
  /** Rows whose pixels are those of what is shown. */
  #painted = 0;

  /** @param unit which of the matrix units, each with operands of its own */
  constructor(
    moment: RunningMoment,
    readonly unit: number,
    readonly seed: number,
    palette: Palette,
  ) {
    this.schedule = moment.schedule;
    this.#op = moment.op;
    this.#part = moment.part;
    const { rows, columns } = moment.schedule.config;
    this.pixels = { rows, columns, words: new Uint32Array(rows * columns) };
    this.operands = seededOperands(seed, unit);
    this.#inks = arrayInks(palette, rows);
  }

  get cycle(): number {
    return this.#shown?.cycle ?? 0;
  }

  get inks(): ArrayInks {
    return this.#inks;
  }

  /** Of every PE: some milliseconds for a large array at a new cycle. */
  get state(): ArrayState {
    const { config, gemm } = this.schedule;
    this.#grids ??= createArrayState(config.rows, config.columns);
    if (this.#stateCycle !== this.cycle) arrayStateAt(config, gemm, this.cycle, this.#grids);
    this.#stateCycle = this.cycle;
    return this.#grids;
  }

  get counts(): ActivityCounts {
    this.#counts ??= activityCountsAt(this.schedule, this.cycle);
    return this.#counts;
  }

  /** True while rows of pixels are left to paint: call `paint` again in the next frame. */
  get unfinished(): boolean {
    return this.#painted < this.pixels.rows;
  }

  get progress(): number {
    return this.#painted / this.pixels.rows;
  }

  /** Whether the op and its product are those of the picture: then only the cycle differs. */
  isOf(moment: RunningMoment, unit: number, seed: number): boolean {
    return moment.op === this.#op && moment.part === this.#part && unit === this.unit && seed === this.seed;
  }

  /** @returns whether anything differs from what was shown before */
  show(shown: Shown): boolean {
    const before = this.#shown;
    const isNew = (key: keyof Shown): boolean => before?.[key] !== shown[key];
    const isNewCycle = isNew('cycle');
    if (!isNewCycle && !isNew('metric') && !isNew('palette') && !isNew('activity')) return false;
    this.#shown = shown;
    if (isNew('palette')) this.#inks = arrayInks(shown.palette, this.pixels.rows);
    if (isNewCycle) this.#counts = undefined;
    const isOfCycle = shown.metric === 'utilization';
    if (!isNewCycle || isOfCycle || isNew('metric') || isNew('palette') || isNew('activity')) {
      this.#colouring = undefined;
    }
    this.#painted = 0;
    return true;
  }

  /** The registers of one PE in words, with their values where `valued`. */
  describe({ row, column }: PePlace, valued: boolean): PeDescription | undefined {
    const { rows, columns } = this.pixels;
    if (row >= rows || column >= columns) return undefined;
    const { schedule, state } = this;
    const place = { row, column };
    const values = valued ? peValues(schedule, state, this.operands, place) : NO_VALUES;
    const description = describePe(schedule, place, peStateOf(state, row * columns + column), values);
    const activity = this.#shown?.activity;
    if (activity === undefined) return description;
    return { ...description, lines: [...description.lines, ...activityLines(activity, place)] };
  }

  /** For a GPU; undefined for partial sums of too many products for it, which are added up here. */
  get colouring(): ArrayColouring | undefined {
    this.#colouring ??= this.#colour();
    return this.#colouring;
  }

  #colour(): ArrayColouring | undefined {
    const { schedule } = this;
    const inks = this.#inks;
    const metric = this.#shown?.metric ?? 'state';
    switch (metric) {
      case 'state':
        return stateColouring(inks);
      case 'utilization':
        return useColouring(schedule, this.cycle, inks);
      case 'operand':
      case 'weight':
        return elementColouring(metric, schedule, operandSeeds(this.seed, this.unit), inks);
      case 'sum':
        return sumColouring(schedule, operandSeeds(this.seed, this.unit), inks);
      default: {
        // New words each time: what has been handed over may be in use.
        const words = new Uint32Array(this.pixels.words.length);
        this.#paintActivity(words, metric);
        return { kind: 'pixels', words };
      }
    }
  }

  /** Shows pixels that somebody else has painted. @returns whether any may have changed */
  take(words: Uint32Array | undefined): boolean {
    if (words === undefined || words === this.#taken) return false;
    this.#taken = words;
    this.pixels.words.set(words);
    return true;
  }

  /** Paints the pixels, or as many as the frame has time for. @returns whether any may have changed */
  paint(): boolean {
    if (!this.unfinished) return false;
    this.#taken = undefined;
    const { rows } = this.pixels;
    const startedMs = performance.now();
    do {
      const end = Math.min(rows, this.#painted + ROWS_A_SLICE);
      this.#painted = this.paintRows(this.#painted, end) ? rows : end;
    } while (this.unfinished && performance.now() - startedMs < SLICE_MS);
    return true;
  }

  /** Makes the pixels of these rows current, whatever the time. @returns whether all others are, too */
  paintRows(first: number, end: number): boolean {
    const { words, columns } = this.pixels;
    const { schedule } = this;
    const inks = this.#inks;
    const metric = this.#shown?.metric ?? 'state';
    switch (metric) {
      case 'state':
        paintStates(words, schedule.config, this.state, inks);
        return true;
      case 'utilization':
        paintUtilization(words, schedule, this.cycle, inks);
        return true;
      case 'toggles':
      case 'gated':
        this.#paintActivity(words, metric);
        return true;
      default: {
        const values = registerWithin(schedule, this.state, this.operands, metric, [first, end]);
        const range = valueRange(metric, schedule);
        paintValues(words, first * columns, values, this.state, metric, range, inks);
        return false;
      }
    }
  }

  #paintActivity(words: Uint32Array, metric: ActivityMetric): void {
    const activity = this.#shown?.activity;
    if (activity === undefined) words.fill(this.#inks.nothing);
    else paintActivity(words, activity, metric, this.#inks);
  }
}
