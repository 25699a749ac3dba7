import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { BUNDLED_SHADERS } from '../../src/gpu/bundled-shaders.ts';
import { createMatmulBackend } from '../../src/gpu/create-backend.ts';
import { createGpuBackend } from '../../src/gpu/gpu-backend.ts';
import { GpuError } from '../../src/gpu/gpu-error.ts';
import { matmulFast } from '../../src/numerics/matmul-fast.ts';
import type { MatmulRequest } from '../../src/numerics/matmul-request.ts';
import { randomOperands } from '../../src/numerics/random-operands.ts';
import { bitsOf } from './bits.ts';

type Grab = (device: GPUDevice, count: number) => void;

/** The real WebGPU, with a look at, or a grip on, each device it hands out. */
function watched(onDevice: Grab, limits?: Partial<Record<keyof GPUSupportedLimits, number>>): GPU {
  let count = 0;
  return {
    requestAdapter: async () => {
      const adapter = await navigator.gpu.requestAdapter();
      if (adapter === null) return null;
      return {
        info: adapter.info,
        features: adapter.features,
        limits: limits === undefined ? adapter.limits : { ...DEFAULT_LIMITS, ...limits },
        requestDevice: async (descriptor: GPUDeviceDescriptor) => {
          const device = await adapter.requestDevice(descriptor);
          count += 1;
          onDevice(device, count);
          return device;
        },
      };
    },
    wgslLanguageFeatures: navigator.gpu.wgslLanguageFeatures,
  } as unknown as GPU;
}

/** What every WebGPU implementation has (https://www.w3.org/TR/webgpu/#limit-default). */
const DEFAULT_LIMITS = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
};

function randomRequest(m: number, k: number, n: number): MatmulRequest {
  const shape = { m, k, n, passRows: 128 };
  return { ...shape, ...randomOperands(createRandom(m), 'bf16', shape) };
}

/** Lets `submits` submissions pass, then loses the device. */
function loseAfter(device: GPUDevice, submits: number): void {
  const submit = device.queue.submit.bind(device.queue);
  let left = submits;
  device.queue.submit = (buffers) => {
    submit(buffers);
    left -= 1;
    if (left === 0) device.destroy();
  };
}

describe('a device lost in the middle of a matmul', () => {
  it('is replaced, and the result is right', async () => {
    const faults: string[] = [];
    let devices = 0;
    const gpu = watched((device, count) => {
      devices = count;
      // The self-test takes some submissions; the matmul after it is what gets hit.
      if (count === 1) loseAfter(device, 9);
    });
    const backend = await createMatmulBackend(BUNDLED_SHADERS, { gpu, onFault: (each) => faults.push(each) });
    const request = randomRequest(40, 200, 40);
    for (let round = 0; round < 3; round += 1) {
      const { c } = await backend.matmul(request);
      expect(bitsOf(c)).toEqual(bitsOf(matmulFast(request)));
    }
    expect(devices).toBe(2);
    expect(backend.id).toBe('gpu');
    expect(faults.join()).toMatch(/lost/);
    backend.dispose();
  });

  it('moves the work to the CPU when every device is lost, and says so', async () => {
    const moved: string[] = [];
    const gpu = watched((device) => loseAfter(device, 2));
    const backend = await createMatmulBackend(BUNDLED_SHADERS, { gpu, onMoved: (each) => moved.push(each) });
    const request = randomRequest(16, 64, 16);
    const { c } = await backend.matmul(request);
    expect(bitsOf(c)).toEqual(bitsOf(matmulFast(request)));
    expect(backend.id).toBe('cpu');
    expect(moved.join()).toMatch(/lost/);
    const verdict = await backend.selfTest();
    expect(verdict.status).toBe('no-adapter');
  });

  it('is an error, not a hang, where only the GPU is allowed', async () => {
    const gpu = watched((device) => loseAfter(device, 1));
    const outcome = await createGpuBackend(BUNDLED_SHADERS, { gpu });
    if (outcome.kind === 'absent') throw new Error(outcome.reason);
    await expect(outcome.backend.matmul(randomRequest(8, 8, 8))).rejects.toThrow(GpuError);
  });
});

describe('an adapter with the smallest limits', () => {
  const small = { maxStorageBufferBindingSize: 2 ** 16, maxBufferSize: 2 ** 16 };

  it('gets the matrices in blocks that fit', async () => {
    const sizes: number[] = [];
    const gpu = watched((device) => {
      const createBuffer = device.createBuffer.bind(device);
      device.createBuffer = (descriptor) => {
        sizes.push(descriptor.size);
        return createBuffer(descriptor);
      };
      Object.defineProperty(device, 'limits', { value: { ...DEFAULT_LIMITS, ...small } });
    }, {});
    const outcome = await createGpuBackend(BUNDLED_SHADERS, { gpu });
    if (outcome.kind === 'absent') throw new Error(outcome.reason);
    const request = randomRequest(300, 500, 170);
    const { c } = await outcome.backend.matmul(request);
    expect(bitsOf(c)).toEqual(bitsOf(matmulFast(request)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2 ** 16);
    outcome.backend.dispose();
  });

  it('refuses what cannot be cut, since k stays together, and the CPU takes it', async () => {
    const gpu = watched((device) => {
      Object.defineProperty(device, 'limits', { value: { ...DEFAULT_LIMITS, ...small } });
    }, {});
    const moved: string[] = [];
    const backend = await createMatmulBackend(BUNDLED_SHADERS, { gpu, onMoved: (each) => moved.push(each) });
    const request = randomRequest(2, 40_000, 2);
    const { c } = await backend.matmul(request);
    expect(bitsOf(c)).toEqual(bitsOf(matmulFast(request)));
    expect(moved.join()).toMatch(/do not fit/);
  });
});

describe('an adapter that runs out of memory', () => {
  /** Refuses buffers above `bytes` as a device does that has no more: an error in the out-of-memory scope. */
  function withMemory(bytes: number): GPU {
    return watched((device) => {
      const createBuffer = device.createBuffer.bind(device);
      const pop = device.popErrorScope.bind(device);
      const push = device.pushErrorScope.bind(device);
      const filters: GPUErrorFilter[] = [];
      let exhausted = false;
      device.pushErrorScope = (filter) => {
        filters.push(filter);
        push(filter);
      };
      device.popErrorScope = async () => {
        const filter = filters.pop();
        const error = await pop();
        if (filter !== 'out-of-memory' || !exhausted) return error;
        exhausted = false;
        return new GPUOutOfMemoryError('no more memory');
      };
      device.createBuffer = (descriptor) => {
        if (descriptor.size <= bytes) return createBuffer(descriptor);
        exhausted = true;
        return createBuffer({ ...descriptor, size: 2 ** 53 - 2 ** 20 });
      };
    });
  }

  it('gets smaller blocks', async () => {
    const outcome = await createGpuBackend(BUNDLED_SHADERS, { gpu: withMemory(2 ** 17) });
    if (outcome.kind === 'absent') throw new Error(outcome.reason);
    const request = randomRequest(500, 200, 500);
    const { c } = await outcome.backend.matmul(request);
    expect(bitsOf(c)).toEqual(bitsOf(matmulFast(request)));
    outcome.backend.dispose();
  });

  it('leaves the work to the CPU when nothing fits', async () => {
    const moved: string[] = [];
    const backend = await createMatmulBackend(BUNDLED_SHADERS, {
      gpu: withMemory(64),
      onMoved: (each) => moved.push(each),
    });
    const request = randomRequest(20, 30, 20);
    const { c } = await backend.matmul(request);
    expect(bitsOf(c)).toEqual(bitsOf(matmulFast(request)));
    expect(moved.join()).toMatch(/memory/);
  });
});

describe('no adapter at all', () => {
  it('computes on the CPU and says why', async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    const backend = await createMatmulBackend(BUNDLED_SHADERS, { gpu });
    const verdict = await backend.selfTest();
    expect(verdict).toMatchObject({ status: 'no-adapter', adapter: 'WebGPU found no adapter' });
    const request = randomRequest(9, 9, 9);
    const { c } = await backend.matmul(request);
    expect(bitsOf(c)).toEqual(bitsOf(matmulFast(request)));
  });

  it('also where asking for one fails', async () => {
    const requestAdapter = async (): Promise<GPUAdapter> => {
      throw new Error('the driver is gone');
    };
    const outcome = await createGpuBackend(BUNDLED_SHADERS, { gpu: { requestAdapter } as unknown as GPU });
    expect(outcome).toEqual({ kind: 'absent', reason: 'WebGPU gave no device: the driver is gone' });
  });
});
