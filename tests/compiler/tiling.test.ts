import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/base/result.ts';
import { chooseTiling, type GemmWork } from '../../src/compiler/tiling.ts';
import { findChip } from '../../src/hardware/presets.ts';
import { applySet } from '../../src/hardware/variant.ts';

const extent = fc.integer({ min: 1, max: 20_000 });
const chips = fc.constantFrom('v2', 'v4', 'v5e', 'v5p', 'v6e').map((id) => unwrap(findChip(id)).chip);

function work(m: number, k: number, n: number, batch = 1): GemmWork {
  return { gemm: { m, k, n }, batch, dtype: 'bf16', operandBytes: 2, resultBytes: 2, residentRhs: false };
}

describe('tiling', () => {
  it('fits VMEM, moves at least the operands and multiplies at most at peak', () => {
    fc.assert(
      fc.property(chips, extent, extent, extent, fc.integer({ min: 1, max: 3 }), (chip, m, k, n, buffers) => {
        const { block, pipeline, arrayCycles, fillDrainCycles } = chooseTiling(chip, work(m, k, n), buffers);
        const held =
          buffers * (block.m * block.k + block.k * block.n) * 2 + block.m * block.n * (4 + buffers * 2);
        expect(held).toBeLessThanOrEqual(chip.vmem.bytesPerCore);
        expect(pipeline.loadBytes).toBeGreaterThanOrEqual(2 * (m * k + k * n));
        expect(pipeline.storeBytes).toBeGreaterThanOrEqual(2 * m * n);
        const perCycle =
          chip.tensorCores * chip.mxu.perCore * chip.mxu.rows * chip.mxu.columns * chip.mxu.rowsPerCycle;
        expect(arrayCycles - fillDrainCycles).toBeGreaterThanOrEqual(Math.floor((m * k * n) / perCycle));
      }),
    );
  });

  it('moves each operand once where memory is the limit and all of it fits', () => {
    const chip = unwrap(findChip('v5e')).chip;
    const { pipeline } = chooseTiling(chip, work(32, 4096, 4096), 2);
    expect(pipeline.loadBytes).toBe(2 * (32 * 4096 + 4096 * 4096));
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
    const cold = chooseTiling(chip, work(32, 4096, 4096), 2).pipeline;
    const warm = chooseTiling(chip, { ...work(32, 4096, 4096), residentRhs: true }, 2).pipeline;
    expect(cold.loadBytes).toBeGreaterThanOrEqual(2 * 4096 * 4096);
    expect(warm.loadBytes).toBeLessThan(cold.loadBytes / 20);
  });
});
