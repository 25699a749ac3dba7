import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/base/result.ts';
import { arrayShare } from '../../src/compiler/array-share.ts';
import { findChip } from '../../src/hardware/presets.ts';

const extent = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20_000 }));
const chips = fc.constantFrom('v2', 'v4', 'v5e', 'v5p', 'v6e', '7x').map((id) => unwrap(findChip(id)).chip);

describe('the part of a matrix unit', () => {
  it('takes no fewer cycles in blocks than as a whole', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(chips, fc.integer({ min: 1, max: 9 })),
        fc.tuple(extent, extent, extent),
        fc.tuple(part, part, part),
        ([chip, batch], [m, k, n], [ofM, ofK, ofN]) => {
          const gemm = { m, k, n };
          const block = {
            m: Math.ceil(m * ofM) || 1,
            k: Math.ceil(k * ofK) || 1,
            n: Math.ceil(n * ofN) || 1,
          };
          const inBlocks = arrayShare(chip, 'bf16', gemm, block, batch).cycles;
          expect(inBlocks).toBeGreaterThanOrEqual(arrayShare(chip, 'bf16', gemm, gemm, batch).cycles);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('loads weights faster where more rows of them enter a column', () => {
    const { chip } = unwrap(findChip('v6e'));
    // 8 rows against 16 x 16 tiles, half of them a unit: each waits for the load of the next.
    const gemm = { m: 8, k: 4096, n: 4096 };
    const cycles = (loadRowsPerCycle: number): number =>
      arrayShare({ ...chip, mxu: { ...chip.mxu, loadRowsPerCycle } }, 'bf16', gemm, gemm, 1).cycles;
    expect(cycles(4)).toBe(64 + 127 * 64 + 4 + 510);
    expect(cycles(8)).toBe(32 + 127 * 32 + 4 + 510);
    expect(cycles(4)).toBeLessThan(cycles(1) / 1.9);
  });
});
