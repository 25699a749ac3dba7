import type { ArrayConfig } from '../array/config.ts';
import type { ArraySchedule } from '../array/schedule.ts';
import { ACTIVITY, type ArrayState, EMPTY } from '../array/state-grids.ts';
import { workingCyclesByDiagonal } from '../array/working-cycles.ts';
import { clamp } from '../base/integers.ts';
import { mix, pixelOf } from './color.ts';
import type { Palette } from './color-palette.ts';
import { type ColorScale, differenceScale, SCALE_STEPS, utilizationScale } from './color-scales.ts';

/** What the colour of a PE means. */
export type ArrayMetric = 'state' | 'operand' | 'weight' | 'sum' | 'utilization' | 'toggles' | 'gated';
export type ValueMetric = Extract<ArrayMetric, 'operand' | 'weight' | 'sum'>;

/** Waves between two equal bands of the working colour: a diagonal every 16 rows of the streamed matrix. */
export const BAND_WAVES = 16;
const BANDS_SMALL_ARRAY = 4;
const SMALL_ARRAY = 32;
/** Colours of values run over this many standard deviations either side of zero. */
const VALUE_DEVIATIONS = 3;

/** Colours of an array picture as pixels, prepared once for a palette. */
export interface ArrayInks {
  /** By wave modulo its length; entry 0 is the brightest. */
  readonly working: Uint32Array;
  /** The first wave of a fold: the wavefront itself. */
  readonly front: number;
  /** A weight on its way, by parity of its row, alone and while the PE works. */
  readonly loading: readonly [number, number];
  readonly draining: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly idle: number;
  readonly nothing: number;
  readonly values: ColorScale;
  readonly utilization: ColorScale;
}

export function arrayInks(palette: Palette, rows: number): ArrayInks {
  const { colors, scheme } = palette;
  const bands = rows < SMALL_ARRAY ? BANDS_SMALL_ARRAY : BAND_WAVES;
  const bright = mix(colors['state-working'], scheme === 'dark' ? colors.ink : colors.surface, 0.3);
  const deep = mix(colors['state-working'], scheme === 'dark' ? colors.ground : colors.ink, 0.42);
  const textured = (token: 'state-loading' | 'state-draining' | 'state-padding', strength: number) =>
    [
      pixelOf(colors[token]),
      pixelOf(mix(colors[token], scheme === 'dark' ? colors.ground : colors.surface, strength)),
    ] as const;
  return {
    working: Uint32Array.from({ length: bands }, (_, band) => {
      // Bright at the front of the band, then fading: a saw tooth points in the direction of motion.
      const fade = band / (bands - 1);
      return pixelOf(mix(bright, deep, fade));
    }),
    front: pixelOf(colors.ink),
    loading: textured('state-loading', 0.28),
    draining: textured('state-draining', 0.35),
    padding: textured('state-padding', 0.72),
    idle: pixelOf(colors['state-idle']),
    nothing: pixelOf(mix(colors['state-idle'], colors.ground, 0.6)),
    values: differenceScale(scheme),
    utilization: utilizationScale(scheme),
  };
}

/** Paints what every PE does. `words` is [rows, columns], as the grids are. */
export function paintStates(
  words: Uint32Array,
  { doubleBuffered }: ArrayConfig,
  state: ArrayState,
  inks: ArrayInks,
): void {
  const { rows, columns, activity, shifting, wave } = state;
  // Weights shift in through the shadow register of a double-buffered array, else through the weight's own.
  const weights = doubleBuffered ? state.shadowRow : state.weightRow;
  const bands = inks.working.length;
  let index = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, index += 1) {
      switch (activity[index]) {
        case ACTIVITY.working:
          // Weights on their way down show as lines, every fourth row of the tile, that move as they do.
          if (shifting[index] === 1 && (weights[index] & 3) === 0) words[index] = inks.loading[0];
          else words[index] = wave[index] === 0 ? inks.front : inks.working[wave[index] % bands];
          break;
        case ACTIVITY.loading:
          words[index] = inks.loading[weights[index] & 1];
          break;
        case ACTIVITY.draining:
          words[index] = inks.draining[column & 1];
          break;
        case ACTIVITY.padding:
          words[index] = inks.padding[((row + column) & 3) === 0 ? 0 : 1];
          break;
        default:
          words[index] = inks.idle;
      }
    }
  }
}

/** Colours of the use so far, by class of ragged tiles and diagonal as `WorkingCycles` has them. */
export interface UtilizationWords {
  readonly rowsOfLast: number;
  readonly columnsOfLast: number;
  readonly words: Uint32Array<ArrayBuffer>;
}

export function utilizationWords(schedule: ArraySchedule, cycle: number, inks: ArrayInks): UtilizationWords {
  const { rowsOfLast, columnsOfLast, cycles } = workingCyclesByDiagonal(schedule, cycle);
  const scale = (SCALE_STEPS - 1) / (cycle + 1);
  const words = new Uint32Array(cycles.length);
  cycles.forEach((working, index) => {
    words[index] = inks.utilization.pixels[Math.round(working * scale)];
  });
  return { rowsOfLast, columnsOfLast, words };
}

/** Share of the cycles so far in which each PE worked. */
export function paintUtilization(
  words: Uint32Array,
  schedule: ArraySchedule,
  cycle: number,
  inks: ArrayInks,
): void {
  const { rows, columns } = schedule.config;
  const { rowsOfLast, columnsOfLast, words: colors } = utilizationWords(schedule, cycle, inks);
  const diagonals = rows + columns - 1;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const raggedClass = (row >= rowsOfLast ? 2 : 0) + (column >= columnsOfLast ? 1 : 0);
      words[row * columns + column] = colors[raggedClass * diagonals + row + column];
    }
  }
}

/** Paints values of one register: [rows, columns] of `values` over those of `words` that start at `offset`. */
export function paintValues(
  words: Uint32Array,
  offset: number,
  values: Float64Array,
  state: ArrayState,
  metric: ValueMetric,
  range: number,
  inks: ArrayInks,
): void {
  const held = { operand: state.operandRow, weight: state.weightRow, sum: state.sumRow }[metric];
  for (let index = 0; index < values.length; index += 1) {
    words[offset + index] =
      held[offset + index] === EMPTY ? inks.nothing : valueWord(values[index], range, inks);
  }
}

/** Colour of a value on a scale from -range to range. */
export function valueWord(value: number, range: number, inks: ArrayInks): number {
  return inks.values.pixels[valueStep(value, range)];
}

/** Its step, in [0, SCALE_STEPS). */
export function valueStep(value: number, range: number): number {
  const step = Math.round((SCALE_STEPS - 1) / 2 + value * ((SCALE_STEPS - 1) / (2 * range)));
  return clamp(step, 0, SCALE_STEPS - 1);
}

/** Largest magnitude the colours of a metric tell apart. */
export function valueRange(metric: ValueMetric, schedule: ArraySchedule): number {
  if (metric !== 'sum') return VALUE_DEVIATIONS;
  return Math.ceil(VALUE_DEVIATIONS * Math.sqrt(largestDepth(schedule)));
}

/** Most products that a partial sum holds. */
export function largestDepth({ config, gemm }: ArraySchedule): number {
  return config.dataflow === 'os' ? gemm.k : Math.min(config.rows, gemm.k);
}
