import { assertDefined } from '../base/assert.ts';
import { InputError } from '../base/result.ts';
import type { ArrayConfig, GemmSequence } from './config.ts';
import type { Span } from './schedule.ts';
import { arrayTiming } from './timing.ts';

/** One unit's part of C (of every GEMM of a sequence): it needs rows `m` of A, columns `n` of B, and all of K. */
interface UnitPart {
  readonly m: Span;
  readonly n: Span;
  readonly gemm: GemmSequence;
}

/** A GEMM shared by several arrays that run side by side. */
export interface UnitSplit {
  /** One for each unit that has something to do. */
  readonly parts: readonly UnitPart[];
  /** Cycles until the slowest unit is done. */
  readonly cycles: number;
  /** repeats m k n / (cycles x rows x columns x rowsPerCycle x units). */
  readonly utilization: number;
}

const MAX_UNITS = 4096;

/**
 * Shares `gemm` between `units` equal arrays: C is cut into a grid of blocks as even as possible, one a unit,
 * in the way that takes fewest cycles; with equal cycles, the cut that goes more along N. K is never cut, so
 * nothing has to be added up between units. Throws `InputError`.
 */
export function splitOverUnits(config: ArrayConfig, gemm: GemmSequence, units: number): UnitSplit {
  if (!Number.isSafeInteger(units) || units < 1 || units > MAX_UNITS) {
    throw new InputError('units', `expected a whole number from 1 to ${MAX_UNITS}, found ${units}`);
  }
  const whole = arrayTiming(config, gemm);
  let best: { mParts: number; nParts: number; cycles: number } | undefined;
  for (let mParts = 1; mParts <= units; mParts++) {
    if (units % mParts !== 0) continue;
    const grid = { mParts: Math.min(mParts, gemm.m), nParts: Math.min(units / mParts, gemm.n) };
    const largest = { ...gemm, m: Math.ceil(gemm.m / grid.mParts), n: Math.ceil(gemm.n / grid.nParts) };
    const { cycles } = arrayTiming(config, largest);
    if (best === undefined || cycles < best.cycles) best = { ...grid, cycles };
  }
  const { mParts, nParts, cycles } = assertDefined(best, 'a way to split');
  return {
    parts: evenSpans(gemm.m, mParts).flatMap((m) =>
      evenSpans(gemm.n, nParts).map((n) => ({
        m,
        n,
        gemm: { ...gemm, m: m.end - m.start, n: n.end - n.start },
      })),
    ),
    cycles,
    utilization: (whole.utilization * whole.cycles) / (cycles * units),
  };
}

/** [0, extent) in `parts` spans whose lengths differ by at most one, the longer ones first. */
function evenSpans(extent: number, parts: number): readonly Span[] {
  const length = Math.floor(extent / parts);
  const longer = extent - length * parts;
  return Array.from({ length: parts }, (_, part) => ({
    start: part * length + Math.min(part, longer),
    end: (part + 1) * length + Math.min(part + 1, longer),
  }));
}
