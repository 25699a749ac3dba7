import { createRandom } from '../base/random.ts';
import { passPlan } from './accumulation.ts';
import { float32FromBf16 } from './bf16.ts';
import { inUnitsOf, multiplyInDouble, type QuantizedTile, type Tile } from './error-analysis.ts';
import { loadOperands } from './loaded-operands.ts';
import { accumulationOf } from './matmul-request.ts';
import { nextNormal } from './random-operands.ts';

const GROWTH_STEPS = 5;

/** A tile of fp32 numbers about N(0, 1), the same for the same seed on every machine. */
export function randomTile({ m, k, n }: Pick<Tile, 'm' | 'k' | 'n'>, seed: number): Tile {
  const random = createRandom(seed);
  const draw = (count: number): Float32Array =>
    Float32Array.from({ length: count }, () => nextNormal(random));
  return { m, k, n, a: draw(m * k), b: draw(k * n) };
}

/** k / 16, k / 8, ... k, as far as they are whole: where growth of an error with k is looked at. */
export function growthLengths(k: number): readonly number[] {
  const lengths = Array.from({ length: GROWTH_STEPS }, (_, step) => k / 2 ** (GROWTH_STEPS - 1 - step));
  return lengths.filter(Number.isInteger);
}

/** Share of elements that are the same number in both; zeros of different sign are not. */
export function bitEqualShare(first: Float64Array, second: Float64Array): number {
  return first.filter((value, index) => Object.is(value, second[index])).length / first.length;
}

/**
 * C `[m, n]` in double precision of exactly those products that the multipliers form: against it, only
 * summation errs, whatever the format has lost before.
 */
export function multiplyLoadedInDouble({ request, scale }: QuantizedTile): Float64Array {
  const { m, n } = request;
  const { products } = passPlan(accumulationOf(request), request.dtype, request);
  const loaded = loadOperands(request);
  const widen = (values: Uint16Array | Int8Array | Float32Array): Float32Array =>
    loaded.carrier === 'bf16' ? Float32Array.from(values, float32FromBf16) : Float32Array.from(values);
  const tile: Tile = { m, k: products, n, a: widen(loaded.a), b: widen(loaded.b) };
  return inUnitsOf(multiplyInDouble(tile), scale);
}
