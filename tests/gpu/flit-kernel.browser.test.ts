import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import flitCycleShader from '../../shaders/flit-cycle.wgsl?raw';
import { InputError } from '../../src/base/result.ts';
import { acquireDevice } from '../../src/gpu/device.ts';
import { createGpuTrafficRun } from '../../src/gpu/flit-kernel.ts';
import { Torus } from '../../src/ici/topology.ts';
import type { TrafficRequest } from '../../src/ici/traffic-request.ts';
import { TrafficRun } from '../../src/ici/traffic-run.ts';

let device: GPUDevice;
const faults: string[] = [];

beforeAll(async () => {
  const acquired = await acquireDevice(navigator.gpu);
  if (acquired.kind === 'absent') throw new Error(`these tests need WebGPU: ${acquired.reason}`);
  device = acquired.device;
  device.addEventListener('uncapturederror', (event) => faults.push(event.error.message));
});

afterAll(() => {
  device.destroy();
  expect(faults).toEqual([]);
});

const request = (change: Partial<TrafficRequest> = {}): TrafficRequest => ({
  pattern: 'uniform',
  rate: 0.3,
  packetFlits: 1,
  virtualChannels: 2,
  bufferFlits: 8,
  seed: 1,
  ...change,
});

const torusOf = (shape: readonly number[], twisted = false): Torus =>
  new Torus({ shape, wraps: shape.map(() => true), twisted });

describe('flit cycles on the GPU', () => {
  it.each([
    ['uniform, light', torusOf([8, 8]), request({ rate: 0.1 })],
    ['uniform, saturated', torusOf([8, 8]), request({ rate: 1 })],
    [
      'long packets, more channels',
      torusOf([4, 4, 4]),
      request({ packetFlits: 5, virtualChannels: 4, bufferFlits: 4, rate: 0.6 }),
    ],
    ['transpose', torusOf([4, 4]), request({ pattern: 'transpose', rate: 0.2, seed: 9 })],
    ['twisted', torusOf([4, 4, 8], true), request({ rate: 0.4 })],
    [
      'unequal axes, two links to a neighbour',
      torusOf([5, 2, 3]),
      request({ rate: 0.5, packetFlits: 2, bufferFlits: 1 }),
    ],
    [
      'nodes that give few credits',
      torusOf([4, 4]),
      request({ rate: 1, packetFlits: 4, bufferFlits: 2, virtualChannels: 4 }),
    ],
    ['one ring, many channels', torusOf([16]), request({ virtualChannels: 8, rate: 1 })],
  ])("%s: every counter equals the CPU's", async (_, torus, traffic) => {
    const cpu = new TrafficRun(torus, traffic);
    const gpu = await createGpuTrafficRun(device, flitCycleShader, torus, traffic);
    for (const run of [cpu, gpu]) {
      run.advance(700);
      run.beginMeasuring();
      run.advance(600);
    }
    expect(await gpu.counters()).toEqual(cpu.counters());
    for (const run of [cpu, gpu]) {
      run.endMeasuring();
      run.advance(150);
    }
    const counters = await gpu.counters();
    expect(counters).toEqual(cpu.counters());
    expect(counters.deliveredPackets).toBeGreaterThan(0);
    gpu.dispose();
  });

  it('refuses what it cannot hold', async () => {
    const attempt = (torus: Torus, change: Partial<TrafficRequest>): Promise<unknown> =>
      createGpuTrafficRun(device, flitCycleShader, torus, request(change));
    await expect(attempt(torusOf([4]), { virtualChannels: 10 })).rejects.toThrow(InputError);
    await expect(attempt(torusOf([4]), { rate: 2 })).rejects.toThrow(InputError);
    await expect(attempt(torusOf([4]), { random: 'booksim' })).rejects.toThrow(InputError);
    await expect(attempt(new Torus({ shape: [4], wraps: [false] }), {})).rejects.toThrow(InputError);
  });
});
