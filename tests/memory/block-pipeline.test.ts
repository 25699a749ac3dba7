import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BlockPipeline,
  phasesPs,
  pipelinePhases,
  stepPipeline,
} from '../../src/memory/block-pipeline.ts';

/** A byte a picosecond, so that bytes read as time. */
const BYTES_PER_SECOND = 1e12;

function closedForm(blocks: number, load: number, compute: number, store: number, buffers: number): number {
  const pipeline: BlockPipeline = {
    blocks,
    loadBytes: blocks * load,
    firstLoadBytes: load,
    storeBytes: blocks * store,
    lastStoreBytes: store,
    computePs: blocks * compute,
    buffers,
  };
  return phasesPs(pipelinePhases(pipeline), BYTES_PER_SECOND);
}

const time = fc.integer({ min: 0, max: 1000 });
const blockCount = fc.integer({ min: 1, max: 40 });
const overlapping = fc.integer({ min: 2, max: 4 });

describe('block pipeline', () => {
  it('overlaps everything but the first load and the last store', () => {
    expect(closedForm(10, 5, 100, 7, 2)).toBe(5 + 1000 + 7);
  });

  it('adds everything up with one buffer', () => {
    expect(closedForm(10, 5, 100, 7, 1)).toBe(10 * (5 + 100 + 7));
  });

  it('equals the block-by-block reference with one buffer', () => {
    fc.assert(
      fc.property(blockCount, time, time, time, (blocks, load, compute, store) => {
        expect(closedForm(blocks, load, compute, store, 1)).toBe(
          stepPipeline(blocks, load, compute, store, 1),
        );
      }),
    );
  });

  it('equals the reference when computing leads', () => {
    fc.assert(
      fc.property(blockCount, time, time, time, overlapping, (blocks, load, extra, store, buffers) => {
        const compute = load + store + extra;
        const reference = stepPipeline(blocks, load, compute, store, buffers);
        expect(closedForm(blocks, load, compute, store, buffers)).toBe(reference);
      }),
    );
  });

  it('is within a block of the reference always', () => {
    fc.assert(
      fc.property(blockCount, time, time, time, overlapping, (blocks, load, compute, store, buffers) => {
        const reference = stepPipeline(blocks, load, compute, store, buffers);
        const difference = closedForm(blocks, load, compute, store, buffers) - reference;
        expect(Math.abs(difference)).toBeLessThanOrEqual(Math.max(load, compute, store) + 2);
      }),
    );
  });

  it('is never faster than its memory or its arithmetic', () => {
    fc.assert(
      fc.property(blockCount, time, time, time, overlapping, (blocks, load, compute, store, buffers) => {
        const total = closedForm(blocks, load, compute, store, buffers);
        expect(total).toBeGreaterThanOrEqual(blocks * Math.max(compute, load + store));
      }),
    );
  });
});
