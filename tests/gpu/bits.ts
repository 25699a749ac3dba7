import type { MatmulValues } from '../../src/numerics/matmul-request.ts';

/** Bit patterns, so that -0, 0 and NaN compare as what they are. */
export function bitsOf(values: MatmulValues): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
