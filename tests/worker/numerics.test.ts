import { describe, expect, test } from 'vitest';
import { createCpuBackend } from '../../src/gpu/cpu-backend.ts';
import { GpuError } from '../../src/gpu/gpu-error.ts';
import type { MatmulBackend } from '../../src/gpu/matmul-backend.ts';
import { ACCUMULATIONS } from '../../src/numerics/accumulation.ts';
import {
  multiplyInDouble,
  multiplyTile,
  type NumericsChoice,
  summarizeErrors,
} from '../../src/numerics/error-analysis.ts';
import { bitEqualShare, randomTile } from '../../src/numerics/tile-trial.ts';
import { createNumericsService } from '../../src/worker/numerics-service.ts';
import { type NumericsRequest, tileShapeOf } from '../../src/worker/numerics-trial.ts';

const request: NumericsRequest = {
  shape: { m: 8, k: 256, n: 12 },
  seed: 5,
  passRows: 128,
  picks: [
    { dtype: 'bf16', accumulation: 'sequential' },
    { dtype: 'fp8-e4m3', accumulation: 'groups-of-four' },
  ],
  reference: 'original',
};
const quiet = (): void => undefined;
const noGpu = createNumericsService(async () => createCpuBackend('no WebGPU here'));

/** A GPU that passes its self-test and multiplies as the given function says. */
function fakeGpu(matmul: MatmulBackend['matmul'], status: 'bit-exact' | 'differs' = 'bit-exact') {
  const gpu: MatmulBackend = {
    ...createCpuBackend(),
    id: 'gpu',
    matmul,
    selfTest: async () => ({
      status,
      adapter: 'an adapter',
      kernels: { bf16: 'x', bf16Special: 'x', int8: 'x' },
      cases: 1,
    }),
  };
  return createNumericsService(async () => gpu);
}

describe('a trial of numerics', () => {
  test('says of both choices what the numerics say of the same tile', async () => {
    const report = await noGpu.compare(request, quiet);
    const tile = randomTile(request.shape, 5);
    const exact = multiplyInDouble(tile);
    const choices: readonly NumericsChoice[] = request.picks.map(({ dtype, accumulation }) => ({
      dtype,
      accumulation: ACCUMULATIONS[accumulation],
      passRows: 128,
    }));
    const [first = exact, second = exact] = choices.map((choice) => multiplyTile(tile, choice));
    expect(report.outcomes[0].error).toEqual(summarizeErrors(first, exact));
    expect(report.outcomes[1].error).toEqual(summarizeErrors(second, exact));
    expect(report.bitEqualShare).toBe(bitEqualShare(first, second));
    expect(report.outcomes[1].growth.map(({ k }) => k)).toEqual([16, 32, 64, 128, 256]);
    expect(report.outcomes[1].growth.at(-1)?.relativeRms).toBe(report.outcomes[1].error.relativeRms);
    expect(report.outcomes[0].operands.a.elements).toBe(8 * 256);
    expect(report.computedOn).toEqual({ id: 'cpu', why: 'no WebGPU here' });
  });

  test('without what the format loses leaves rounding only', async () => {
    const { outcomes } = await noGpu.compare({ ...request, reference: 'loaded' }, quiet);
    for (const { error } of outcomes) expect(error.relativeRms).toBeLessThan(1e-5);
  });

  test('refuses tiles that are too large or none, and models that do not suit', async () => {
    const refused = (shape: NumericsRequest['shape']) => noGpu.compare({ ...request, shape }, quiet);
    await expect(refused({ m: 4096, k: 4096, n: 4096 })).rejects.toThrow('products');
    await expect(refused({ m: 0, k: 16, n: 1 })).rejects.toThrow('m: expected a whole number');
    await expect(refused({ m: Number.NaN, k: 16, n: 1 })).rejects.toThrow('found NaN');
    const { picks } = request;
    const unsuited = { ...request, picks: [{ ...picks[0], accumulation: 'int32' }, picks[1]] } as const;
    await expect(noGpu.compare(unsuited, quiet)).rejects.toThrow('floating-point model');
  });

  test('can be cancelled, and gives way to the next one', async () => {
    const cancelled = noGpu.compare(request, () => noGpu.cancel());
    await expect(cancelled).rejects.toThrow('cancelled');
    const first = noGpu.compare(request, quiet);
    const second = noGpu.compare(request, quiet);
    await expect(first).rejects.toThrow('cancelled');
    expect((await second).request).toEqual(request);
  });

  test('runs on the GPU where that is exact, else on the CPU, and says so', async () => {
    const { matmul } = createCpuBackend();
    expect((await fakeGpu(matmul).compare(request, quiet)).computedOn).toEqual({
      id: 'gpu',
      why: 'an adapter',
    });
    expect((await fakeGpu(matmul, 'differs').compare(request, quiet)).computedOn.id).toBe('cpu');
    const dies = fakeGpu(() => Promise.reject(new GpuError('out of memory')));
    const { computedOn, outcomes } = await dies.compare(request, quiet);
    expect(computedOn).toEqual({ id: 'cpu', why: 'the GPU gave up: out of memory' });
    expect(outcomes[0].error).toEqual((await noGpu.compare(request, quiet)).outcomes[0].error);
  });

  test('takes a corner of the op that is no larger than the op', () => {
    const shapeOf = (m: number, k: number, n: number, picks = request.picks) =>
      tileShapeOf({ gemm: { m, k, n } }, picks);
    expect(shapeOf(8192, 14336, 4096)).toEqual({ m: 16, k: 4096, n: 32 });
    expect(shapeOf(8192, 128, 4096)).toEqual({ m: 64, k: 128, n: 64 });
    expect(shapeOf(1, 1000, 3)).toEqual({ m: 1, k: 1000, n: 3 });
    const slow = { dtype: 'fp32-bf16x6', accumulation: 'pairwise-tree' } as const;
    expect(shapeOf(8192, 4096, 4096, [slow, request.picks[0]])).toEqual({ m: 8, k: 4096, n: 8 });
  });
});
