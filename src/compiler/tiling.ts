import type { ArrayConfig, GemmShape } from '../array/config.ts';
import { assert } from '../base/assert.ts';
import { ceilDiv } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import { picosecondsFromCycles } from '../base/time.ts';
import type { Chip, Dtype } from '../hardware/chip.ts';
import { effectiveHbmBytesPerSecond } from '../hardware/peak.ts';
import { type BlockPipeline, phasesPs, pipelinePhases } from '../memory/block-pipeline.ts';

/** A matrix product on one chip, with what it costs to hold each element. */
export interface GemmWork {
  readonly gemm: GemmShape;
  readonly batch: number;
  readonly dtype: Dtype;
  readonly operandBytes: number;
  readonly resultBytes: number;
  /** Operands that are in VMEM already, so that HBM does not see them. */
  readonly residentRhs: boolean;
}

/** How the chip's cores and matrix units share a product, and which blocks pass through VMEM. */
export interface Tiling {
  /** Block `[m, k, n]` of one core. */
  readonly block: GemmShape;
  /** What one matrix unit runs: `gemm` on `config`, `repeats` times without a gap. */
  readonly array: { readonly config: ArrayConfig; readonly gemm: GemmShape; readonly repeats: number };
  readonly arrayCycles: number;
  /** Cycles of `arrayCycles` in which the array only fills (first weights) or drains (last skew). */
  readonly fillDrainCycles: number;
  readonly pipeline: BlockPipeline;
}

/** Elements pass through VMEM in tiles of 8 sublanes: a block's rows are a multiple of that. */
const ROW_GRANULE = 8;
const ACCUMULATOR_BYTES = 4;

/**
 * The blocks with the least time for a product that is too big for VMEM: every width of block, the deepest
 * and then tallest one that fits beside it, both ways of dividing among the cores.
 */
export function chooseTiling(chip: Chip, work: GemmWork, buffers: number): Tiling {
  let best: Tiling | undefined;
  let bestPs = Number.POSITIVE_INFINITY;
  for (const share of coreShares(chip, work)) {
    for (const block of feasibleBlocks(chip, work, share.gemm, buffers)) {
      const tiling = describeTiling(chip, work, share, block, buffers);
      const ps = phasesPs(pipelinePhases(tiling.pipeline), effectiveHbmBytesPerSecond(chip));
      if (ps < bestPs) {
        best = tiling;
        bestPs = ps;
      }
    }
  }
  if (best === undefined) {
    const { m, k, n } = work.gemm;
    throw new InputError(
      'vmem.bytesPerCore',
      `${chip.vmem.bytesPerCore} bytes hold no block of ${m} x ${k} x ${n}`,
    );
  }
  return best;
}

interface CoreShare {
  readonly gemm: GemmShape;
  readonly batch: number;
}

/** Cores divide the batch, the rows of the result or its columns. */
function coreShares(chip: Chip, work: GemmWork): readonly CoreShare[] {
  const cores = chip.tensorCores;
  const { gemm, batch } = work;
  if (cores === 1) return [{ gemm, batch }];
  if (batch >= cores) return [{ gemm, batch: ceilDiv(batch, cores) }];
  return [
    { gemm: { ...gemm, m: ceilDiv(gemm.m, cores) }, batch },
    { gemm: { ...gemm, n: ceilDiv(gemm.n, cores) }, batch },
  ];
}

function* feasibleBlocks(chip: Chip, work: GemmWork, gemm: GemmShape, buffers: number): Generator<GemmShape> {
  const { rows, columns } = chip.mxu;
  for (const n of halvings(gemm.n, columns)) {
    for (const k of halvings(gemm.k, rows)) {
      const m = halvings(gemm.m, ROW_GRANULE).find((candidate) =>
        fits(chip, work, { m: candidate, k, n }, buffers),
      );
      if (m !== undefined) yield { m, k, n };
    }
  }
}

/** `extent`, its half, its quarter … each rounded up to `granule`, down to `granule`. */
function halvings(extent: number, granule: number): readonly number[] {
  const candidates: number[] = [extent];
  for (let parts = 2; ; parts *= 2) {
    const candidate = ceilDiv(ceilDiv(extent, parts), granule) * granule;
    const last = candidates[candidates.length - 1] ?? extent;
    if (candidate >= last) return candidates;
    candidates.push(candidate);
  }
}

function fits(chip: Chip, work: GemmWork, block: GemmShape, buffers: number): boolean {
  const { m, k, n } = block;
  const operands = buffers * (m * k + k * n) * work.operandBytes;
  const results = m * n * (ACCUMULATOR_BYTES + buffers * work.resultBytes);
  return operands + results <= chip.vmem.bytesPerCore;
}

function describeTiling(
  chip: Chip,
  work: GemmWork,
  share: CoreShare,
  block: GemmShape,
  buffers: number,
): Tiling {
  const { gemm, batch } = share;
  const cores = Math.min(
    chip.tensorCores,
    ceilDiv(work.batch * work.gemm.m * work.gemm.n, batch * gemm.m * gemm.n),
  );
  const counts = {
    m: ceilDiv(gemm.m, block.m),
    k: ceilDiv(gemm.k, block.k),
    n: ceilDiv(gemm.n, block.n),
  };
  const array = arrayShare(chip, work, gemm, block, batch);
  const computePs = picosecondsFromCycles(array.cycles, chip.clockHz);
  const loads = operandTraffic(gemm, counts);
  const perBatch = cores * batch;
  const loadBytes = perBatch * work.operandBytes * (loads.lhs + (work.residentRhs ? 0 : loads.rhs));
  const storeBytes = perBatch * work.resultBytes * gemm.m * gemm.n;
  const firstRhs = work.residentRhs ? 0 : block.k * block.n;
  const firstLoadBytes = Math.min(loadBytes, cores * work.operandBytes * (block.m * block.k + firstRhs));
  return {
    block,
    array: { config: array.config, gemm: array.gemm, repeats: array.repeats },
    arrayCycles: array.cycles,
    fillDrainCycles: array.fillDrainCycles,
    pipeline: {
      blocks: batch * counts.m * counts.k * counts.n,
      loadBytes,
      firstLoadBytes,
      storeBytes,
      lastStoreBytes: Math.min(storeBytes, cores * work.resultBytes * block.m * block.n),
      computePs,
      buffers,
    },
  };
}

/**
 * Elements of each operand that one core loads. A block that the walk does not leave is not loaded again:
 * with whole-K blocks the walk keeps the operand whose reloading would cost more.
 */
function operandTraffic(gemm: GemmShape, counts: GemmShape): { readonly lhs: number; readonly rhs: number } {
  const lhs = gemm.m * gemm.k;
  const rhs = gemm.k * gemm.n;
  if (counts.k > 1) return { lhs: lhs * counts.n, rhs: rhs * counts.m };
  const keepLhs = { lhs, rhs: counts.n === 1 ? rhs : rhs * counts.m };
  const keepRhs = { lhs: counts.m === 1 ? lhs : lhs * counts.n, rhs };
  return keepLhs.lhs + keepLhs.rhs <= keepRhs.lhs + keepRhs.rhs ? keepLhs : keepRhs;
}

interface ArrayShare {
  readonly config: ArrayConfig;
  readonly gemm: GemmShape;
  readonly repeats: number;
  readonly cycles: number;
  readonly fillDrainCycles: number;
}

/**
 * The part of one of a core's matrix units, in the best of four ways: either operand stationary, the units
 * dividing its tiles or the rows streamed past them. Blocks follow each other without a gap, so the whole
 * op fills and drains once: R + (F - 1) max(s, R) + s + R + C - 2 over all its tiles.
 */
function arrayShare(
  chip: Chip,
  work: GemmWork,
  gemm: GemmShape,
  block: GemmShape,
  batch: number,
): ArrayShare {
  const { perCore, rows, columns, rowsPerCycle, formatRates } = chip.mxu;
  const lanes = rowsPerCycle * (formatRates[work.dtype] ?? 1);
  const config: ArrayConfig = { rows, columns, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: lanes };
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
      const fillDrainCycles = rows + rows + columns - 2;
      const cycles = fillDrainCycles + (folds - 1) * Math.max(stream, rows) + stream;
      if (best === undefined || cycles < best.cycles)
        best = { config, gemm: unit, repeats, cycles, fillDrainCycles };
    }
  }
  assert(best !== undefined, 'a matrix unit has a share of every op');
  return best;
}
