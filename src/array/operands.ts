import { addFloat32, multiplyFloat32, SMALLEST_NORMAL } from '../numerics/float32.ts';
import type { GemmShape } from './config.ts';

/** The two factors of a GEMM by value, row-major; those of a sequence one GEMM after the other. */
export interface Operands {
  /** [repeats, m, k] */
  readonly a: ArrayLike<number>;
  /** [repeats, k, n] */
  readonly b: ArrayLike<number>;
}

/** Elements of the two factors on demand: nobody holds the operands of a large operation. */
export interface OperandSource {
  /** A[m, k] of GEMM `repeat` of a sequence. */
  a(m: number, k: number, repeat: number): number;
  /** B[k, n] of GEMM `repeat` of a sequence. */
  b(k: number, n: number, repeat: number): number;
  /** The same elements where they lie in memory, if they do: several times faster to gather. */
  readonly stored?: Operands;
  /** The same a stretch of a row at a time, several times faster too; then all elements are fp32 numbers. */
  readonly stretches?: OperandStretches;
}

/** Copies elements [first, end) of a row to `out`, from `at` on. */
export interface OperandStretches {
  /** Of A[m, k] along k. */
  a(m: number, first: number, end: number, repeat: number, out: Float32Array, at: number): void;
  /** Of B[k, n] along n. */
  b(k: number, first: number, end: number, repeat: number, out: Float32Array, at: number): void;
}

export function operandSource(gemm: GemmShape, stored: Operands): OperandSource {
  const { a, b } = stored;
  return {
    stored,
    a: (m, k, repeat) => a[(repeat * gemm.m + m) * gemm.k + k],
    b: (k, n, repeat) => b[(repeat * gemm.k + k) * gemm.n + n],
    ...(isFloat32(a) && isFloat32(b) && { stretches: stretchesOf(gemm, a, b) }),
  };
}

type Float32Elements = Float32Array | Int8Array;

/** Whether nothing but fp32 numbers can be in there. */
function isFloat32(values: ArrayLike<number>): values is Float32Elements {
  return values instanceof Float32Array || values instanceof Int8Array;
}

function stretchesOf({ m, k, n }: GemmShape, a: Float32Elements, b: Float32Elements): OperandStretches {
  const copyFrom =
    (values: Float32Elements, rows: number, columns: number): OperandStretches['a'] =>
    (row, first, end, repeat, out, at) => {
      const start = (repeat * rows + row) * columns;
      out.set(values.subarray(start + first, start + end), at);
    };
  return { a: copyFrom(a, m, k), b: copyFrom(b, k, n) };
}

/** How a PE multiplies and adds: each function rounds as the array's accumulator does. */
export interface PeArithmetic {
  /** `sum` + `a` x `b`. */
  multiplyAdd(sum: number, a: number, b: number): number;
  /** The same, several times faster, wherever `quickIsExact` says so. */
  quickMultiplyAdd(sum: number, a: number, b: number): number;
  /** @param smallestA smallest magnitude of A's nonzero elements, `smallestB` of B's; at most 8 significant bits */
  quickIsExact(smallestA: number, smallestB: number): boolean;
  /** The operands that vector kernels take to compute the same: bf16 with fp32 sums, or int8 with int32 sums. */
  readonly vectors: 'bf16' | 'int8';
  /** Adds the sums of two passes over K, outside the array. */
  add(x: number, y: number): number;
}

const addProductInt32 = (sum: number, a: number, b: number): number => (sum + a * b) | 0;

/** int8 operands, int32 sums that wrap. */
export const INTEGER_ARITHMETIC: PeArithmetic = {
  multiplyAdd: addProductInt32,
  quickMultiplyAdd: addProductInt32,
  quickIsExact: () => true,
  vectors: 'int8',
  add: (x, y) => (x + y) | 0,
};

/** bf16 or fp8 operands, whose products are exact in fp32; fp32 sums; subnormals flush to zero. */
export const FLOAT_ARITHMETIC: PeArithmetic = {
  multiplyAdd: (sum, a, b) => addFloat32(sum, multiplyFloat32(a, b)),
  quickMultiplyAdd: (sum, a, b) => Math.fround(sum + Math.fround(a * b)),
  // Products, and so all sums of them, are multiples of their smallest unit: 7 fraction bits down on each side.
  quickIsExact: (smallestA, smallestB) => smallestA * smallestB * 2 ** -14 >= SMALLEST_NORMAL,
  vectors: 'bf16',
  add: addFloat32,
};
