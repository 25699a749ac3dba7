import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { InputError } from '../../src/base/result.ts';
import { BUNDLED_SHADERS } from '../../src/gpu/bundled-shaders.ts';
import { createGpuBackend } from '../../src/gpu/gpu-backend.ts';
import type { MatmulBackend } from '../../src/gpu/matmul-backend.ts';
import { selfTestCases } from '../../src/gpu/self-test-cases.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import type { MatmulRequest, MatmulValues } from '../../src/numerics/matmul-request.ts';
import { randomBf16 } from '../../src/numerics/random-operands.ts';

const faults: string[] = [];
let backend: MatmulBackend;

beforeAll(async () => {
  const outcome = await createGpuBackend(BUNDLED_SHADERS, { onFault: (message) => faults.push(message) });
  if (outcome.kind === 'absent') throw new Error(`these tests need WebGPU: ${outcome.reason}`);
  backend = outcome.backend;
});

afterAll(() => {
  backend.dispose();
  expect(faults).toEqual([]);
});

function bitsOf(values: MatmulValues): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

describe('the GPU backend', () => {
  it('passes its own self-test on this adapter', async () => {
    const verdict = await backend.selfTest();
    expect(verdict).toMatchObject({ status: 'bit-exact' });
    expect(verdict.firstDifference).toBeUndefined();
  });

  it.each(selfTestCases().map((each) => [each.name, each.request] as const))(
    'equals the reference bit for bit: %s',
    async (_name, request) => {
      const { c } = await backend.matmul(request);
      expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
    },
  );

  it('equals the reference over 4,096 products', async () => {
    const random = createRandom(1);
    const [m, k, n] = [5, 4096, 6];
    const request: MatmulRequest = {
      dtype: 'bf16',
      m,
      k,
      n,
      passRows: 128,
      a: randomBf16(random, m * k),
      b: randomBf16(random, k * n),
    };
    const { c, kernel } = await backend.matmul(request);
    expect(kernel).toBe('matmul-bf16-8x4');
    expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
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
    const outcome = await createGpuBackend({ ...BUNDLED_SHADERS, 'matmul-bf16-8x4': reordered });
    if (outcome.kind === 'absent') throw new Error(outcome.reason);
    const verdict = await outcome.backend.selfTest();
    expect(verdict.status).toBe('differs');
    expect(verdict.firstDifference?.kernel).toBe('matmul-bf16-8x4');
    expect(verdict.kernels.bf16).toBe('matmul-bf16-soft');
    const random = createRandom(2);
    const shape = { dtype: 'bf16', m: 12, k: 200, n: 9, passRows: 128 } as const;
    const request = { ...shape, a: randomBf16(random, 12 * 200), b: randomBf16(random, 200 * 9) };
    const { c, kernel } = await outcome.backend.matmul(request);
    expect(kernel).toBe('matmul-bf16-soft');
    expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
    outcome.backend.dispose();
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
