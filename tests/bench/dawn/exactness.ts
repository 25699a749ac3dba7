import { silentProgress } from '../../../src/base/progress.ts';
import { createRandom } from '../../../src/base/random.ts';
import { messageOf } from '../../../src/gpu/device.ts';
import type { DeviceSession } from '../../../src/gpu/device-session.ts';
import { type Kernel, kernelsFor } from '../../../src/gpu/kernels.ts';
import type { MatmulBackend } from '../../../src/gpu/matmul-backend.ts';
import { type Difference, firstDifference } from '../../../src/gpu/self-test.ts';
import { selfTestCases } from '../../../src/gpu/self-test-cases.ts';
import { ACCUMULATIONS, type Accumulation, type AccumulationId } from '../../../src/numerics/accumulation.ts';
import { DTYPE_TRAITS, MATMUL_DTYPES, type MatmulDtype } from '../../../src/numerics/dtypes.ts';
import { randomOperands } from '../../../src/numerics/random-operands.ts';
import { canRun, runWith } from './kernel-run.ts';

/** What one kernel showed on adversarial data. `other` data holds subnormals, infinities or NaN. */
export interface KernelVerdict {
  readonly kernel: string;
  readonly accumulation: AccumulationId;
  readonly data: 'normal' | 'other';
  readonly cases: number;
  readonly bitExact: boolean;
  readonly difference?: Difference;
  readonly error?: string;
}

/** What the page's own path, choice of kernel included, computed in one format and order of summation. */
export interface FormatVerdict {
  readonly dtype: MatmulDtype;
  readonly accumulation: AccumulationId;
  readonly shapes: readonly string[];
  readonly kernel: string;
  readonly bitExact: boolean;
  readonly difference?: Difference;
  readonly error?: string;
}

const MODELS = Object.entries(ACCUMULATIONS) as readonly (readonly [AccumulationId, Accumulation])[];

/** One ragged shape of several passes, and a few long sums. */
const SHAPES = [
  { m: 13, k: 75, n: 10, passRows: 32 },
  { m: 3, k: 4096, n: 5, passRows: 128 },
] as const;

/** Every kernel under every order of summation that it can compute, against the reference. */
export async function testKernels(
  session: DeviceSession,
  available: (kernel: Kernel) => boolean,
): Promise<readonly KernelVerdict[]> {
  const verdicts: KernelVerdict[] = [];
  for (const [id, accumulation] of MODELS) {
    const carriers = id === 'int32' ? (['int8'] as const) : (['bf16', 'fp32'] as const);
    for (const carrier of carriers) {
      for (const kernel of kernelsFor(carrier, accumulation).filter(available)) {
        for (const data of ['normal', 'other'] as const) {
          const verdict = await testKernel(session, kernel, id, data);
          if (verdict !== undefined) verdicts.push(verdict);
        }
      }
    }
  }
  return verdicts;
}

/** `undefined` when no case suits the kernel. */
async function testKernel(
  session: DeviceSession,
  kernel: Kernel,
  accumulation: AccumulationId,
  data: KernelVerdict['data'],
): Promise<KernelVerdict | undefined> {
  const cases = selfTestCases(kernel.carrier, ACCUMULATIONS[accumulation]).filter(
    ({ normalRange, request }) => normalRange === (data === 'normal') && canRun(kernel, request),
  );
  if (cases.length === 0) return undefined;
  const subject = { kernel: kernel.id, accumulation, data, cases: cases.length };
  try {
    const run = runWith.bind(undefined, session, kernel);
    const difference = await firstDifference(kernel.id, cases, run, silentProgress);
    return difference === undefined
      ? { ...subject, bitExact: true }
      : { ...subject, bitExact: false, difference };
  } catch (error) {
    return { ...subject, bitExact: false, error: messageOf(error) };
  }
}

/** Every format under every order of summation, through the backend that the page uses. */
export async function testFormats(backend: MatmulBackend): Promise<readonly FormatVerdict[]> {
  const verdicts: FormatVerdict[] = [];
  for (const dtype of MATMUL_DTYPES) {
    for (const [id] of MODELS) {
      if ((id === 'int32') !== (DTYPE_TRAITS[dtype].carrier === 'int8')) continue;
      verdicts.push(await testFormat(backend, dtype, id));
    }
  }
  return verdicts;
}

async function testFormat(
  backend: MatmulBackend,
  dtype: MatmulDtype,
  id: AccumulationId,
): Promise<FormatVerdict> {
  const cases = SHAPES.map((shape, seed) => {
    const operands = randomOperands(createRandom(seed), dtype, shape);
    const request = { ...shape, accumulation: ACCUMULATIONS[id], ...operands };
    return { name: `${shape.m}x${shape.k}x${shape.n}`, normalRange: true, request };
  });
  const subject = { dtype, accumulation: id, shapes: cases.map(({ name }) => name) };
  let kernel = 'none';
  try {
    const difference = await firstDifference(
      dtype,
      cases,
      async (request) => {
        const result = await backend.matmul(request);
        kernel = result.kernel;
        return result.c;
      },
      silentProgress,
    );
    return difference === undefined
      ? { ...subject, kernel, bitExact: true }
      : { ...subject, kernel, bitExact: false, difference };
  } catch (error) {
    return { ...subject, kernel, bitExact: false, error: messageOf(error) };
  }
}
