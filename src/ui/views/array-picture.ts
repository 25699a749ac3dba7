import type { OperandSource } from '../../array/operands.ts';
import type { ArraySchedule } from '../../array/schedule.ts';
import { arrayStateAt } from '../../array/state.ts';
import { ACTIVITIES, type Activity, type ArrayState, createArrayState } from '../../array/state-grids.ts';
import { type ArrayActivity, paintActivity } from '../../figure/array-activity.ts';
import type { RunningMoment } from '../../figure/array-moment.ts';
import { seededOperands, valuesWithin } from '../../figure/array-operands.ts';
import {
  type ArrayInks,
  type ArrayMetric,
  arrayInks,
  paintStates,
  paintUtilization,
  paintValues,
  type ValueMetric,
  valueRange,
} from '../../figure/array-pixels.ts';
import type { Palette } from '../../figure/color-palette.ts';
import type { Pixels } from '../../figure/drawing.ts';

/** Time a frame may spend on values; the rest of the picture follows in the next frames. */
const SLICE_MS = 5;
const ROWS_A_SLICE = 8;

/**
 * The array of one op as pixels, recomputed only for what changed: the state when the cycle moves, the
 * colours when the metric or the theme does. Values come a few rows at a time.
 */
export class ArrayPicture {
  readonly pixels: Pixels;
  readonly operands: OperandSource;
  /** PEs by what they do; those that shift while they work count twice. */
  readonly counts: Record<Activity, number> = { idle: 0, loading: 0, working: 0, draining: 0, padding: 0 };
  #state: ArrayState;
  #cycle = 0;
  #metric: ArrayMetric | undefined;
  #palette: Palette;
  #inks: ArrayInks;
  #activity: ArrayActivity | undefined;
  /** Rows whose values are painted. */
  #painted = 0;

  readonly schedule: ArraySchedule;
  readonly #op: number;
  readonly #part: number;

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
    this.#state = createArrayState(rows, columns);
    this.pixels = { rows, columns, words: new Uint32Array(rows * columns) };
    this.operands = seededOperands(seed, unit);
    this.#palette = palette;
    this.#inks = arrayInks(palette, rows);
  }

  get state(): ArrayState {
    return this.#state;
  }

  get cycle(): number {
    return this.#cycle;
  }

  get inks(): ArrayInks {
    return this.#inks;
  }

  /** True while rows are left to paint: call `paint` again in the next frame. */
  get unfinished(): boolean {
    return this.#painted < this.pixels.rows;
  }

  get progress(): number {
    return this.#painted / this.pixels.rows;
  }

  /** Whether the op and its product are those of the picture: then only the cycle differs. */
  shows(moment: RunningMoment, unit: number, seed: number): boolean {
    return moment.op === this.#op && moment.part === this.#part && unit === this.unit && seed === this.seed;
  }

  /**
   * @param activity of the op, once it is known
   * @returns whether any pixel may have changed
   */
  paint(cycle: number, metric: ArrayMetric, palette: Palette, activity?: ArrayActivity): boolean {
    const isNewCycle = this.#metric === undefined || cycle !== this.#cycle;
    if (isNewCycle) {
      const { config, gemm } = this.schedule;
      this.#state = arrayStateAt(config, gemm, cycle, this.#state);
      this.#cycle = cycle;
      this.#count();
    }
    if (palette !== this.#palette) this.#inks = arrayInks(palette, this.pixels.rows);
    const isNewActivity = activity !== this.#activity;
    if (isNewCycle || isNewActivity || metric !== this.#metric || palette !== this.#palette) {
      this.#activity = activity;
      this.#metric = metric;
      this.#palette = palette;
      this.#painted = 0;
    }
    if (!this.unfinished) return false;
    this.#paintRest(metric);
    return true;
  }

  #paintRest(metric: ArrayMetric): void {
    const { words, rows } = this.pixels;
    const inks = this.#inks;
    switch (metric) {
      case 'state':
        paintStates(words, this.schedule.config, this.#state, inks);
        break;
      case 'utilization':
        paintUtilization(words, this.schedule, this.#cycle, inks);
        break;
      case 'toggles':
      case 'gated':
        if (this.#activity === undefined) words.fill(inks.nothing);
        else paintActivity(words, this.#activity, metric, inks);
        break;
      default:
        this.#paintValues(metric);
        return;
    }
    this.#painted = rows;
  }

  #paintValues(metric: ValueMetric): void {
    const { words, rows, columns } = this.pixels;
    const inks = this.#inks;
    const range = valueRange(metric, this.schedule);
    const startedMs = performance.now();
    do {
      const from = this.#painted;
      const to = Math.min(rows, from + ROWS_A_SLICE);
      const values = valuesWithin(this.schedule, this.#state, this.operands, [from, to], [0, columns]);
      paintValues(words, from * columns, values[metric], this.#state, metric, range, inks);
      this.#painted = to;
    } while (this.unfinished && performance.now() - startedMs < SLICE_MS);
  }

  #count(): void {
    const byCode = new Float64Array(ACTIVITIES.length);
    for (const code of this.#state.activity) byCode[code] += 1;
    ACTIVITIES.forEach((activity, code) => {
      this.counts[activity] = byCode[code];
    });
    // Most weights load while the PE works: count them too.
    const { dataflow } = this.schedule.config;
    let shifting = 0;
    for (const flag of this.#state.shifting) shifting += flag;
    this.counts[dataflow === 'os' ? 'draining' : 'loading'] = shifting;
  }
}
