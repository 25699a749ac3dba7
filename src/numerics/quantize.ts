import { bf16FromFloat32 } from './bf16.ts';
import type { MatmulDtype } from './dtypes.ts';
import { FP8_E4M3, FP8_E5M2, type Fp8Format, fp8FromFloat32 } from './fp8.ts';
import { int4FromNumber, int8FromNumber } from './integer-formats.ts';
import type { MatmulOperands } from './matmul-request.ts';

/** Operands in a format, and what one unit of their product is worth. */
export interface Quantized {
  readonly operands: MatmulOperands;
  /** C in the units of the original operands is the product times this: 1 for floating point. */
  readonly scale: number;
}

/**
 * fp32 operands in `dtype`: to nearest, ties to even. fp8 saturates. Integers are scaled symmetrically, a
 * whole operand at once, so that the largest magnitude becomes the largest integer.
 */
export function quantize(dtype: MatmulDtype, a: Float32Array, b: Float32Array): Quantized {
  switch (dtype) {
    case 'bf16':
      return exact({
        dtype,
        a: Uint16Array.from(a, bf16FromFloat32),
        b: Uint16Array.from(b, bf16FromFloat32),
      });
    case 'fp8-e4m3':
      return exact({ dtype, a: toFp8(a, FP8_E4M3), b: toFp8(b, FP8_E4M3) });
    case 'fp8-e5m2':
      return exact({ dtype, a: toFp8(a, FP8_E5M2), b: toFp8(b, FP8_E5M2) });
    case 'int8':
      return scaled(dtype, a, b, 127, int8FromNumber);
    case 'int4':
      return scaled(dtype, a, b, 7, int4FromNumber);
    case 'fp32':
    case 'fp32-bf16x1':
    case 'fp32-bf16x3':
    case 'fp32-bf16x6':
      return exact({ dtype, a, b });
  }
}

function exact(operands: MatmulOperands): Quantized {
  return { operands, scale: 1 };
}

function toFp8(values: Float32Array, format: Fp8Format): Uint8Array {
  return Uint8Array.from(values, (value) => fp8FromFloat32(value, format, 'saturate'));
}

function scaled(
  dtype: 'int8' | 'int4',
  a: Float32Array,
  b: Float32Array,
  largest: number,
  round: (value: number) => number,
): Quantized {
  const unitOfA = unitOf(a, largest);
  const unitOfB = unitOf(b, largest);
  const operands: MatmulOperands = {
    dtype,
    a: Int8Array.from(a, (value) => round(value / unitOfA)),
    b: Int8Array.from(b, (value) => round(value / unitOfB)),
  };
  return { operands, scale: unitOfA * unitOfB };
}

function unitOf(values: Float32Array, largest: number): number {
  const top = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return top === 0 ? 1 : top / largest;
}
