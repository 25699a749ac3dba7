import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { InputError } from '../../src/base/result.ts';
import { BUNDLED_SHADERS } from '../../src/gpu/bundled-shaders.ts';
import { createGpuBackend, type GpuBackendOptions } from '../../src/gpu/gpu-backend.ts';
import { nativeKernels } from '../../src/gpu/kernels.ts';
import type { MatmulBackend } from '../../src/gpu/matmul-backend.ts';
import { describeVerdict } from '../../src/gpu/self-test.ts';
import { selfTestCases } from '../../src/gpu/self-test-cases.ts';
import { SHADER_NAMES, type ShaderName, type ShaderSources } from '../../src/gpu/shader-sources.ts';
import type { TuningChoice } from '../../src/gpu/tuning.ts';
import { ACCUMULATIONS } from '../../src/numerics/accumulation.ts';
import { MATMUL_DTYPES } from '../../src/numerics/dtypes.ts';
import { matmulFast } from '../../src/numerics/matmul-fast.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import type { MatmulOperands, MatmulRequest } from '../../src/numerics/matmul-request.ts';
import { randomOperands } from '../../src/numerics/random-operands.ts';
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
    expect(verdict.cases).toBeGreaterThanOrEqual(10);
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
  // As if the driver summed in passes of another length: right to within rounding, and not the reference.
  const reordered = (names: readonly ShaderName[]): ShaderSources => ({
    ...BUNDLED_SHADERS,
    ...Object.fromEntries(
      names.map((name) => [
        name,
        BUNDLED_SHADERS[name].replaceAll('shape.passRows', '((shape.passRows + 1u) / 2u)'),
      ]),
    ),
  });
  const shape = { m: 12, k: 256, n: 9, passRows: 128 };
  const request: MatmulRequest = { ...shape, ...randomOperands(createRandom(2), 'bf16', shape) };

  it('is found out and computes with the next kernel that does not', async () => {
    const other = await create(reordered(['matmul-bf16-8x8']));
    const verdict = await other.selfTest();
    expect(verdict.status).toBe('differs');
    expect(verdict.firstDifference?.kernel).toBe('bf16 8x8');
    expect(verdict.kernels.bf16).toBe('bf16 4x4');
    const { c, kernel } = await other.matmul(request);
    expect(kernel).toBe('bf16 4x4');
    expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
    other.dispose();
  });

  it('does without a kernel that its compiler refuses', async () => {
    const other = await create({ ...BUNDLED_SHADERS, 'matmul-bf16-8x8': 'no WGSL at all' });
    const verdict = await other.selfTest();
    expect(verdict).toMatchObject({ status: 'differs', kernels: { bf16: 'bf16 4x4' } });
    expect(verdict.firstDifference?.found).toMatch(/WGSL/);
    other.dispose();
  });

  it('computes in integers where none of the fast kernels is right', async () => {
    const native = SHADER_NAMES.filter((name) => name.startsWith('matmul-bf16'));
    const other = await create(reordered(native));
    const verdict = await other.selfTest();
    expect(verdict.status).toBe('differs');
    expect(verdict.kernels.bf16).toContain('soft-float');
    expect(describeVerdict(verdict)).toContain('soft-float');
    const { c, kernel } = await other.matmul(request);
    expect(kernel).toBe(verdict.kernels.bf16);
    expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
    other.dispose();
  });
});

describe('tuning', () => {
  const shape = { m: 300, k: 512, n: 260, passRows: 128 };
  const request: MatmulRequest = { ...shape, ...randomOperands(createRandom(6), 'bf16', shape) };

  it('tries every kernel that passed, once a class of shapes, and any of them gives the same bits', async () => {
    const choices: TuningChoice[] = [];
    const kept = new Map<string, TuningChoice>();
    const other = await create(BUNDLED_SHADERS, { tuning: kept, onTuned: (choice) => choices.push(choice) });
    const expected = bitsOf(matmulFast(request));
    const { c, kernel } = await other.matmul(request);
    expect(bitsOf(c)).toEqual(expected);
    const [choice] = choices;
    expect(choice?.kernel).toBe(kernel);
    expect(choice?.measured.length).toBeGreaterThan(1);
    await other.matmul({ ...request, m: 299, a: request.a.subarray(0, 299 * 512) } as MatmulRequest);
    expect(choices.length).toBe(1);

    const [key] = kept.keys();
    if (choice === undefined || key === undefined) throw new Error('nothing was kept');
    for (const { id } of nativeKernels('bf16')) {
      kept.set(key, { ...choice, kernel: id });
      const again = await other.matmul(request);
      expect([again.kernel, bitsOf(again.c)]).toEqual([id, expected]);
    }
    expect(choices.length).toBe(1);
    other.dispose();
  });
});

describe('every native kernel', () => {
  it.each(['bf16', 'fp32'] as const)('equals the reference over 4,096 products in %s', async (dtype) => {
    const big = { m: 70, k: 4096, n: 72, passRows: 256 };
    const large: MatmulRequest = { ...big, ...randomOperands(createRandom(7), dtype, big) };
    const expected = bitsOf(matmulFast(large));
    const kept = new Map<string, TuningChoice>();
    const other = await create(BUNDLED_SHADERS, { tuning: kept });
    await other.matmul(large);
    const [[key, choice] = []] = kept.entries();
    if (choice === undefined || key === undefined) throw new Error('nothing was kept');
    for (const { id } of nativeKernels(dtype)) {
      kept.set(key, { ...choice, kernel: id });
      const { c, kernel } = await other.matmul(large);
      expect([kernel, bitsOf(c)]).toEqual([id, expected]);
    }
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
