import { addFloat32, multiplyFloat32 } from '../numerics/float32.ts';

/** The two factors of a GEMM by value, row-major. */
export interface Operands {
  /** [m, k] */
  readonly a: ArrayLike<number>;
  /** [k, n] */
  readonly b: ArrayLike<number>;
}

/** How a PE multiplies and adds. Both functions round as the array's accumulator does. */
export interface PeArithmetic {
  /** `sum` + `a` x `b`. */
  multiplyAdd(sum: number, a: number, b: number): number;
  /** Adds the sums of two passes over K, outside the array. */
  add(x: number, y: number): number;
}

/** int8 operands, int32 sums that wrap. */
export const INTEGER_ARITHMETIC: PeArithmetic = {
  multiplyAdd: (sum, a, b) => (sum + a * b) | 0,
  add: (x, y) => (x + y) | 0,
};

/** Operands that fp32 products of are exact (bf16, fp8), fp32 sums; subnormals flush. */
export const FLOAT_ARITHMETIC: PeArithmetic = {
  multiplyAdd: (sum, a, b) => addFloat32(sum, multiplyFloat32(a, b)),
  add: addFloat32,
};
