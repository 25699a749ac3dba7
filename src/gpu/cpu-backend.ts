import { ceilDiv, clamp } from '../base/integers.ts';
import { nextTask, type Progress, silentProgress } from '../base/progress.ts';
import { ACCUMULATIONS, sumsInOrder } from '../numerics/accumulation.ts';
import { matmulFast } from '../numerics/matmul-fast.ts';
import {
  accumulationOf,
  checkMatmulRequest,
  type MatmulRequest,
  type MatmulValues,
} from '../numerics/matmul-request.ts';
import type { MatmulBackend } from './matmul-backend.ts';
import { firstDifference, type SelfTestVerdict } from './self-test.ts';
import { selfTestCases } from './self-test-cases.ts';

/** Other cores, which the caller has: `matmulFast` of each request, at the same time, in their order. */
export interface ParallelMatmul {
  /** How many requests make progress at once. */
  readonly width: number;
  run(requests: readonly MatmulRequest[]): Promise<readonly MatmulValues[]>;
}

/** The core that calls, one request after the other. */
const ALONE: ParallelMatmul = { width: 1, run: async (requests) => requests.map(matmulFast) };

const KERNEL = 'cpu';
/** Work between two looks at `progress`: some tens of milliseconds a core at the speed of vectors. */
const MULTIPLIES_PER_PART = 2 ** 28;
/** The reference's path is slower by about this factor. */
const SLOW_FACTOR = 256;

/**
 * The CPU twin of the GPU backend: the same bits, in WebAssembly vectors where the order of summation lets
 * them, and rows of C in parts for as many cores as `parallel` has.
 * @param reason why there is no GPU, for the verdict
 */
export function createCpuBackend(
  reason = 'the CPU was asked for',
  parallel: ParallelMatmul = ALONE,
): MatmulBackend {
  const multiply = async (request: MatmulRequest, progress: Progress): Promise<MatmulValues> => {
    checkMatmulRequest(request);
    const parts = rowParts(request, parallel.width);
    const results: MatmulValues[] = [];
    for (let start = 0; start < parts.length; start += parallel.width) {
      if (start > 0) await nextTask();
      progress.throwIfCancelled();
      progress.report(start / parts.length, KERNEL);
      results.push(...(await parallel.run(parts.slice(start, start + parallel.width))));
    }
    return joined(results, request);
  };
  return {
    id: 'cpu',
    name: 'CPU',
    selfTest: async (progress = silentProgress) => {
      const { sequential, int32 } = ACCUMULATIONS;
      const cases = [...selfTestCases('bf16', sequential), ...selfTestCases('int8', int32)];
      const run = (request: MatmulRequest): Promise<MatmulValues> => multiply(request, silentProgress);
      const difference = await firstDifference(KERNEL, cases, run, progress);
      const verdict: SelfTestVerdict = {
        status: 'no-adapter',
        adapter: reason,
        kernels: { bf16: KERNEL, bf16Special: KERNEL, int8: KERNEL },
        cases: cases.length,
      };
      return difference === undefined ? verdict : { ...verdict, firstDifference: difference };
    },
    matmul: async (request, progress = silentProgress) => ({
      c: await multiply(request, progress),
      kernel: KERNEL,
    }),
    dispose: () => undefined,
  };
}

/** The request in parts of whole rows of A: enough for every core, small enough to be cancelled between. */
function rowParts(request: MatmulRequest, width: number): readonly MatmulRequest[] {
  const { m, k, n } = request;
  const affordable = MULTIPLIES_PER_PART / (sumsInOrder(accumulationOf(request)) ? 1 : SLOW_FACTOR);
  const rows = clamp(Math.floor(affordable / (k * n)), 1, ceilDiv(m, width));
  return Array.from({ length: ceilDiv(m, rows) }, (_, index) => {
    const start = index * rows;
    return withRows(request, start, Math.min(start + rows, m));
  });
}

function withRows(request: MatmulRequest, start: number, end: number): MatmulRequest {
  const m = end - start;
  const [first, last] = [start * request.k, end * request.k];
  switch (request.dtype) {
    case 'bf16':
      return { ...request, m, a: request.a.subarray(first, last) };
    case 'fp8-e4m3':
    case 'fp8-e5m2':
      return { ...request, m, a: request.a.subarray(first, last) };
    case 'int8':
    case 'int4':
      return { ...request, m, a: request.a.subarray(first, last) };
    case 'fp32':
    case 'fp32-bf16x1':
    case 'fp32-bf16x3':
    case 'fp32-bf16x6':
      return { ...request, m, a: request.a.subarray(first, last) };
  }
}

function joined(parts: readonly MatmulValues[], { m, n }: MatmulRequest): MatmulValues {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const c = first instanceof Int32Array ? new Int32Array(m * n) : new Float32Array(m * n);
  let offset = 0;
  for (const part of parts) {
    c.set(part, offset);
    offset += part.length;
  }
  return c;
}
