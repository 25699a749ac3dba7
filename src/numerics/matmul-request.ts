import { InputError } from '../base/result.ts';

/** C[m, n] = A[m, k] B[k, n], all row-major, with the numerics of a matrix unit. */
export type MatmulRequest = MatmulShape &
  (
    | { readonly dtype: 'bf16'; readonly a: Uint16Array; readonly b: Uint16Array }
    | { readonly dtype: 'int8'; readonly a: Int8Array; readonly b: Int8Array }
  );

export interface MatmulShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Rows of the array: how many products one pass sums before the accumulators outside take over. */
  readonly passRows: number;
}

/** fp32 `[m, n]` for floating-point operands, int32 for integers. */
export type MatmulValues = Float32Array | Int32Array;

export const MAXIMUM_EXTENT = 1 << 20;
export const MAXIMUM_ELEMENTS = 1 << 28;

/** Refuses, as an `InputError`, extents that are not positive integers, too large, or not those of the arrays. */
export function checkMatmulRequest(request: MatmulRequest): void {
  const { m, k, n } = request;
  checkExtent('m', m);
  checkExtent('k', k);
  checkExtent('n', n);
  checkExtent('passRows', request.passRows);
  checkElements('a', m * k, request.a.length);
  checkElements('b', k * n, request.b.length);
  if (m * n > MAXIMUM_ELEMENTS) {
    throw new InputError('m, n', `expected a result of at most ${MAXIMUM_ELEMENTS} elements, found ${m * n}`);
  }
}

function checkExtent(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > MAXIMUM_EXTENT) {
    throw new InputError(name, `expected a whole number from 1 to ${MAXIMUM_EXTENT}, found ${value}`);
  }
}

function checkElements(name: string, expected: number, found: number): void {
  if (expected > MAXIMUM_ELEMENTS) {
    throw new InputError(name, `expected at most ${MAXIMUM_ELEMENTS} elements, found ${expected}`);
  }
  if (expected !== found) throw new InputError(name, `expected ${expected} elements, found ${found}`);
}
