import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import arrayStateShader from '../../shaders/array-state.wgsl?raw';
import { scheduleOf } from '../../src/array/schedule.ts';
import { arrayStateAt } from '../../src/array/state.ts';
import type { ArrayState } from '../../src/array/state-grids.ts';
import { createRandom } from '../../src/base/random.ts';
import { type ArrayStateKernel, createArrayStateKernel, FIELDS } from '../../src/gpu/array-state.ts';
import { acquireDevice } from '../../src/gpu/device.ts';
import {
  type ArrayCase,
  SAMPLED_CASES,
  SAMPLED_ENTRIES,
  SAMPLED_SEQUENCES,
} from '../array/arbitrary-cases.ts';

let device: GPUDevice;
let kernel: ArrayStateKernel;
const faults: string[] = [];

beforeAll(async () => {
  const acquired = await acquireDevice(navigator.gpu);
  if (acquired.kind === 'absent') throw new Error(`these tests need WebGPU: ${acquired.reason}`);
  device = acquired.device;
  device.addEventListener('uncapturederror', (event) => faults.push(event.error.message));
  kernel = await createArrayStateKernel(device, arrayStateShader);
});

afterAll(() => {
  kernel.dispose();
  device.destroy();
  expect(faults).toEqual([]);
});

function differingFields(found: ArrayState, expected: ArrayState): readonly string[] {
  return FIELDS.filter((field) => expected[field].some((value, index) => found[field][index] !== value));
}

async function check({ config, gemm }: Pick<ArrayCase, 'config' | 'gemm'>, cycle: number): Promise<void> {
  const found = await kernel.stateAt(config, gemm, cycle);
  const place = JSON.stringify({ config, gemm, cycle });
  expect(differingFields(found, arrayStateAt(config, gemm, cycle)), place).toEqual([]);
}

describe('array state on the GPU', () => {
  it('equals the CPU in every field at the first, last and other cycles of many cases', async () => {
    const random = createRandom(11);
    const sampled = [SAMPLED_CASES, SAMPLED_SEQUENCES, SAMPLED_ENTRIES].flatMap((all) => all.slice(0, 100));
    for (const testCase of sampled) {
      const { cycles } = scheduleOf(testCase.config, testCase.gemm);
      const cycleList = [0, cycles - 1, random.nextBelow(cycles), random.nextBelow(cycles)];
      for (const cycle of cycleList) await check(testCase, cycle);
    }
  });

  it.each(['ws', 'is', 'os'] as const)(
    'equals the CPU in the middle of a large operation, %s',
    async (dataflow) => {
      const random = createRandom(12);
      const gemm = { m: 4096, k: 4096, n: 4096, repeats: 3 };
      for (const doubleBuffered of [true, false]) {
        const config = { rows: 256, columns: 256, dataflow, doubleBuffered, rowsPerCycle: 1 };
        const { cycles } = scheduleOf(config, gemm);
        for (let time = 0; time < 3; time++) await check({ config, gemm }, random.nextBelow(cycles));
      }
    },
  );

  it('equals the CPU beyond cycle 2^32', async () => {
    const config = { rows: 8, columns: 8, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 2 } as const;
    const gemm = { m: 2_000_001, k: 1000, n: 1001 };
    const { cycles } = scheduleOf(config, gemm);
    expect(cycles).toBeGreaterThan(2 ** 32);
    for (const cycle of [2 ** 32 + 1, cycles - 9]) await check({ config, gemm }, cycle);
  });

  it('refuses what its integers cannot count', async () => {
    const config = { rows: 8, columns: 8, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 } as const;
    await expect(kernel.stateAt(config, { m: 2 ** 31 - 1, k: 1, n: 1 }, 0)).rejects.toThrow(/^gemm: /);
    await expect(kernel.stateAt(config, { m: 1, k: 1, n: 1 }, -1)).rejects.toThrow(/^cycle: /);
  });
});
