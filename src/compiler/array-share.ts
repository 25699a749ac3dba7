import { type ArrayConfig, type GemmShape, loadCyclesOf } from '../array/config.ts';
import { assert } from '../base/assert.ts';
import { ceilDiv } from '../base/integers.ts';
import type { Chip, Dtype } from '../hardware/chip.ts';

/** What one of a core's matrix units runs. */
export interface ArrayShare {
  readonly config: ArrayConfig;
  readonly gemm: GemmShape;
  readonly repeats: number;
  readonly cycles: number;
  readonly fillDrainCycles: number;
}

/**
 * The part of one of a core's matrix units, in the best of four ways: either operand stationary, the units
 * dividing its tiles or the rows streamed past them. Blocks follow each other without a gap, so the whole
 * op fills and drains once: L + (F - 1) max(s, L) + s + R + C - 2 over all its tiles, L cycles to load one.
 */
export function arrayShare(
  chip: Chip,
  dtype: Dtype,
  gemm: GemmShape,
  block: GemmShape,
  batch: number,
): ArrayShare {
  const { perCore, rows, columns, rowsPerCycle, loadRowsPerCycle, formatRates } = chip.mxu;
  const lanes = rowsPerCycle * (formatRates[dtype] ?? 1);
  const config: ArrayConfig = {
    rows,
    columns,
    dataflow: 'ws',
    doubleBuffered: true,
    rowsPerCycle: lanes,
    ...(loadRowsPerCycle === undefined ? {} : { loadRowsPerCycle }),
  };
  const loadCycles = loadCyclesOf(config);
  let best: ArrayShare | undefined;
  for (const [streamed, blockStreamed, stationary] of [
    [gemm.m, block.m, gemm.n],
    [gemm.n, block.n, gemm.m],
  ] as const) {
    const passes = ceilDiv(streamed, blockStreamed);
    for (const [unitRows, unitColumns, unitBatch] of [
      [blockStreamed, ceilDiv(ceilDiv(stationary, columns), perCore) * columns, batch],
      [ceilDiv(blockStreamed, perCore), stationary, batch],
      [blockStreamed, stationary, batch / perCore],
    ] as const) {
      if (!Number.isInteger(unitBatch)) continue;
      const unit: GemmShape = { m: unitRows, k: gemm.k, n: Math.min(unitColumns, stationary) };
      const repeats = passes * unitBatch;
      const folds = ceilDiv(unit.k, rows) * ceilDiv(unit.n, columns) * repeats;
      const stream = ceilDiv(unit.m, lanes);
      const fillDrainCycles = loadCycles + rows + columns - 2;
      const cycles = fillDrainCycles + (folds - 1) * Math.max(stream, loadCycles) + stream;
      if (best === undefined || cycles < best.cycles)
        best = { config, gemm: unit, repeats, cycles, fillDrainCycles };
    }
  }
  assert(best !== undefined, 'a matrix unit has a share of every op');
  return best;
}
