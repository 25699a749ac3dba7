import { clamp } from '../base/integers.ts';
import type { DeviceSession } from './device-session.ts';
import { OutOfMemoryError } from './gpu-error.ts';
import { type Kernel, planFor } from './kernels.ts';
import { placeResident, type ResidentShape } from './resident-matmul.ts';

/** Which kernel a class of shapes gets on an adapter, and what it was chosen from. */
export interface TuningChoice {
  readonly adapter: string;
  readonly shapeClass: string;
  readonly kernel: string;
  /** Fastest first, at the class's trial shape. Kernels for which no time was left are not listed. */
  readonly measured: readonly { readonly kernel: string; readonly seconds: number }[];
}

/** Where choices are kept, under one text a class and adapter; a page may keep them between visits. */
export interface TuningStore {
  get(key: string): TuningChoice | undefined;
  set(key: string, choice: TuningChoice): void;
}

/** Tuning of one shape class takes about this long, compilation aside, and one kernel's run more at worst. */
export const TUNING_SECONDS = 0.4;
const SECONDS_PER_KERNEL = 0.02;
const REPETITIONS = 4;
/** Trials keep the proportions of the class but not more work than this. */
const TRIAL_MULTIPLIES = 2 ** 27;
const LARGEST_TRIAL_EXTENT = 4096;
/** A longer k shows nothing new. */
const LONG_TRIAL = 512;

/**
 * Shapes whose extents round up to the same powers of two are one class, tried at those extents as far as
 * time and buffers of at most `bytesPerBuffer` allow.
 */
export function trialShape({ m, k, n, passRows }: ResidentShape, bytesPerBuffer: number): ResidentShape {
  const rounded = (extent: number): number =>
    clamp(2 ** Math.ceil(Math.log2(extent)), 8, LARGEST_TRIAL_EXTENT);
  const trial = { m: rounded(m), k: rounded(k), n: rounded(n), passRows };
  while (trial.m * trial.k * trial.n > TRIAL_MULTIPLIES || largestBuffer(trial) > bytesPerBuffer) {
    if (trial.k > Math.max(trial.m, trial.n) || trial.k > LONG_TRIAL) trial.k /= 2;
    else if (trial.m >= trial.n) trial.m /= 2;
    else trial.n /= 2;
  }
  return trial;
}

/** Bytes of the largest buffer that any kernel may want: an fp32 operand, or sums of every pass. */
function largestBuffer({ m, k, n, passRows }: ResidentShape): number {
  return 4 * Math.max(m * k, k * n, m * n * Math.ceil(k / passRows));
}

export function shapeClassOf({ m, k, n, passRows }: ResidentShape): string {
  return `${m} x ${k} x ${n} in passes of ${passRows}`;
}

/**
 * Times each of `kernels`, all of which suit `shape`, in their order while time is left. Those for which
 * there is no memory are left out; the fastest comes first.
 */
export async function timeKernels(
  session: DeviceSession,
  kernels: readonly Kernel[],
  shape: ResidentShape,
): Promise<TuningChoice['measured']> {
  const measured: { kernel: string; seconds: number }[] = [];
  const deadline = performance.now() + TUNING_SECONDS * 1000;
  for (const kernel of kernels) {
    if (performance.now() > deadline && measured.length > 0) break;
    try {
      await session.pipelineOf(kernel);
      const seconds = await session.guarded(kernel.id, () => timeKernel(session, kernel, shape));
      measured.push({ kernel: kernel.id, seconds });
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
    }
  }
  return measured.sort((one, other) => one.seconds - other.seconds);
}

/** Seconds of one matmul, the best of a few submissions long enough to time. */
async function timeKernel(session: DeviceSession, kernel: Kernel, shape: ResidentShape): Promise<number> {
  const matmul = await placeResident(session, kernel, shape);
  try {
    const time = async (repetitions: number): Promise<number> => {
      const start = performance.now();
      matmul.submit(repetitions);
      await matmul.done();
      return (performance.now() - start) / 1000 / repetitions;
    };
    let best = await time(1);
    if (best > SECONDS_PER_KERNEL) return best;
    for (let count = 0; count < REPETITIONS; count += 1) {
      const fitting = Math.ceil(SECONDS_PER_KERNEL / REPETITIONS / Math.max(best, 1e-5));
      best = Math.min(best, await time(fitting));
    }
    return best;
  } finally {
    matmul.dispose();
  }
}

export function suits(kernel: Kernel, shape: ResidentShape): boolean {
  const pass = Math.min(shape.passRows, shape.k);
  return planFor(kernel, { products: shape.k, segment: shape.k, pass }) !== undefined;
}
