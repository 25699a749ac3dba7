import { assert, assertNotBelowBound } from '../base/assert.ts';
import { ceilDiv } from '../base/integers.ts';
import { picosecondsFromBytes } from '../base/time.ts';

/**
 * A kernel that walks over blocks: load a block's operands from HBM, compute on them, store its results.
 * With two or more buffers the next load and the last store run while a block computes, so that only the
 * first load and the last store are exposed (Pallas pipelining,
 * https://docs.jax.dev/en/latest/pallas/pipelining.html). Operands may also be brought in whole, by copies
 * that end before the kernel begins (XLA's memory space assignment): no block of them is loaded then.
 */
export interface BlockPipeline {
  readonly blocks: number;
  /** Copies of whole operands that nothing else hides: the first block waits for all of them. */
  readonly copyBytes: number;
  /**
   * Copies of whole operands under the kernel before. As kernels follow each other, about as many bytes of the
   * next one arrive while this one computes: they are booked here.
   */
  readonly hiddenCopyBytes: number;
  /** All loads together; a block whose operands are already there loads nothing. */
  readonly loadBytes: number;
  /** What the first block needs before it can start. */
  readonly firstLoadBytes: number;
  readonly storeBytes: number;
  /** What is left to store when the last block is done. */
  readonly lastStoreBytes: number;
  /** Computing on all blocks. */
  readonly computePs: number;
  /** Fixed cost of every block after the first, on top of computing. */
  readonly blockOverheadPs: number;
  /** Buffers for each operand: 1 means that nothing overlaps. */
  readonly buffers: number;
}

/**
 * A part of a kernel in which computing and moving bytes go on side by side, each at an even pace:
 * it lasts as long as the slower of the two.
 */
export interface Phase {
  readonly kind: 'launch' | 'load' | 'steady' | 'last' | 'store';
  /** Computing, and in the steady part the fixed cost of blocks. */
  readonly computePs: number;
  readonly hbmBytes: number;
}

/**
 * The pipeline as phases in order. For equal blocks the time is that of the block-by-block reference where
 * computing or memory clearly leads, and within a block of it in between.
 */
export function pipelinePhases(pipeline: BlockPipeline): readonly Phase[] {
  const { blocks, copyBytes, hiddenCopyBytes, loadBytes, firstLoadBytes, computePs, buffers } = pipeline;
  const { storeBytes, lastStoreBytes } = pipeline;
  assert(blocks >= 1 && firstLoadBytes <= loadBytes && lastStoreBytes <= storeBytes, 'blocks of a pipeline');
  const overheadPs = blockOverheadsPs(pipeline);
  if (buffers === 1) {
    return [
      { kind: 'load', computePs: 0, hbmBytes: copyBytes + loadBytes },
      { kind: 'steady', computePs: overheadPs, hbmBytes: 0 },
      { kind: 'last', computePs, hbmBytes: hiddenCopyBytes },
      { kind: 'store', computePs: 0, hbmBytes: storeBytes },
    ];
  }
  const lastComputePs = ceilDiv(computePs, blocks);
  // While the last block computes, the store of the block before it is still under way.
  const earlierStoreBytes = storeBytes - lastStoreBytes;
  const overlappedStoreBytes = blocks > 1 ? earlierStoreBytes / (blocks - 1) : 0;
  const lastHiddenBytes = hiddenCopyBytes / blocks;
  const earlierHiddenBytes = hiddenCopyBytes - lastHiddenBytes;
  return [
    { kind: 'load', computePs: 0, hbmBytes: copyBytes + firstLoadBytes },
    {
      kind: 'steady',
      computePs: computePs - lastComputePs + overheadPs,
      hbmBytes: loadBytes - firstLoadBytes + earlierStoreBytes - overlappedStoreBytes + earlierHiddenBytes,
    },
    { kind: 'last', computePs: lastComputePs, hbmBytes: overlappedStoreBytes + lastHiddenBytes },
    { kind: 'store', computePs: 0, hbmBytes: lastStoreBytes },
  ];
}

/** What the blocks of a pipeline cost beside computing and moving bytes. */
export function blockOverheadsPs({ blocks, blockOverheadPs }: BlockPipeline): number {
  return (blocks - 1) * blockOverheadPs;
}

/** Bytes through HBM, copies of whole operands included. */
export function pipelineBytes(pipeline: BlockPipeline): number {
  return pipeline.copyBytes + pipeline.hiddenCopyBytes + pipeline.loadBytes + pipeline.storeBytes;
}

/** Time of phases one after the other when they have the memory to themselves. */
export function phasesPs(phases: readonly Phase[], bytesPerSecond: number): number {
  const total = phases.reduce(
    (sum, phase) => sum + Math.max(phase.computePs, picosecondsFromBytes(phase.hbmBytes, bytesPerSecond)),
    0,
  );
  const computePs = phases.reduce((sum, phase) => sum + phase.computePs, 0);
  const bytes = phases.reduce((sum, phase) => sum + phase.hbmBytes, 0);
  assertNotBelowBound(total, Math.max(computePs, bytes / bytesPerSecond), 'pipeline time');
  return total;
}

/**
 * Slow reference: equal blocks one by one, with one memory channel that serves the next load before the
 * store of the block that just finished. Times in any unit.
 */
export function stepPipeline(
  blocks: number,
  load: number,
  compute: number,
  store: number,
  buffers: number,
): number {
  let memoryFree = 0;
  let computeFree = 0;
  const computeEnd: number[] = [];
  const loadEnd: number[] = [];
  const doLoad = (block: number): void => {
    const bufferFree = block >= buffers ? (computeEnd[block - buffers] ?? 0) : 0;
    memoryFree = Math.max(memoryFree, bufferFree) + load;
    loadEnd[block] = memoryFree;
  };
  doLoad(0);
  for (let block = 0; block < blocks; block++) {
    if (buffers > 1 && block + 1 < blocks) doLoad(block + 1);
    computeFree = Math.max(computeFree, loadEnd[block] ?? 0) + compute;
    computeEnd[block] = computeFree;
    memoryFree = Math.max(memoryFree, computeFree) + store;
    if (buffers === 1 && block + 1 < blocks) doLoad(block + 1);
  }
  return memoryFree;
}
