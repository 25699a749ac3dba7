import { InputError } from '../base/result.ts';
import { type Accumulation, checkAccumulation, defaultAccumulation } from './accumulation.ts';
import { DTYPE_TRAITS } from './dtypes.ts';

/** C[m, n] = A[m, k] B[k, n], all row-major, with the numerics of a matrix unit. */
export type MatmulRequest = MatmulShape & MatmulOperands;

export interface MatmulShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Rows of the array: how many products one pass sums before the accumulators outside take over. */
  readonly passRows: number;
  /** Sequential in fp32, or int32 for integers, unless given. */
  readonly accumulation?: Accumulation;
}

/** bf16 and fp8 are bit patterns; int4 is one number from -8 to 7 to an element. */
export type MatmulOperands =
  | { readonly dtype: 'bf16'; readonly a: Uint16Array; readonly b: Uint16Array }
  | { readonly dtype: 'fp8-e4m3' | 'fp8-e5m2'; readonly a: Uint8Array; readonly b: Uint8Array }
  | { readonly dtype: 'int8' | 'int4'; readonly a: Int8Array; readonly b: Int8Array }
  | {
      readonly dtype: 'fp32' | 'fp32-bf16x1' | 'fp32-bf16x3' | 'fp32-bf16x6';
      readonly a: Float32Array;
      readonly b: Float32Array;
    };

/** fp32 `[m, n]` for floating-point operands, int32 for integers. */
export type MatmulValues = Float32Array | Int32Array;

export const MAXIMUM_EXTENT = 1 << 20;
export const MAXIMUM_ELEMENTS = 1 << 28;

export function accumulationOf(request: MatmulRequest): Accumulation {
  return request.accumulation ?? defaultAccumulation(request.dtype);
}

/**
 * Refuses, as an `InputError`, extents that are not positive integers, too large, or not those of the
 * arrays; int4 elements out of range; and an accumulation that does not suit the dtype.
 */
export function checkMatmulRequest(request: MatmulRequest): void {
  const { m, k, n } = request;
  checkExtent('m', m);
  checkExtent('k', k);
  checkExtent('n', n);
  checkExtent('passRows', request.passRows);
  const { passes } = DTYPE_TRAITS[request.dtype];
  checkElements('a', m * k, request.a.length, passes);
  checkElements('b', k * n, request.b.length, passes);
  if (m * n > MAXIMUM_ELEMENTS) {
    throw new InputError('m, n', `expected a result of at most ${MAXIMUM_ELEMENTS} elements, found ${m * n}`);
  }
  checkAccumulation(accumulationOf(request), request.dtype);
  if (request.dtype === 'int4') {
    checkInt4('a', request.a);
    checkInt4('b', request.b);
  }
}

function checkExtent(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > MAXIMUM_EXTENT) {
    throw new InputError(name, `expected a whole number from 1 to ${MAXIMUM_EXTENT}, found ${value}`);
  }
}

function checkElements(name: string, expected: number, found: number, passes: number): void {
  const most = Math.floor(MAXIMUM_ELEMENTS / passes);
  if (expected > most) throw new InputError(name, `expected at most ${most} elements, found ${expected}`);
  if (expected !== found) throw new InputError(name, `expected ${expected} elements, found ${found}`);
}

function checkInt4(name: string, values: Int8Array): void {
  const index = values.findIndex((value) => value < -8 || value > 7);
  if (index >= 0) {
    throw new InputError(`${name}[${index}]`, `expected an int4 from -8 to 7, found ${values[index]}`);
  }
}
