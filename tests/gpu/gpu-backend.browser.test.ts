import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { InputError } from '../../src/base/result.ts';
import { BUNDLED_SHADERS } from '../../src/gpu/bundled-shaders.ts';
import { createGpuBackend, type GpuBackendOptions } from '../../src/gpu/gpu-backend.ts';
import type { MatmulBackend } from '../../src/gpu/matmul-backend.ts';
import { selfTestCases } from '../../src/gpu/self-test-cases.ts';
import type { ShaderSources } from '../../src/gpu/shader-sources.ts';
import { ACCUMULATIONS } from '../../src/numerics/accumulation.ts';
import { MATMUL_DTYPES } from '../../src/numerics/dtypes.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import type { MatmulOperands, MatmulRequest } from '../../src/numerics/matmul-request.ts';
import { randomBf16, randomOperands } from '../../src/numerics/random-operands.ts';
import { bitsOf } from './bits.ts';

const faults: string[] = [];
let backend: MatmulBackend;

async function create(sources: ShaderSources, options: GpuBackendOptions = {}): Promise<MatmulBackend> {
  const outcome = await createGpuBackend(sources, { onFault: (message) => faults.push(message), ...options });
  if (outcome.kind === 'absent') throw new Error(`these tests need WebGPU: ${outcome.reason}`);
  return outcome.backend;
}

beforeAll(async () => {
  backend = await create(BUNDLED_SHADERS);
});

afterAll(() => {
  backend.dispose();
  expect(faults).toEqual([]);
});

const FLOAT_MODELS = Object.entries(ACCUMULATIONS).filter(([id]) => id !== 'int32');

function operandsOf(dtype: MatmulOperands['dtype'], m: number, k: number, n: number): MatmulOperands {
  return randomOperands(createRandom(m + k + n), dtype, { m, k, n });
}

describe('the GPU backend', () => {
  it('passes its own self-test on this adapter', async () => {
    const verdict = await backend.selfTest();
    expect(verdict).toMatchObject({ status: 'bit-exact' });
    expect(verdict.firstDifference).toBeUndefined();
    expect(verdict.cases).toBeGreaterThan(10);
  });

  describe.each(FLOAT_MODELS)('sums as %s', (_id, accumulation) => {
    it.each(selfTestCases('bf16', accumulation).map((each) => [each.name, each.request] as const))(
      'equals the reference bit for bit in bf16: %s',
      async (_name, request) => {
        const { c } = await backend.matmul(request);
        expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
      },
    );

    it.each(selfTestCases('fp32', accumulation).map((each) => [each.name, each.request] as const))(
      'equals the reference bit for bit in fp32: %s',
      async (_name, request) => {
        const { c } = await backend.matmul(request);
        expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
      },
    );

    it('equals the reference over 4,096 products', async () => {
      const [m, k, n] = [3, 4096, 5];
      const shape = { m, k, n, passRows: 128, accumulation };
      const request: MatmulRequest = { ...shape, ...operandsOf('bf16', m, k, n) };
      const { c } = await backend.matmul(request);
      expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
    });
  });

  it.each(MATMUL_DTYPES)('equals the reference bit for bit in %s, sums of all its models', async (dtype) => {
    const [m, k, n] = [13, 75, 10];
    const shape = { m, k, n, passRows: 32 };
    const models = dtype.startsWith('int') ? [ACCUMULATIONS.int32] : FLOAT_MODELS.map(([, model]) => model);
    for (const accumulation of models) {
      const request: MatmulRequest = { ...shape, accumulation, ...operandsOf(dtype, m, k, n) };
      const { c } = await backend.matmul(request);
      expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
    }
  });

  it('refuses a malformed request', async () => {
    const request = { dtype: 'bf16', m: 1, k: 1, n: Number.NaN, passRows: 1 } as const;
    const a = new Uint16Array(1);
    await expect(backend.matmul({ ...request, a, b: a })).rejects.toThrow(InputError);
  });
});

describe('an adapter whose arithmetic differs', () => {
  // What a driver does that adds each pass backwards.
  const reordered = BUNDLED_SHADERS['matmul-bf16-8x4']
    .replaceAll('a[index * shape', 'a[(end - 1u - (index - start)) * shape')
    .replaceAll('b[index * shape', 'b[(end - 1u - (index - start)) * shape');

  it('is found out and computes with the integer kernel instead', async () => {
    const other = await create({ ...BUNDLED_SHADERS, 'matmul-bf16-8x4': reordered });
    const verdict = await other.selfTest();
    expect(verdict.status).toBe('differs');
    expect(verdict.firstDifference?.kernel).toBe('bf16 8x4');
    expect(verdict.kernels.bf16).toContain('soft-float');
    const random = createRandom(2);
    const shape = { dtype: 'bf16', m: 12, k: 200, n: 9, passRows: 128 } as const;
    const request = { ...shape, a: randomBf16(random, 12 * 200), b: randomBf16(random, 200 * 9) };
    const { c, kernel } = await other.matmul(request);
    expect(kernel).toBe(verdict.kernels.bf16);
    expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
    other.dispose();
  });
});

describe('without WebGPU', () => {
  it('says so instead of failing', async () => {
    const outcome = await createGpuBackend(BUNDLED_SHADERS, { gpu: undefined });
    expect(outcome).toEqual({ kind: 'absent', reason: 'this environment has no WebGPU' });
  });

  it('says so when there is no adapter', async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    const outcome = await createGpuBackend(BUNDLED_SHADERS, { gpu });
    expect(outcome).toMatchObject({ kind: 'absent' });
  });
});
