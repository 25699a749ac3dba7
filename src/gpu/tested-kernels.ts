import type { Progress } from '../base/progress.ts';
import { type Accumulation, passPlan } from '../numerics/accumulation.ts';
import { accumulationOf, type MatmulRequest, type MatmulValues } from '../numerics/matmul-request.ts';
import { DeviceLostError, GpuError, OutOfMemoryError } from './gpu-error.ts';
import { type Carrier, type Kernel, kernelsFor, planFor } from './kernels.ts';
import { type Difference, failedToRun, firstDifference } from './self-test.ts';
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

/** What a kernel is wanted for. */
export interface KernelUse {
  readonly carrier: Carrier;
  readonly accumulation: Accumulation;
  readonly range: NumberRange;
  /** Whether the kernel can run the shape at hand. */
  readonly suits: (kernel: Kernel) => boolean;
}

/** Kernels that have shown on this adapter that they compute the reference's bits. */
export interface TestedKernels {
  /** Those that suit and passed, in order of preference, at most `count`; tested now if not before. */
  passing(use: KernelUse, count: number, progress: Progress): Promise<readonly Kernel[]>;
  /** Every test made so far. */
  tests(): readonly KernelTest[];
}

/** @param run computes a request with the given kernel, whatever tests say of it */
export function createTestedKernels(
  run: (kernel: Kernel, request: MatmulRequest) => Promise<MatmulValues>,
): TestedKernels {
  const known = new Map<string, KernelTest>();
  const passes = async (
    kernel: Kernel,
    use: KernelUse,
    range: NumberRange,
    progress: Progress,
  ): Promise<boolean> => {
    const key = `${kernel.id}, ${range}`;
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier.difference === undefined;
    const cases = selfTestCases(kernel.carrier, use.accumulation).filter(
      (each) => each.normalRange === (range === 'normal') && canRun(kernel, each.request),
    );
    const difference = await firstDifference(
      kernel.id,
      cases,
      (request) => run(kernel, request),
      progress,
    ).catch((error: unknown) => {
      // A kernel that this adapter cannot even run is as little use as a wrong one.
      if (error instanceof GpuError && !isPassing(error)) return failedToRun(kernel.id, error.message);
      throw error;
    });
    known.set(key, { kernel, range, cases: cases.length, difference });
    return difference === undefined;
  };
  return {
    passing: async (use, count, progress) => {
      const found: Kernel[] = [];
      for (const kernel of kernelsFor(use.carrier, use.accumulation)) {
        if (found.length === count) break;
        if (!use.suits(kernel)) continue;
        const normal = await passes(kernel, use, 'normal', progress);
        if (normal && (use.range === 'normal' || (await passes(kernel, use, 'any', progress))))
          found.push(kernel);
      }
      return found;
    },
    tests: () => [...known.values()],
  };
}

function canRun(kernel: Kernel, request: MatmulRequest): boolean {
  return planFor(kernel, passPlan(accumulationOf(request), request.dtype, request)) !== undefined;
}

/** Failures of the moment, that say nothing about the kernel. */
function isPassing(error: GpuError): boolean {
  return error instanceof DeviceLostError || error instanceof OutOfMemoryError;
}
