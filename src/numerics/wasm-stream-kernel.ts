import {
  assembleModule,
  type Code,
  i32,
  i32x4,
  local,
  VECTOR_BYTES,
  v128,
  type WasmFunction,
} from './wasm-assembler.ts';
import { advance, countDown, indices, multiplyAdd, type WasmArithmetic } from './wasm-kernels.ts';

/** Streams that one call takes. */
const STREAMS = 8;
/** Sums that one step of its loop brings up to date. */
export const STREAM_STEP = 8;

/** The 16-bit numbers of two vectors in turns: the lower four of each, and the upper four. */
const LOWER_IN_TURNS = [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23];
const UPPER_IN_TURNS = LOWER_IN_TURNS.map((byte) => byte + 8);

export interface WasmStreamKernel {
  /**
   * sums[i] += streams[0][i] weights[0] + ... + streams[7][i] weights[7], one after the other, for i in
   * [0, 8 steps). Stream s begins at address `streams + s distance`; its elements are fp32, or int16 for
   * integers, whose weights lie in pairs, the even one in the lower half of a word.
   */
  addProducts(sums: number, streams: number, distance: number, weights: number, steps: number): void;
}

export interface WasmDotKernel {
  /** Four int32 at `sums`, the total of which grows by a[i] b[i], int16, for i in [0, 8 steps); it wraps. */
  dot(sums: number, a: number, b: number, steps: number): void;
}

/** Only of integers: no order of theirs changes the sum. */
export function instantiateDotKernel(memory: WebAssembly.Memory): WasmDotKernel {
  const [sums, a, b, steps, total] = [0, 1, 2, 3, 4];
  const products = i32x4.dotOfHalves(v128.load(local.get(a)), v128.load(local.get(b)));
  const step = [
    ...local.set(total, i32x4.add(local.get(total), products)),
    ...advance(a, i32.constant(VECTOR_BYTES)),
    ...advance(b, i32.constant(VECTOR_BYTES)),
  ];
  const dot: WasmFunction = {
    name: 'dot',
    parameters: 4,
    integers: 0,
    vectors: 1,
    body: [
      ...local.set(total, v128.load(local.get(sums))),
      ...countDown(steps, local.get(steps), step),
      ...v128.store(local.get(sums), local.get(total)),
    ],
  };
  const module = new WebAssembly.Module(assembleModule([dot]));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as WasmDotKernel;
}

export function instantiateStreamKernel(
  arithmetic: WasmArithmetic,
  memory: WebAssembly.Memory,
): WasmStreamKernel {
  const module = new WebAssembly.Module(assembleModule([addProductsFunction(arithmetic)]));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as WasmStreamKernel;
}

const [SUMS, STREAMS_AT, DISTANCE, WEIGHTS, STEPS] = [0, 1, 2, 3, 4];
const STREAM = 5;
const LOWER = 6;
const UPPER = 7;
const FIRST = 8;
const SECOND = 9;
const SCRATCH = 10;
const FIRST_WEIGHT = 11;

function addProductsFunction(arithmetic: WasmArithmetic): WasmFunction {
  const isInteger = arithmetic === 'integer';
  const weights = indices(isInteger ? STREAMS / 2 : STREAMS);
  const add = (sum: number, left: Code, weight: number): Code =>
    local.set(sum, multiplyAdd(arithmetic, local.get(sum), left, local.get(FIRST_WEIGHT + weight), SCRATCH));
  const nextStream = advance(STREAM, local.get(DISTANCE));
  const pair = (weight: number): Code => [
    ...local.set(FIRST, v128.load(local.get(STREAM))),
    ...nextStream,
    ...local.set(SECOND, v128.load(local.get(STREAM))),
    ...nextStream,
    ...add(LOWER, v128.shuffle(local.get(FIRST), local.get(SECOND), LOWER_IN_TURNS), weight),
    ...add(UPPER, v128.shuffle(local.get(FIRST), local.get(SECOND), UPPER_IN_TURNS), weight),
  ];
  const single = (weight: number): Code => [
    ...add(LOWER, v128.load(local.get(STREAM)), weight),
    ...add(UPPER, v128.load(local.get(STREAM), VECTOR_BYTES), weight),
    ...nextStream,
  ];
  const step = [
    ...local.set(LOWER, v128.load(local.get(SUMS))),
    ...local.set(UPPER, v128.load(local.get(SUMS), VECTOR_BYTES)),
    ...local.set(STREAM, local.get(STREAMS_AT)),
    ...weights.flatMap(isInteger ? pair : single),
    ...v128.store(local.get(SUMS), local.get(LOWER)),
    ...v128.store(local.get(SUMS), local.get(UPPER), VECTOR_BYTES),
    ...advance(SUMS, i32.constant(2 * VECTOR_BYTES)),
    ...advance(STREAMS_AT, i32.constant(isInteger ? VECTOR_BYTES : 2 * VECTOR_BYTES)),
  ];
  return {
    name: 'addProducts',
    parameters: 5,
    integers: 1,
    vectors: FIRST_WEIGHT + weights.length - LOWER,
    body: [
      ...weights.flatMap((weight) =>
        local.set(FIRST_WEIGHT + weight, v128.loadSplat(local.get(WEIGHTS), 4 * weight)),
      ),
      ...countDown(STEPS, local.get(STEPS), step),
    ],
  };
}
