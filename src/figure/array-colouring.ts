import type { ArraySchedule } from '../array/schedule.ts';
import { REGISTER_MATRIX } from '../array/state-grids.ts';
import { NORMALS, type OperandSeeds } from './array-operands.ts';
import { type ArrayInks, utilizationWords, valueRange, valueWord } from './array-pixels.ts';

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
  /** A colour a PE, [rows, columns]. */
  | { readonly kind: 'pixels'; readonly words: Words };

/** Registers whose values cost O(1): a partial sum costs a product for each that it holds. */
export type ElementRegister = 'operand' | 'weight';

type Words = Uint32Array<ArrayBuffer>;

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
