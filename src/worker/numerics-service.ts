import { CancelledError, type Progress } from '../base/progress.ts';
import { createCpuBackend } from '../gpu/cpu-backend.ts';
import { GpuError } from '../gpu/gpu-error.ts';
import type { MatmulBackend } from '../gpu/matmul-backend.ts';
import type { SelfTestVerdict } from '../gpu/self-test.ts';
import { type NumericsRequest, type NumericsTrial, tryNumerics } from './numerics-trial.ts';

/** A trial, and where it was computed. */
export interface NumericsReport extends NumericsTrial {
  readonly computedOn: {
    readonly id: MatmulBackend['id'];
    /** For people: the adapter, or why it was the CPU. */
    readonly why: string;
  };
  readonly seconds: number;
}

export interface NumericsService {
  /** A trial in progress is cancelled first; a cancelled one rejects with `CancelledError`. */
  compare(request: NumericsRequest, report: Progress['report']): Promise<NumericsReport>;
  cancel(): void;
}

/**
 * Trials on the GPU if every bit of its self-test is right, else, or if it gives up, on the CPU.
 * @param backend the one that is there, whichever it is
 */
export function createNumericsService(backend: () => Promise<MatmulBackend>): NumericsService {
  let current: symbol | undefined;
  let verdict: Promise<SelfTestVerdict> | undefined;

  return {
    async compare(request, report) {
      const own = Symbol('trial');
      current = own;
      const progress: Progress = {
        report,
        throwIfCancelled: () => {
          if (current !== own) throw new CancelledError();
        },
      };
      const startedMs = performance.now();
      const tryOn = async (chosen: MatmulBackend, why: string): Promise<NumericsReport> => {
        const trial = await tryNumerics(request, chosen, progress);
        const seconds = (performance.now() - startedMs) / 1000;
        return { ...trial, computedOn: { id: chosen.id, why }, seconds };
      };
      const tryOnCpu = (why: string): Promise<NumericsReport> => tryOn(createCpuBackend(why), why);

      report(0, 'checking the GPU');
      const ready = await backend();
      verdict ??= ready.selfTest();
      const { status, adapter } = await verdict;
      if (status === 'no-adapter') return tryOnCpu(adapter);
      if (status === 'differs') return tryOnCpu(`${adapter} differs from the reference`);
      try {
        return await tryOn(ready, adapter);
      } catch (error) {
        if (!(error instanceof GpuError)) throw error;
        return tryOnCpu(`the GPU gave up: ${error.message}`);
      }
    },
    cancel() {
      current = undefined;
    },
  };
}
