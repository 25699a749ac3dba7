import { describe, expect, it } from 'vitest';
import { cutIntoBlocks } from '../../src/gpu/blocks.ts';
import { GpuError } from '../../src/gpu/gpu-error.ts';
import { type Kernel, kernelsFor, nativeKernels, planFor } from '../../src/gpu/kernels.ts';
import { trialShape } from '../../src/gpu/tuning.ts';
import { ACCUMULATIONS } from '../../src/numerics/accumulation.ts';

function kernel(id: string): Kernel {
  const found = nativeKernels('bf16').find((each) => each.id === id);
  if (found === undefined) throw new Error(`no kernel ${id}`);
  return found;
}

describe('the kernels of a model', () => {
  it('end with one that is exact by specification', () => {
    for (const [id, accumulation] of Object.entries(ACCUMULATIONS)) {
      const last = kernelsFor(id === 'int32' ? 'int8' : 'bf16', accumulation).at(-1);
      expect(last?.arithmetic).toBe('integer');
    }
  });

  it('have names of their own', () => {
    const ids = [...nativeKernels('bf16'), ...nativeKernels('fp32')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the plan of a kernel that takes four k at once', () => {
  it('pads the end of k, and nothing else', () => {
    const inFours = kernel('bf16 8x8');
    const plan = (products: number, pass: number, segment = products) =>
      planFor(inFours, { products, segment, pass });
    expect(plan(256, 128)).toEqual({ products: 256, segment: 256, pass: 128 });
    expect(plan(301, 128)).toEqual({ products: 304, segment: 304, pass: 128 });
    expect(plan(7, 7)).toEqual({ products: 8, segment: 8, pass: 8 });
    expect(plan(20, 3)).toBeUndefined();
    expect(plan(30, 4, 10)).toBeUndefined();
    expect(plan(24, 4, 8)).toEqual({ products: 24, segment: 8, pass: 4 });
  });

  it('has passes apart only where there are several, of one segment', () => {
    const apart = kernel('bf16 4x4, passes apart');
    expect(planFor(apart, { products: 128, segment: 128, pass: 128 })).toBeUndefined();
    expect(planFor(apart, { products: 256, segment: 128, pass: 64 })).toBeUndefined();
    expect(planFor(apart, { products: 256, segment: 256, pass: 64 })).toBeDefined();
  });
});

describe('blocks', () => {
  const wide = { bytesPerBuffer: 2 ** 27, rows: 1e6, columns: 1e6, slices: 1 };

  it('are one where all fits', () => {
    expect(cutIntoBlocks({ m: 100, n: 50 }, 1024, wide)).toEqual([
      { rows: { start: 0, count: 100 }, columns: { start: 0, count: 50 } },
    ]);
  });

  it.each([
    [{ m: 1000, n: 30 }, 512, 2 ** 16],
    [{ m: 17, n: 4096 }, 64, 2 ** 14],
    [{ m: 500, n: 500 }, 8, 2 ** 12],
  ])('of %j cover C once and fit', (shape, bytesPerLine, bytesPerBuffer) => {
    const blocks = cutIntoBlocks(shape, bytesPerLine, { ...wide, bytesPerBuffer });
    const covered = new Uint8Array(shape.m * shape.n);
    for (const { rows, columns } of blocks) {
      expect(Math.max(rows.count, columns.count) * bytesPerLine).toBeLessThanOrEqual(bytesPerBuffer);
      expect(rows.count * columns.count * 4).toBeLessThanOrEqual(bytesPerBuffer);
      for (let row = rows.start; row < rows.start + rows.count; row += 1) {
        for (let column = columns.start; column < columns.start + columns.count; column += 1) {
          covered[row * shape.n + column] = (covered[row * shape.n + column] ?? 0) + 1;
        }
      }
    }
    expect(covered.every((times) => times === 1)).toBe(true);
  });

  it('are refused where not even eight lines of an operand fit', () => {
    expect(() => cutIntoBlocks({ m: 8, n: 8 }, 1024, { ...wide, bytesPerBuffer: 4096 })).toThrow(GpuError);
  });
});

describe('the trial of a class of shapes', () => {
  const plenty = 2 ** 30;

  it('rounds up to powers of two and stays affordable', () => {
    const small = { m: 8, k: 512, n: 256, passRows: 128 };
    expect(trialShape({ m: 5, k: 300, n: 129, passRows: 128 }, plenty)).toEqual(small);
    const huge = trialShape({ m: 100_000, k: 100_000, n: 100_000, passRows: 128 }, plenty);
    expect(huge.m * huge.k * huge.n).toBeLessThanOrEqual(2 ** 27);
    expect(trialShape({ m: 8, k: 4096, n: 4096, passRows: 128 }, plenty)).toMatchObject({
      m: 8,
      k: 4096,
      n: 4096,
    });
  });

  it('fits the buffers of the adapter', () => {
    const trial = trialShape({ m: 512, k: 4096, n: 4096, passRows: 128 }, 2 ** 16);
    const { m, k, n } = trial;
    expect(4 * Math.max(m * k, k * n, m * n * Math.ceil(k / 128))).toBeLessThanOrEqual(2 ** 16);
  });
});
