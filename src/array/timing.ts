import { assertNotBelowBound } from '../base/assert.ts';
import type { ArrayConfig, GemmSequence } from './config.ts';
import { type ArraySchedule, scheduleOf } from './schedule.ts';

/** How long a GEMM, or a sequence of GEMMs, takes on one array, and what the cycles go to. */
export interface ArrayTiming {
  /** All cycles, counted: the index of the last one plus 1. */
  readonly cycles: number;
  readonly folds: number;
  /** repeats m k n / (cycles x rows x columns x rowsPerCycle): share of the multipliers' cycles that is useful. */
  readonly utilization: number;
  /** Share of the PEs that hold something real, mean over the folds: what ragged tiles leave. */
  readonly mappingEfficiency: number;
  /** Fewest cycles any schedule could take: every multiplier busy in every cycle. */
  readonly lowerBoundCycles: number;
  readonly stages: ArrayStages;
}

/** Stages as seen at PE (0, 0), then what the far end needs; they add up to the cycles. */
export interface ArrayStages {
  /** Nothing streams because weights are shifted in (`ws`, `is`). */
  readonly load: number;
  /** Waves of operands enter. */
  readonly stream: number;
  /** rows - 1 + columns - 1: the last wave crosses the array. */
  readonly skew: number;
  /** Nothing streams because results are shifted out (`os`). In `ws` and `is` sums leave while streaming. */
  readonly drain: number;
}

/** Closed-form timing of `gemm` on `config`; formulas at `scheduleOf`. Throws `InputError`. */
export function arrayTiming(config: ArrayConfig, gemm: GemmSequence): ArrayTiming {
  const schedule = scheduleOf(config, gemm);
  const { cycles, folds, repeats } = schedule;
  const multipliers = config.rows * config.columns * config.rowsPerCycle;
  const products = repeats * gemm.m * gemm.k * gemm.n;
  const lowerBoundCycles = Math.ceil(products / multipliers);
  assertNotBelowBound(cycles, lowerBoundCycles, 'array cycles');
  return {
    cycles,
    folds,
    utilization: products / (cycles * multipliers),
    mappingEfficiency: mappingEfficiency(schedule),
    lowerBoundCycles,
    stages: stagesOf(schedule),
  };
}

function stagesOf(schedule: ArraySchedule): ArrayStages {
  const { rows, columns, dataflow } = schedule.config;
  const stream = schedule.folds * schedule.waves;
  const skew = rows + columns - 2;
  const exposed = schedule.cycles - stream - skew;
  return dataflow === 'os'
    ? { load: 0, stream, skew, drain: exposed }
    : { load: exposed, stream, skew, drain: 0 };
}

function mappingEfficiency(schedule: ArraySchedule): number {
  const { config, gemm, tilesDown, tilesAcross } = schedule;
  const down = config.dataflow === 'os' ? gemm.m / config.rowsPerCycle : gemm.k;
  const across = config.dataflow === 'is' ? gemm.m : gemm.n;
  return (down * across) / (tilesDown * config.rows * tilesAcross * config.columns);
}
