import type { Accumulation } from './accumulation.ts';
import type { MatmulDtype } from './dtypes.ts';
import { matmulFast } from './matmul-fast.ts';
import type { MatmulRequest, MatmulValues } from './matmul-request.ts';
import { quantize } from './quantize.ts';

/** fp32 operands, A `[m, k]` and B `[k, n]`, row-major: what a format and an order of summation are tried on. */
export interface Tile {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** How to compute it. */
export interface NumericsChoice {
  readonly dtype: MatmulDtype;
  readonly accumulation?: Accumulation;
  readonly passRows: number;
}

/** The errors of all elements of C against fp64, in the units of C. */
export interface ErrorSummary {
  readonly rms: number;
  readonly largest: number;
  /** Signed: an order that rounds towards zero shows here. */
  readonly mean: number;
  /** `rms` over the root mean square of C. */
  readonly relativeRms: number;
  /** Elements that are not finite, or whose fp64 value is not; they count nowhere else. */
  readonly notFinite: number;
  /** Elements without any error. */
  readonly exact: number;
  /** The others. */
  readonly histogram: readonly HistogramBin[];
}

/** Elements whose error, over the root mean square of C, has magnitude in [2^exponent, 2^(exponent + 1)). */
export interface HistogramBin {
  readonly exponent: number;
  readonly count: number;
}

/** Lowest bin of the histogram: everything smaller but not zero is in it. */
const LOWEST_EXPONENT = -32;
const HIGHEST_EXPONENT = 3;

/** The tile in the format of `choice`, ready to be multiplied, and what one unit of the product is worth. */
export interface QuantizedTile {
  readonly request: MatmulRequest;
  readonly scale: number;
}

export function quantizeTile(tile: Tile, choice: NumericsChoice): QuantizedTile {
  const { operands, scale } = quantize(choice.dtype, tile.a, tile.b);
  const { m, k, n } = tile;
  const { passRows, accumulation } = choice;
  const request: MatmulRequest = {
    m,
    k,
    n,
    passRows,
    ...operands,
    ...(accumulation === undefined ? {} : { accumulation }),
  };
  return { request, scale };
}

/** C `[m, n]` of the tile as `choice` computes it, in the units of the tile. */
export function multiplyTile(tile: Tile, choice: NumericsChoice): Float64Array {
  const { request, scale } = quantizeTile(tile, choice);
  return inUnitsOf(matmulFast(request), scale);
}

/** A product in the units of the operands that it came from. */
export function inUnitsOf(c: MatmulValues | Float64Array, scale: number): Float64Array {
  return Float64Array.from(c, (value) => value * scale);
}

/** C `[m, n]` in double precision: some 2^29 times finer than fp32, which is exact enough to measure by. */
export function multiplyInDouble({ m, k, n, a, b }: Tile): Float64Array {
  const c = new Float64Array(m * n);
  for (let row = 0; row < m; row += 1) {
    for (let index = 0; index < k; index += 1) {
      const left = a[row * k + index] ?? 0;
      for (let column = 0; column < n; column += 1) {
        const at = row * n + column;
        c[at] = (c[at] ?? 0) + left * (b[index * n + column] ?? 0);
      }
    }
  }
  return c;
}

export function summarizeErrors(c: Float64Array, exact: Float64Array): ErrorSummary {
  let squares = 0;
  let total = 0;
  let largest = 0;
  let size = 0;
  let finite = 0;
  const errors: number[] = [];
  for (let index = 0; index < c.length; index += 1) {
    const reference = exact[index] ?? 0;
    const error = (c[index] ?? 0) - reference;
    if (!Number.isFinite(error)) continue;
    errors.push(error);
    finite += 1;
    squares += error * error;
    total += error;
    largest = Math.max(largest, Math.abs(error));
    size += reference * reference;
  }
  const count = Math.max(finite, 1);
  const rms = Math.sqrt(squares / count);
  const typical = Math.sqrt(size / count);
  return {
    rms,
    largest,
    mean: total / count,
    relativeRms: typical === 0 ? 0 : rms / typical,
    notFinite: c.length - finite,
    exact: errors.filter((error) => error === 0).length,
    histogram: histogramOf(errors, typical),
  };
}

function histogramOf(errors: readonly number[], typical: number): readonly HistogramBin[] {
  const unit = typical === 0 ? 1 : typical;
  const counts = new Map<number, number>();
  for (const error of errors) {
    if (error === 0) continue;
    const bin = binOf(Math.abs(error) / unit);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const exponents = Array.from(
    { length: HIGHEST_EXPONENT - LOWEST_EXPONENT + 1 },
    (_, index) => LOWEST_EXPONENT + index,
  );
  return exponents.map((exponent) => ({ exponent, count: counts.get(exponent) ?? 0 }));
}

function binOf(ratio: number): number {
  let exponent = LOWEST_EXPONENT;
  while (exponent < HIGHEST_EXPONENT && ratio >= 2 ** (exponent + 1)) exponent += 1;
  return exponent;
}

/** The tile's first `k` products only: errors at growing k show how they accumulate. */
export function truncateTile(tile: Tile, k: number): Tile {
  const a = new Float32Array(tile.m * k);
  for (let row = 0; row < tile.m; row += 1) {
    a.set(tile.a.subarray(row * tile.k, row * tile.k + k), row * k);
  }
  return { ...tile, k, a, b: tile.b.subarray(0, k * tile.n) };
}
