import { assert, assertNotBelowBound } from '../base/assert.ts';
import { ceilDiv } from '../base/integers.ts';
import { picosecondsFromBytes } from '../base/time.ts';

/**
 * A kernel that walks over blocks: load a block's operands from HBM, compute on them, store its results.
 * With two or more buffers the next load and the last store run while a block computes, so that only the
 * first load and the last store are exposed (Pallas pipelining,
 * https://docs.jax.dev/en/latest/pallas/pipelining.html).
 */
export interface BlockPipeline {
  readonly blocks: number;
  /** All loads together; a block whose operands are already there loads nothing. */
  readonly loadBytes: number;
  /** What the first block needs before it can start. */
  readonly firstLoadBytes: number;
  readonly storeBytes: number;
  /** What is left to store when the last block is done. */
  readonly lastStoreBytes: number;
  /** Computing on all blocks. */
  readonly computePs: number;
  /** Buffers for each operand: 1 means that nothing overlaps. */
  readonly buffers: number;
}

/**
 * A part of a kernel in which computing and moving bytes go on side by side, each at an even pace:
 * it lasts as long as the slower of the two.
 */
export interface Phase {
  readonly kind: 'launch' | 'load' | 'steady' | 'last' | 'store';
  readonly computePs: number;
  readonly hbmBytes: number;
}

/**
 * The pipeline as phases in order. For equal blocks the time is that of the block-by-block reference where
 * computing or memory clearly leads, and within a block of it in between.
 */
export function pipelinePhases(pipeline: BlockPipeline): readonly Phase[] {
  const { blocks, loadBytes, firstLoadBytes, storeBytes, lastStoreBytes, computePs, buffers } = pipeline;
  assert(blocks >= 1 && firstLoadBytes <= loadBytes && lastStoreBytes <= storeBytes, 'blocks of a pipeline');
  if (buffers === 1) {
    return [
      { kind: 'load', computePs: 0, hbmBytes: loadBytes },
      { kind: 'last', computePs, hbmBytes: 0 },
      { kind: 'store', computePs: 0, hbmBytes: storeBytes },
    ];
  }
  const lastComputePs = ceilDiv(computePs, blocks);
  // While the last block computes, the store of the block before it is still under way.
  const earlierStoreBytes = storeBytes - lastStoreBytes;
  const overlappedStoreBytes = blocks > 1 ? earlierStoreBytes / (blocks - 1) : 0;
  return [
    { kind: 'load', computePs: 0, hbmBytes: firstLoadBytes },
    {
      kind: 'steady',
      computePs: computePs - lastComputePs,
      hbmBytes: loadBytes - firstLoadBytes + earlierStoreBytes - overlappedStoreBytes,
    },
    { kind: 'last', computePs: lastComputePs, hbmBytes: overlappedStoreBytes },
    { kind: 'store', computePs: 0, hbmBytes: lastStoreBytes },
  ];
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
