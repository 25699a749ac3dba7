import {
  assembleModule,
  type Code,
  f32x4,
  i32,
  i32x4,
  LANES,
  local,
  VECTOR_BYTES,
  v128,
  type WasmFunction,
} from './wasm-assembler.ts';
import { advance, countDown, indices, TILE_ROWS, VECTORS } from './wasm-kernels.ts';

/** k that one step of `packRows` takes, and `packColumns` too for integers. */
export const PACK_STEP = { rows: LANES, columns: { floats: 1, integers: 2 } } as const;
/** What the kernels tell about the elements that they have packed takes so many words. */
export const RANGE_WORDS = 2 * LANES;

/**
 * Put fp32 numbers as the multiplying kernels take them: as they are, or as pairs of int16 along k, the even
 * one in the lower half of a word. Addresses and distances are in bytes. `range` is where two vectors lie that each call goes on with:
 * - bits that no element may have: for floats all that there are, for integers any where one is not an int16;
 * - for floats, less 1 and unsigned, the least magnitude, as its bits; that of a zero, so, is the greatest.
 */
export interface WasmPackKernel {
  /** Four rows of A, `distance` apart, 4 `steps` elements of each, to `[k][4 rows]`. */
  packRows(rows: number, distance: number, target: number, steps: number, range: number): void;
  /** Eight columns of B, rows `distance` apart, `steps` rows, or for integers twice as many, to `[k][8 columns]`. */
  packColumns(rows: number, distance: number, target: number, steps: number, range: number): void;
}

export function instantiatePackKernel(carrier: Carrier, memory: WebAssembly.Memory): WasmPackKernel {
  const module = new WebAssembly.Module(
    assembleModule([packRowsFunction(carrier), packColumnsFunction(carrier)]),
  );
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as WasmPackKernel;
}

type Carrier = 'floats' | 'integers';

const [SOURCE, DISTANCE, TARGET, STEPS, RANGE] = [0, 1, 2, 3, 4];
const PARAMETERS = 5;
const NEXT = PARAMETERS;
const INTEGERS = 1;
const BITS = NEXT + INTEGERS;
const LEAST = BITS + 1;
const FIRST = LEAST + 1;

function packRowsFunction(carrier: Carrier): WasmFunction {
  const rows = indices(TILE_ROWS);
  const load = (row: number): Code => [
    ...local.set(FIRST + row, v128.load(local.get(NEXT))),
    ...advance(NEXT, local.get(DISTANCE)),
    ...note(carrier, FIRST + row),
  ];
  const [zero, one, two, three] = rows.map((row) => local.get(FIRST + row));
  // Transposed in two rounds: neighbouring rows in turns, then pairs of them.
  const [low, lowNext, high, highNext] = rows.map((row) => FIRST + TILE_ROWS + row);
  const turns = [
    ...local.set(low, v128.shuffle(zero, one, LOWER_WORDS_IN_TURNS)),
    ...local.set(lowNext, v128.shuffle(two, three, LOWER_WORDS_IN_TURNS)),
    ...local.set(high, v128.shuffle(zero, one, UPPER_WORDS_IN_TURNS)),
    ...local.set(highNext, v128.shuffle(two, three, UPPER_WORDS_IN_TURNS)),
  ];
  const packed = [
    v128.shuffle(local.get(low), local.get(lowNext), LOWER_HALVES),
    v128.shuffle(local.get(low), local.get(lowNext), UPPER_HALVES),
    v128.shuffle(local.get(high), local.get(highNext), LOWER_HALVES),
    v128.shuffle(local.get(high), local.get(highNext), UPPER_HALVES),
  ];
  return packing('packRows', TILE_ROWS * 2, [
    ...local.set(NEXT, local.get(SOURCE)),
    ...rows.flatMap(load),
    ...turns,
    ...storeAll(carrier === 'integers' ? inPairs(packed, 1) : packed),
    ...advance(SOURCE, i32.constant(VECTOR_BYTES)),
  ]);
}

function packColumnsFunction(carrier: Carrier): WasmFunction {
  const vectors = indices(PACK_STEP.columns[carrier] * VECTORS);
  const load = (at: number): Code => [
    ...local.set(FIRST + at, v128.load(local.get(SOURCE), (at % VECTORS) * VECTOR_BYTES)),
    ...(at % VECTORS === VECTORS - 1 ? advance(SOURCE, local.get(DISTANCE)) : []),
    ...note(carrier, FIRST + at),
  ];
  const loaded = vectors.map((at) => local.get(FIRST + at));
  return packing('packColumns', vectors.length, [
    ...vectors.flatMap(load),
    ...storeAll(carrier === 'integers' ? inPairs(loaded, VECTORS) : loaded),
  ]);
}

function packing(name: string, vectors: number, step: Code): WasmFunction {
  return {
    name,
    parameters: PARAMETERS,
    integers: INTEGERS,
    vectors: FIRST + vectors - BITS,
    body: [
      ...local.set(BITS, v128.load(local.get(RANGE))),
      ...local.set(LEAST, v128.load(local.get(RANGE), VECTOR_BYTES)),
      ...countDown(STEPS, local.get(STEPS), step),
      ...v128.store(local.get(RANGE), local.get(BITS)),
      ...v128.store(local.get(RANGE), local.get(LEAST), VECTOR_BYTES),
    ],
  };
}

/** Takes the vector in a local into account, which for integers becomes one of int32. */
function note(carrier: Carrier, vector: number): Code {
  const value = local.get(vector);
  if (carrier === 'floats') {
    const magnitude = v128.and(value, v128.constant(0x7fffffff));
    const lessOne = i32x4.add(magnitude, v128.constant(0xffffffff));
    return [
      ...local.set(BITS, v128.or(local.get(BITS), value)),
      ...local.set(LEAST, i32x4.leastUnsigned(local.get(LEAST), lessOne)),
    ];
  }
  const half = i32.constant(16);
  const hasFraction = f32x4.notEqual(f32x4.convert(i32x4.truncate(value)), value);
  const asInt16 = i32x4.shiftRight(i32x4.shiftLeft(value, half), half);
  return [
    ...local.set(BITS, v128.or(local.get(BITS), hasFraction)),
    ...local.set(vector, i32x4.truncate(value)),
    ...local.set(BITS, v128.or(local.get(BITS), v128.xor(value, asInt16))),
  ];
}

/** Vector i and vector i + `distance`, in which k is one more, in the halves of one. */
function inPairs(vectors: readonly Code[], distance: number): readonly Code[] {
  const evens = vectors.filter((_, index) => Math.floor(index / distance) % 2 === 0);
  const odds = vectors.filter((_, index) => Math.floor(index / distance) % 2 === 1);
  return evens.map((even, index) =>
    v128.or(v128.and(even, v128.constant(0x0000ffff)), i32x4.shiftLeft(odds[index], i32.constant(16))),
  );
}

function storeAll(vectors: readonly Code[]): Code {
  return [
    ...vectors.flatMap((vector, index) => v128.store(local.get(TARGET), vector, index * VECTOR_BYTES)),
    ...advance(TARGET, i32.constant(vectors.length * VECTOR_BYTES)),
  ];
}

/** The bytes of these words of two vectors, of which the second has words 4 to 7. */
function words(...numbers: readonly number[]): Code {
  return numbers.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte));
}

const LOWER_WORDS_IN_TURNS = words(0, 4, 1, 5);
const UPPER_WORDS_IN_TURNS = words(2, 6, 3, 7);
const LOWER_HALVES = words(0, 1, 4, 5);
const UPPER_HALVES = words(2, 3, 6, 7);
