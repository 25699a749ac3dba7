import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/base/result.ts';
import { picosecondsFromSeconds } from '../../src/base/time.ts';
import type { GemmWork } from '../../src/compiler/gemm-work.ts';
import { chooseTiling } from '../../src/compiler/tiling.ts';
import type { Chip } from '../../src/hardware/chip.ts';
import { effectiveHbmBytesPerSecond } from '../../src/hardware/peak.ts';
import { findChip } from '../../src/hardware/presets.ts';
import { applySet } from '../../src/hardware/variant.ts';
import {
  type BlockPipeline,
  phasesPs,
  pipelineBytes,
  pipelinePhases,
} from '../../src/memory/block-pipeline.ts';

const extent = fc.integer({ min: 1, max: 20_000 });
const chips = fc.constantFrom('v2', 'v4', 'v5e', 'v5p', 'v6e').map((id) => unwrap(findChip(id)).chip);

function work(m: number, k: number, n: number, batch = 1): GemmWork {
  return {
    gemm: { m, k, n },
    batch,
    dtype: 'bf16',
    operandBytes: 2,
    resultBytes: 2,
    residentRhs: false,
    first: false,
  };
}

describe('tiling', () => {
  it('fits VMEM, moves at least the operands and multiplies at most at peak', () => {
    fc.assert(
      fc.property(
        chips,
        extent,
        extent,
        extent,
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (chip, m, k, n, buffers, first) => {
          const product = { ...work(m, k, n), first };
          const { block, pipeline, arrayCycles, fillDrainCycles } = chooseTiling(chip, product, buffers);
          // Results and sums come and go in any case; operands do, or lie there as a whole.
          const results = block.m * block.n * (4 + buffers * 2);
          const kept = (pipeline.copyBytes + pipeline.hiddenCopyBytes) / chip.tensorCores;
          expect(results + kept).toBeLessThanOrEqual(chip.vmem.bytesPerCore);
          if (kept === 0) {
            const operands = buffers * (block.m * block.k + block.k * block.n) * 2;
            expect(operands + results).toBeLessThanOrEqual(
              chip.vmem.windowBytesPerCore ?? chip.vmem.bytesPerCore,
            );
          }
          expect(first ? pipeline.hiddenCopyBytes : pipeline.copyBytes).toBe(0);
          expect(pipeline.copyBytes + pipeline.hiddenCopyBytes + pipeline.loadBytes).toBeGreaterThanOrEqual(
            2 * (m * k + k * n),
          );
          expect(pipeline.storeBytes).toBeGreaterThanOrEqual(2 * m * n);
          const perCycle =
            chip.tensorCores * chip.mxu.perCore * chip.mxu.rows * chip.mxu.columns * chip.mxu.rowsPerCycle;
          expect(arrayCycles - fillDrainCycles).toBeGreaterThanOrEqual(Math.floor((m * k * n) / perCycle));
        },
      ),
    );
  });

  it('has no better block among all that fit', () => {
    // The search leaves out blocks whose fixed cost alone is too much: with none, it looks at every block.
    const chip = unwrap(findChip('v6e')).chip;
    const timeOf = (of: Chip, block: BlockPipeline): number =>
      phasesPs(
        pipelinePhases({ ...block, blockOverheadPs: picosecondsFromSeconds(of.blockOverheadSeconds ?? 0) }),
        effectiveHbmBytesPerSecond(of),
      );
    const free = unwrap(applySet(chip, 'blockOverheadSeconds=0'));
    fc.assert(
      fc.property(extent, extent, extent, fc.boolean(), (m, k, n, first) => {
        const product = { ...work(m, k, n), first };
        const chosen = chooseTiling(chip, product, 2).pipeline;
        const withoutCost = chooseTiling(free, product, 2).pipeline;
        expect(timeOf(chip, chosen)).toBeLessThanOrEqual(timeOf(chip, withoutCost));
        expect(timeOf(free, withoutCost)).toBeLessThanOrEqual(timeOf(free, chosen));
      }),
    );
  });

  it('brings in whole what fits beside the windows of blocks, the larger operand first', () => {
    const chip = unwrap(findChip('v6e')).chip;
    const copied = (m: number, k: number, n: number, more: Partial<GemmWork> = {}) => {
      const { copyBytes, hiddenCopyBytes, loadBytes } = chooseTiling(
        chip,
        { ...work(m, k, n), first: true, ...more },
        2,
      ).pipeline;
      return { copyBytes, hiddenCopyBytes, loadBytes };
    };
    const mib = 2 ** 20;
    // 8 and 32 MiB into the 96 MiB that windows of 32 MiB leave of 128.
    expect(copied(1024, 4096, 4096)).toEqual({ copyBytes: 40 * mib, hiddenCopyBytes: 0, loadBytes: 0 });
    // As a later kernel each has half of that, and the copy is hidden.
    expect(copied(1024, 4096, 4096, { first: false })).toEqual({
      copyBytes: 0,
      hiddenCopyBytes: 40 * mib,
      loadBytes: 0,
    });
    // 80 MiB fit, 50 more do not; 128 do not, 4 do.
    expect(copied(4096, 10_240, 2560).copyBytes).toBe(80 * mib);
    expect(copied(32_768, 2048, 1024).copyBytes).toBe(4 * mib);
    // One row streams past the vector unit.
    expect(copied(1, 4096, 4096)).toMatchObject({ copyBytes: 0, hiddenCopyBytes: 0 });
    // Weights that are there already take the room but need no copy.
    expect(copied(1024, 4096, 4096, { residentRhs: true })).toEqual({
      copyBytes: 8 * mib,
      hiddenCopyBytes: 0,
      loadBytes: 0,
    });
    // Windows that may take all of VMEM leave nothing.
    const all = unwrap(applySet(chip, 'vmem.windowBytesPerCore=none'));
    expect(chooseTiling(all, { ...work(1024, 4096, 4096), first: true }, 2).pipeline.copyBytes).toBe(0);
  });

  it('moves each operand once where memory is the limit and all of it fits', () => {
    const chip = unwrap(findChip('v5e')).chip;
    const { loadBytes, hiddenCopyBytes } = chooseTiling(chip, work(32, 4096, 4096), 2).pipeline;
    expect(loadBytes + hiddenCopyBytes).toBe(2 * (32 * 4096 + 4096 * 4096));
  });

  it('multiplies a large square at nearly the peak rate', () => {
    const chip = unwrap(findChip('v5p')).chip;
    const { arrayCycles } = chooseTiling(chip, work(8192, 8192, 8192), 2);
    const ideal = 8192 ** 3 / (8 * 128 * 128);
    expect(arrayCycles / ideal).toBeGreaterThan(1);
    expect(arrayCycles / ideal).toBeLessThan(1.01);
  });

  it('says which VMEM is too small for any block', () => {
    const chip = unwrap(applySet(unwrap(findChip('v5e')).chip, 'vmem.bytesPerCore=1024'));
    expect(() => chooseTiling(chip, work(4096, 4096, 4096), 2)).toThrow(
      /vmem.bytesPerCore: 1024 bytes hold no block/,
    );
  });

  it('does not load a resident operand', () => {
    const chip = unwrap(findChip('v6e')).chip;
    const bytes = (residentRhs: boolean): number =>
      pipelineBytes(chooseTiling(chip, { ...work(32, 4096, 4096), residentRhs }, 2).pipeline);
    expect(bytes(false)).toBeGreaterThanOrEqual(2 * 4096 * 4096);
    expect(bytes(true)).toBeLessThan(bytes(false) / 20);
  });
});
