import { assertDefined } from '../base/assert.ts';
import { nextTask, type Progress } from '../base/progress.ts';
import { InputError } from '../base/result.ts';
import type { MatmulBackend } from '../gpu/matmul-backend.ts';
import type { MatmulDetail } from '../machine/report.ts';
import { ACCUMULATIONS, type AccumulationId, sumsInOrder } from '../numerics/accumulation.ts';
import { DTYPE_TRAITS, type MatmulDtype } from '../numerics/dtypes.ts';
import {
  type ErrorSummary,
  inUnitsOf,
  multiplyInDouble,
  quantizeTile,
  summarizeErrors,
  type Tile,
  truncateTile,
} from '../numerics/error-analysis.ts';
import { type OperandStatistics, operandStatistics } from '../numerics/operand-statistics.ts';
import { bitEqualShare, growthLengths, multiplyLoadedInDouble, randomTile } from '../numerics/tile-trial.ts';

/** A format and an order of summation. */
export interface NumericsPick {
  readonly dtype: MatmulDtype;
  readonly accumulation: AccumulationId;
}

/** Extents of the tile, `[m, k]` by `[k, n]`. */
export interface TileShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** One tile under two choices. */
export interface NumericsRequest {
  readonly shape: TileShape;
  readonly seed: number;
  /** Rows of the array. */
  readonly passRows: number;
  readonly picks: readonly [NumericsPick, NumericsPick];
  /**
   * What the fp64 product, which errors are measured by, is of: `original` operands, so that the error holds
   * what the format lost; or `loaded` ones, as the multipliers see them, so that only summation errs.
   */
  readonly reference: 'original' | 'loaded';
}

export interface GrowthPoint {
  readonly k: number;
  readonly relativeRms: number;
}

/** What came of one choice. */
export interface NumericsOutcome {
  readonly pick: NumericsPick;
  readonly error: ErrorSummary;
  /** The same tile's first k products, for growing k; the last one is the whole tile. */
  readonly growth: readonly GrowthPoint[];
  readonly operands: { readonly a: OperandStatistics; readonly b: OperandStatistics };
  /** What computed it, as the backend calls it. */
  readonly kernel: string;
}

export interface NumericsTrial {
  readonly request: NumericsRequest;
  readonly outcomes: readonly [NumericsOutcome, NumericsOutcome];
  /** Share of results with the same bits in both. */
  readonly bitEqualShare: number;
}

const MAX_K = 4096;
const MAX_EDGE = 64;
/** Keeps the slowest order of summation well under a second on one core. */
const MAX_PRODUCTS = 2 ** 21;

/**
 * The corner of an op that is small enough to be tried at once: its k up to 4,096, its m and n as far as is
 * left. Sums that vectors cannot do pay for every pass over the matrix unit.
 */
export function tileShapeOf(
  { gemm }: Pick<MatmulDetail, 'gemm'>,
  picks: NumericsRequest['picks'],
): TileShape {
  const costs = picks.map(({ dtype, accumulation }) =>
    sumsInOrder(ACCUMULATIONS[accumulation]) ? 1 : DTYPE_TRAITS[dtype].passes,
  );
  const k = Math.min(gemm.k, MAX_K);
  const bits = Math.floor(Math.log2(MAX_PRODUCTS / Math.max(...costs) / k));
  const rows = Math.min(MAX_EDGE, 2 ** Math.floor(bits / 2));
  const columns = Math.min(MAX_EDGE, 2 ** Math.ceil(bits / 2));
  return { m: Math.min(gemm.m, rows), k, n: Math.min(gemm.n, columns) };
}

/**
 * Multiplies the tile on `backend` under both choices, at growing k, and compares with fp64.
 * Refuses a tile that is too large, a model that does not suit a format, and what the backend refuses.
 */
export async function tryNumerics(
  request: NumericsRequest,
  backend: Pick<MatmulBackend, 'matmul'>,
  progress: Progress,
): Promise<NumericsTrial> {
  checkShape(request.shape);
  const tile = randomTile(request.shape, request.seed);
  const [first, second] = request.picks;
  const one = await tryPick(tile, request, first, backend, partOf(progress, 0));
  const other = await tryPick(tile, request, second, backend, partOf(progress, 1));
  return {
    request,
    outcomes: [one.outcome, other.outcome],
    bitEqualShare: bitEqualShare(one.c, other.c),
  };
}

async function tryPick(
  tile: Tile,
  { passRows, reference }: NumericsRequest,
  pick: NumericsPick,
  backend: Pick<MatmulBackend, 'matmul'>,
  progress: Progress,
): Promise<{ readonly outcome: NumericsOutcome; readonly c: Float64Array }> {
  const choice = { dtype: pick.dtype, accumulation: ACCUMULATIONS[pick.accumulation], passRows };
  const lengths = growthLengths(tile.k);
  const growth: GrowthPoint[] = [];
  let whole: { readonly outcome: NumericsOutcome; readonly c: Float64Array } | undefined;
  for (const [index, k] of lengths.entries()) {
    const report = (_: number, detail: string): void =>
      progress.report(index / lengths.length, `${DTYPE_TRAITS[pick.dtype].name}, k = ${k}: ${detail}`);
    progress.throwIfCancelled();
    report(0, 'operands');
    const part = k === tile.k ? tile : truncateTile(tile, k);
    const quantized = quantizeTile(part, choice);
    const product = await backend.matmul(quantized.request, { ...progress, report });
    const exact = reference === 'original' ? multiplyInDouble(part) : multiplyLoadedInDouble(quantized);
    const c = inUnitsOf(product.c, quantized.scale);
    const error = summarizeErrors(c, exact);
    growth.push({ k, relativeRms: error.relativeRms });
    const operands = operandStatistics(quantized.request, part);
    whole = { c, outcome: { pick, error, growth, kernel: product.kernel, operands } };
    await nextTask();
  }
  return assertDefined(whole, 'a length to try');
}

function checkShape({ m, k, n }: TileShape): void {
  for (const [name, value] of Object.entries({ m, k, n })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new InputError(name, `expected a whole number of at least 1, found ${value}`);
    }
  }
  if (m * k * n > MAX_PRODUCTS) {
    throw new InputError('tile', `expected at most ${MAX_PRODUCTS} products, found ${m * k * n}`);
  }
}

/** The first or second half of `progress`. */
function partOf(progress: Progress, half: 0 | 1): Progress {
  return {
    report: (fraction, what) => progress.report((half + fraction) / 2, what),
    throwIfCancelled: () => progress.throwIfCancelled(),
  };
}
