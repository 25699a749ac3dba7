import type { ArrayConfig, GemmSequence } from '../array/config.ts';
import { scheduleOf } from '../array/schedule.ts';
import { switchingInPieces } from '../array/switching.ts';
import { CancelledError, nextTask, type Progress } from '../base/progress.ts';
import type { ArrayActivity } from '../figure/array-activity.ts';
import { seededOperands } from '../figure/array-operands.ts';
import { bf16FromFloat32 } from '../numerics/bf16.ts';

/** What one matrix unit runs of an op, and the operands that the array view gives it. */
export interface ActivityRequest {
  readonly config: ArrayConfig;
  readonly gemm: GemmSequence;
  readonly seed: number;
  readonly unit: number;
}

export interface ActivityService {
  /** A count in progress is cancelled first; a cancelled one rejects with `CancelledError`. Throws `InputError`. */
  measure(request: ActivityRequest, report: Progress['report']): Promise<ArrayActivity>;
  cancel(): void;
}

/** Messages are let in this often. */
const SLICE_MS = 12;

/** Counts toggles and gated products of bf16 operands, a few milliseconds at a time. */
export function createActivityService(): ActivityService {
  let current: symbol | undefined;

  return {
    async measure({ config, gemm, seed, unit }, report) {
      const own = Symbol('count');
      current = own;
      const pieces = switchingInPieces(config, gemm, seededOperands(seed, unit), bf16FromFloat32);
      let sliceEndMs = performance.now() + SLICE_MS;
      for (let piece = pieces.next(); ; piece = pieces.next()) {
        if (piece.done) return { ...piece.value, cycles: scheduleOf(config, gemm).cycles };
        if (performance.now() < sliceEndMs) continue;
        report(piece.value, 'counting toggles and zero operands');
        await nextTask();
        if (current !== own) throw new CancelledError();
        sliceEndMs = performance.now() + SLICE_MS;
      }
    },
    cancel() {
      current = undefined;
    },
  };
}
