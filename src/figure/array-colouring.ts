import type { ArraySchedule } from '../array/schedule.ts';
import { REGISTER_MATRIX } from '../array/state-grids.ts';
import { NORMALS, type OperandSeeds } from './array-operands.ts';
import {
  type ArrayInks,
  largestDepth,
  utilizationWords,
  valueRange,
  valueStep,
  valueWord,
} from './array-pixels.ts';
import { SCALE_STEPS } from './color-scales.ts';

/**
 * What the colours of an array mean, as tables that a shader looks them up in (shaders/array-draw.wgsl): the
 * twin of `paintStates`, `paintUtilization`, `paintValues` and of pixels that are painted already.
 */
export type ArrayColouring =
  | { readonly kind: 'state'; readonly bands: number; readonly words: Words }
  | {
      readonly kind: 'use';
      readonly rowsOfLast: number;
      readonly columnsOfLast: number;
      readonly words: Words;
    }
  /** Of a seeded element that a register names: a colour by sum of its four random bytes, then of nothing. */
  | {
      readonly kind: 'element';
      readonly register: ElementRegister;
      readonly seed: number;
      readonly words: Words;
    }
  /**
   * Of partial sums: a colour a step of the scale, of nothing, then as bits of 32-bit floats the operands by sum
   * of their four bytes and the least value of each step but the first.
   */
  | { readonly kind: 'sums'; readonly seeds: OperandSeeds; readonly words: Words }
  /** A colour a PE, [rows, columns]. */
  | { readonly kind: 'pixels'; readonly words: Words };

/** Registers whose values cost O(1). */
export type ElementRegister = 'operand' | 'weight';

type Words = Uint32Array<ArrayBuffer>;

/** Products that a GPU may be asked to add for one picture: of 256x256 PEs, 1,024 each. */
const MAX_PRODUCTS = 2 ** 26;

export function stateColouring(inks: ArrayInks): ArrayColouring {
  const { front, loading, draining, padding, idle, working } = inks;
  const words = Uint32Array.of(front, ...loading, ...draining, ...padding, idle, ...working);
  return { kind: 'state', bands: working.length, words };
}

export function useColouring(schedule: ArraySchedule, cycle: number, inks: ArrayInks): ArrayColouring {
  return { kind: 'use', ...utilizationWords(schedule, cycle, inks) };
}

export function elementColouring(
  register: ElementRegister,
  schedule: ArraySchedule,
  seeds: OperandSeeds,
  inks: ArrayInks,
): ArrayColouring {
  const range = valueRange(register, schedule);
  const words = new Uint32Array(NORMALS.length + 1).fill(inks.nothing);
  NORMALS.forEach((value, bytes) => {
    words[bytes] = valueWord(value, range, inks);
  });
  const seed = seeds[REGISTER_MATRIX[schedule.config.dataflow][register]];
  return { kind: 'element', register, seed, words };
}

/** Undefined where the sums may hold more products than a frame has time for. */
export function sumColouring(
  schedule: ArraySchedule,
  seeds: OperandSeeds,
  inks: ArrayInks,
): ArrayColouring | undefined {
  const { rows, columns } = schedule.config;
  if (rows * columns * largestDepth(schedule) > MAX_PRODUCTS) return undefined;
  const floats = new Float32Array(NORMALS.length + SCALE_STEPS - 1);
  floats.set(NORMALS);
  floats.set(leastOfSteps(valueRange('sum', schedule)), NORMALS.length);
  const words = new Uint32Array(SCALE_STEPS + 1 + floats.length);
  words.set(inks.values.pixels);
  words[SCALE_STEPS] = inks.nothing;
  words.set(new Uint32Array(floats.buffer), SCALE_STEPS + 1);
  return { kind: 'sums', seeds, words };
}

/** The least 32-bit float of each step of a scale from -range to range but the first. */
function leastOfSteps(range: number): Float32Array {
  return Float32Array.from({ length: SCALE_STEPS - 1 }, (_, index) => {
    const step = index + 1;
    const about = Math.fround(((step - 0.5) / (SCALE_STEPS - 1) - 0.5) * 2 * range);
    // Rounding may have put it one float to either side.
    return (
      [-1, 0, 1].map((by) => neighbour(about, by)).find((value) => valueStep(value, range) >= step) ?? about
    );
  });
}

/** The 32-bit float so many above, or below; not across zero. */
function neighbour(value: number, by: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0] += value < 0 ? -by : by;
  return new Float32Array(bits.buffer)[0] ?? value;
}
