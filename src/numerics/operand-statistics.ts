import { DTYPE_TRAITS } from './dtypes.ts';
import type { MatmulOperands } from './matmul-request.ts';

/** What the wires and multipliers of an array see of an operand. */
export interface OperandStatistics {
  readonly elements: number;
  /** Elements that are zero, of either sign: their products need no multiplication. */
  readonly zeros: number;
  /** Bits that change from one element to the next in the same array row, all rows together. */
  readonly toggles: number;
  /** `toggles` over the bits that could have changed; 0.5 for random bits. */
  readonly toggleRate: number;
}

/**
 * Statistics of both operands. A streams: array row k sees A[0, k], A[1, k], ... one after the other. B is
 * loaded: column n of the array's load path sees B[0, n], B[1, n], ...
 */
export function operandStatistics(
  operands: MatmulOperands,
  { m, k, n }: { readonly m: number; readonly k: number; readonly n: number },
): { readonly a: OperandStatistics; readonly b: OperandStatistics } {
  const { bits, carrier } = DTYPE_TRAITS[operands.dtype];
  // Integers have one zero; in floating point the sign alone is zero too.
  const zeroMask = carrier === 'int8' ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  return {
    a: statisticsOf(patternsOf(operands.a), m, k, bits, zeroMask),
    b: statisticsOf(patternsOf(operands.b), k, n, bits, zeroMask),
  };
}

/** `patterns` is `[steps, lanes]`: one step after the other on the same lane. */
function statisticsOf(
  patterns: Uint8Array | Uint16Array | Uint32Array,
  steps: number,
  lanes: number,
  bits: number,
  zeroMask: number,
): OperandStatistics {
  const all = 2 ** bits - 1;
  let zeros = 0;
  let toggles = 0;
  for (let index = 0; index < patterns.length; index += 1) {
    const pattern = (patterns[index] ?? 0) & all;
    if ((pattern & zeroMask) === 0) zeros += 1;
    if (index >= lanes) toggles += bitsIn((pattern ^ ((patterns[index - lanes] ?? 0) & all)) >>> 0);
  }
  const possible = (steps - 1) * lanes * bits;
  return { elements: patterns.length, zeros, toggles, toggleRate: possible === 0 ? 0 : toggles / possible };
}

function patternsOf(values: MatmulOperands['a']): Uint8Array | Uint16Array | Uint32Array {
  if (values instanceof Float32Array) return new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (values instanceof Int8Array) return new Uint8Array(values.buffer, values.byteOffset, values.length);
  return values;
}

/** Population count (Warren, "Hacker's Delight", section 5-1). */
function bitsIn(word: number): number {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  count = (count + (count >>> 4)) & 0x0f0f0f0f;
  return Math.imul(count, 0x01010101) >>> 24;
}
