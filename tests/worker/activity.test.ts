import { describe, expect, test } from 'vitest';
import { gatedFraction, switchingOf } from '../../src/array/switching.ts';
import { CancelledError } from '../../src/base/progress.ts';
import { seededOperands } from '../../src/figure/array-operands.ts';
import { bf16FromFloat32 } from '../../src/numerics/bf16.ts';
import { type ActivityRequest, createActivityService } from '../../src/worker/activity-service.ts';
import { createSideService } from '../../src/worker/side-service.ts';

const config = { rows: 16, columns: 16, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 2 } as const;
const request: ActivityRequest = { config, gemm: { m: 40, k: 50, n: 30, repeats: 2 }, seed: 7, unit: 1 };
const large: ActivityRequest = { ...request, gemm: { m: 4096, k: 4096, n: 4096 } };
const quiet = (): void => undefined;

describe('activity of an op', () => {
  test.each(['ws', 'is', 'os'] as const)(
    '%s: is what the array model says of the same operands',
    async (dataflow) => {
      const asked = { ...request, config: { ...config, dataflow } };
      const { cycles, ...switching } = await createActivityService().measure(asked, quiet);
      const operands = seededOperands(7, 1);
      expect(switching).toEqual(switchingOf(asked.config, asked.gemm, operands, bf16FromFloat32));
      expect(cycles).toBeGreaterThan(0);
    },
  );

  test('another seed and another unit have other operands', async () => {
    const { operandToggles } = await createActivityService().measure(request, quiet);
    for (const other of [{ seed: 8 }, { unit: 2 }]) {
      const found = await createActivityService().measure({ ...request, ...other }, quiet);
      expect(found.operandToggles).not.toEqual(operandToggles);
    }
  });

  test('zero is one of the values, now and then', async () => {
    const found = await createActivityService().measure(
      { ...request, gemm: { m: 300, k: 300, n: 300 } },
      quiet,
    );
    expect(gatedFraction(found)).toBeGreaterThan(0.003);
    expect(gatedFraction(found)).toBeLessThan(0.01);
  });

  test('tells how far it is, in order, and can be cancelled', async () => {
    const service = createActivityService();
    const fractions: number[] = [];
    const count = service.measure(large, (fraction) => {
      fractions.push(fraction);
      if (fractions.length === 3) service.cancel();
    });
    await expect(count).rejects.toThrow(CancelledError);
    expect(fractions).toHaveLength(3);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBeGreaterThan(0);
    expect(fractions[2]).toBeLessThan(1);
  });

  test('gives way to the next count', async () => {
    const service = createActivityService();
    const first = service.measure(large, quiet);
    const second = service.measure(request, quiet);
    await expect(first).rejects.toThrow(CancelledError);
    expect((await second).cycles).toBeGreaterThan(0);
  });

  test('what is too much is refused in a line that says the most', async () => {
    const service = createSideService({ gpu: undefined });
    const huge = { ...request, gemm: { m: 100_000, k: 100_000, n: 1 } };
    const outcome = await service.arrayActivity(huge, quiet);
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(outcome.kind === 'refused' && outcome.message).toMatch(
      /^gemm: expected an operation of at most 4294967296 steps/,
    );
  });
});
