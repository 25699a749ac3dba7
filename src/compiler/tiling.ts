import type { ArrayConfig, GemmShape } from '../array/config.ts';
import { ceilDiv } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import { picosecondsFromCycles, picosecondsFromSeconds } from '../base/time.ts';
import type { Chip } from '../hardware/chip.ts';
import { effectiveHbmBytesPerSecond } from '../hardware/peak.ts';
import { type BlockPipeline, phasesPs, pipelinePhases } from '../memory/block-pipeline.ts';
import { arrayShare } from './array-share.ts';
import { type CoreShare, coreShares, type GemmWork } from './gemm-work.ts';
import { type KeptOperands, keptOperands, windowBytes } from './kept-operands.ts';

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

interface TimedTiling {
  readonly tiling: Tiling;
  readonly ps: number;
}

/**
 * The blocks with the least time, over every width, depth and height of block that fits, and both ways of
 * dividing among the cores. Operands that fit are brought in whole, whether or not that is best here: the
 * compiler means to hide their copies under the kernel before, and the first kernel of a program has none.
 */
export function chooseTiling(chip: Chip, work: GemmWork, buffers: number): Tiling {
  let best: TimedTiling | undefined;
  for (const share of coreShares(chip, work)) best = bestBlocks(chip, work, share, buffers, best);
  if (best !== undefined) return best.tiling;
  const { m, k, n } = work.gemm;
  const bytes = windowBytes(chip);
  const place = bytes < chip.vmem.bytesPerCore ? 'vmem.windowBytesPerCore' : 'vmem.bytesPerCore';
  throw new InputError(place, `${bytes} bytes hold no block of ${m} x ${k} x ${n}`);
}

/** The best blocks for one core's share, or `known` if none of them are better. */
function bestBlocks(
  chip: Chip,
  work: GemmWork,
  share: CoreShare,
  buffers: number,
  known: TimedTiling | undefined,
): TimedTiling | undefined {
  const { gemm, batch } = share;
  const kept = keptOperands(chip, work, share);
  const room = windowBytes(chip);
  const hbmBytesPerSecond = effectiveHbmBytesPerSecond(chip);
  const blockOverheadPs = picosecondsFromSeconds(chip.blockOverheadSeconds ?? 0);
  const whole = arrayShare(chip, work.dtype, gemm, gemm, batch);
  const leastPs = picosecondsFromCycles(whole.cycles, chip.clockHz);
  const depths = halvings(gemm.k, chip.mxu.rows);
  const heights = halvings(gemm.m, ROW_GRANULE);
  let best = known;
  for (const n of halvings(gemm.n, chip.mxu.columns)) {
    for (const k of depths) {
      for (const m of heights) {
        const block = { m, k, n };
        if (heldBytes(work, kept, block, buffers) > room) continue;
        // No block computes faster than the whole; lower ones are more of them, each at its fixed cost.
        const blocks = batch * ceilDiv(gemm.m, m) * ceilDiv(gemm.k, k) * ceilDiv(gemm.n, n);
        if (best !== undefined && leastPs + (blocks - 1) * blockOverheadPs >= best.ps) break;
        const tiling = describeTiling(chip, work, share, kept, block, buffers);
        const ps = phasesPs(pipelinePhases(tiling.pipeline), hbmBytesPerSecond);
        if (best === undefined || ps < best.ps) best = { tiling, ps };
      }
    }
  }
  return best;
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

/** What a block takes of VMEM: operands and results that come and go, and the sums. */
function heldBytes(work: GemmWork, kept: KeptOperands, block: GemmShape, buffers: number): number {
  const operandBytes = buffers * firstElements(kept, block) * work.operandBytes;
  return operandBytes + block.m * block.n * (ACCUMULATOR_BYTES + buffers * work.resultBytes);
}

/** Elements of the operands that a block, and so the first one, loads. */
function firstElements(kept: KeptOperands, { m, k, n }: GemmShape): number {
  return (kept.lhs ? 0 : m * k) + (kept.rhs ? 0 : k * n);
}

function describeTiling(
  chip: Chip,
  work: GemmWork,
  share: CoreShare,
  kept: KeptOperands,
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
  const array = arrayShare(chip, work.dtype, gemm, block, batch);
  const computePs = picosecondsFromCycles(array.cycles, chip.clockHz);
  const perBatch = cores * batch;
  const loadBytes = perBatch * work.operandBytes * operandTraffic(gemm, counts, kept);
  const storeBytes = perBatch * work.resultBytes * gemm.m * gemm.n;
  const copyBytes = cores * kept.copyBytes;
  return {
    block,
    array: { config: array.config, gemm: array.gemm, repeats: array.repeats },
    arrayCycles: array.cycles,
    fillDrainCycles: array.fillDrainCycles,
    pipeline: {
      blocks: batch * counts.m * counts.k * counts.n,
      copyBytes: work.first ? copyBytes : 0,
      hiddenCopyBytes: work.first ? 0 : copyBytes,
      loadBytes,
      firstLoadBytes: Math.min(loadBytes, cores * work.operandBytes * firstElements(kept, block)),
      storeBytes,
      lastStoreBytes: Math.min(storeBytes, cores * work.resultBytes * block.m * block.n),
      computePs,
      blockOverheadPs: picosecondsFromSeconds(chip.blockOverheadSeconds ?? 0),
      buffers,
    },
  };
}

/**
 * Elements of the operands that one core loads block by block. A block that the walk does not leave is not
 * loaded again: with whole-K blocks the walk stays with the operand whose reloading would cost more.
 */
function operandTraffic(gemm: GemmShape, counts: GemmShape, kept: KeptOperands): number {
  const lhs = kept.lhs ? 0 : gemm.m * gemm.k;
  const rhs = kept.rhs ? 0 : gemm.k * gemm.n;
  if (counts.k > 1) return lhs * counts.n + rhs * counts.m;
  const stayWithLhs = lhs + (counts.n === 1 ? rhs : rhs * counts.m);
  const stayWithRhs = (counts.m === 1 ? lhs : lhs * counts.n) + rhs;
  return Math.min(stayWithLhs, stayWithRhs);
}
