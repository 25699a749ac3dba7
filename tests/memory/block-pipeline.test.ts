import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BlockPipeline,
  blockOverheadsPs,
  phasesPs,
  pipelineBytes,
  pipelinePhases,
  stepPipeline,
} from '../../src/memory/block-pipeline.ts';

/** A byte a picosecond, so that bytes read as time. */
const BYTES_PER_SECOND = 1e12;

function pipelineOf(
  blocks: number,
  load: number,
  compute: number,
  store: number,
  buffers: number,
): BlockPipeline {
  return {
    blocks,
    copyBytes: 0,
    hiddenCopyBytes: 0,
    loadBytes: blocks * load,
    firstLoadBytes: load,
    storeBytes: blocks * store,
    lastStoreBytes: store,
    computePs: blocks * compute,
    blockOverheadPs: 0,
    buffers,
  };
}

function timeOf(pipeline: BlockPipeline): number {
  return phasesPs(pipelinePhases(pipeline), BYTES_PER_SECOND);
}

function closedForm(blocks: number, load: number, compute: number, store: number, buffers: number): number {
  return timeOf(pipelineOf(blocks, load, compute, store, buffers));
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

  it('waits for the copies of whole operands that nothing hides, and for nothing of those that are', () => {
    const plain = pipelineOf(4, 10, 100, 5, 2);
    expect(timeOf({ ...plain, copyBytes: 70 })).toBe(timeOf(plain) + 70);
    // Beside 400 of computing there is room for 4 x (10 + 5) bytes and 300 more.
    expect(timeOf({ ...plain, hiddenCopyBytes: 300 })).toBe(timeOf(plain));
    expect(timeOf({ ...plain, hiddenCopyBytes: 800 })).toBeGreaterThan(timeOf(plain) + 300);
    expect(pipelineBytes({ ...plain, copyBytes: 70, hiddenCopyBytes: 300 })).toBe(40 + 20 + 370);
  });

  it('pays for every block after the first, on the side of computing', () => {
    const busy = { ...pipelineOf(10, 5, 100, 7, 2), blockOverheadPs: 3 };
    expect(blockOverheadsPs(busy)).toBe(27);
    expect(timeOf(busy)).toBe(5 + 1000 + 27 + 7);
    // Where memory leads there is time for it.
    const waiting = pipelineOf(10, 50, 1, 0, 2);
    expect(timeOf({ ...waiting, blockOverheadPs: 3 })).toBe(timeOf(waiting));
    fc.assert(
      fc.property(blockCount, time, time, time, fc.integer({ min: 1, max: 4 }), (blocks, ...rest) => {
        const [load, compute, store, buffers] = rest;
        const plain = pipelineOf(blocks, load, compute, store, buffers);
        const more = timeOf({ ...plain, blockOverheadPs: 13 }) - timeOf(plain);
        expect(more).toBeGreaterThanOrEqual(0);
        expect(more).toBeLessThanOrEqual(13 * (blocks - 1));
      }),
    );
  });

  it('equals the reference with copies and block costs when computing leads', () => {
    fc.assert(
      fc.property(blockCount, time, time, time, overlapping, time, time, (blocks, load, extra, ...rest) => {
        const [store, buffers, copy, overhead] = rest;
        const compute = load + store + extra;
        const pipeline = {
          ...pipelineOf(blocks, load, compute, store, buffers),
          copyBytes: copy,
          blockOverheadPs: overhead,
        };
        // The reference has no cost of blocks: they add up behind the first one.
        const reference =
          copy + stepPipeline(blocks, load, compute, store, buffers) + (blocks - 1) * overhead;
        expect(timeOf(pipeline)).toBe(reference);
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
