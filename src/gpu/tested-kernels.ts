import type { Progress } from '../base/progress.ts';
import type { Accumulation } from '../numerics/accumulation.ts';
import type { MatmulRequest, MatmulValues } from '../numerics/matmul-request.ts';
import { type Carrier, type Kernel, kernelsFor } from './kernels.ts';
import { type Difference, firstDifference } from './self-test.ts';
import { selfTestCases } from './self-test-cases.ts';

/** `normal`: no subnormal, infinity or NaN can arise. `any`: they can. */
export type NumberRange = 'normal' | 'any';

/** What a kernel showed in its self-test on one range of numbers. */
export interface KernelTest {
  readonly kernel: Kernel;
  readonly range: NumberRange;
  readonly cases: number;
  readonly difference: Difference | undefined;
}

/** Kernels that have shown on this adapter that they compute the reference's bits. */
export interface TestedKernels {
  /** The preferred kernel that passed, tested now if it was not before; `undefined` when none passes. */
  choose(
    carrier: Carrier,
    accumulation: Accumulation,
    range: NumberRange,
    progress: Progress,
  ): Promise<Kernel | undefined>;
  /** Every test made so far. */
  tests(): readonly KernelTest[];
}

/** @param run computes a request with the given kernel, whatever tests say of it */
export function createTestedKernels(
  run: (kernel: Kernel, request: MatmulRequest) => Promise<MatmulValues>,
): TestedKernels {
  const known = new Map<string, KernelTest>();
  const test = async (
    kernel: Kernel,
    accumulation: Accumulation,
    range: NumberRange,
    progress: Progress,
  ): Promise<KernelTest> => {
    const key = `${kernel.id}, ${range}`;
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    const cases = selfTestCases(kernel.carrier, accumulation).filter(
      (each) => each.normalRange === (range === 'normal'),
    );
    const difference = await firstDifference(kernel.id, cases, (request) => run(kernel, request), progress);
    const result: KernelTest = { kernel, range, cases: cases.length, difference };
    known.set(key, result);
    return result;
  };
  return {
    choose: async (carrier, accumulation, range, progress) => {
      for (const kernel of kernelsFor(carrier, accumulation)) {
        const normal = await test(kernel, accumulation, 'normal', progress);
        if (normal.difference !== undefined) continue;
        if (range === 'normal') return kernel;
        const any = await test(kernel, accumulation, 'any', progress);
        if (any.difference === undefined) return kernel;
      }
      return undefined;
    },
    tests: () => [...known.values()],
  };
}
