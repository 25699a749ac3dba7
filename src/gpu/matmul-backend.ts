import type { Progress } from '../base/progress.ts';
import type { MatmulRequest, MatmulValues } from '../numerics/matmul-request.ts';
import type { SelfTestVerdict } from './self-test.ts';

/**
 * Something that multiplies matrices with the numerics of a matrix unit. Every backend returns the same
 * bits: those of `matmulReference`.
 */
export interface MatmulBackend {
  readonly id: 'gpu' | 'cpu';
  /** For people: the adapter, or that it is the CPU. */
  readonly name: string;
  /** Multiplies small adversarial matrices and compares every bit with the reference. */
  selfTest(progress?: Progress): Promise<SelfTestVerdict>;
  /** Refuses a malformed request with an `InputError`; rejects with a `GpuError` when the device fails. */
  matmul(request: MatmulRequest, progress?: Progress): Promise<MatmulResult>;
  dispose(): void;
}

export interface MatmulResult {
  /** C `[m, n]`, row-major; every NaN is the canonical one. */
  readonly c: MatmulValues;
  /** Which kernel computed it. */
  readonly kernel: string;
}
