import { messageOf } from '../../../src/gpu/device.ts';
import type { DeviceSession } from '../../../src/gpu/device-session.ts';
import { type Carrier, type Kernel, kernelsFor } from '../../../src/gpu/kernels.ts';
import type { MatmulBackend } from '../../../src/gpu/matmul-backend.ts';
import { placeResident, type ResidentMatmul } from '../../../src/gpu/resident-matmul.ts';
import { ACCUMULATIONS } from '../../../src/numerics/accumulation.ts';
import { canRun, runWith } from './kernel-run.ts';
import {
  checkSample,
  type SampleCheck,
  type SampledMatmul,
  type Shape,
  sampleMatmul,
} from './sampled-rows.ts';

/** In ascending order of work. */
export const SHAPES: readonly Shape[] = [
  { m: 256, k: 256, n: 256 },
  { m: 8, k: 4096, n: 4096 },
  { m: 512, k: 512, n: 512 },
  { m: 4096, k: 256, n: 256 },
  { m: 1024, k: 1024, n: 1024 },
  { m: 2048, k: 2048, n: 2048 },
  { m: 4096, k: 4096, n: 4096 },
];
const CARRIERS: readonly Carrier[] = ['bf16', 'fp32', 'int8'];
/** So that the host encodes one while the device computes the one before. */
const SUBMISSIONS_PER_SAMPLE = 8;

export interface SpeedOptions {
  /** In ascending order of work. */
  readonly shapes: readonly Shape[];
  readonly rounds: number;
  /** A sample is as many matmuls as take this long. */
  readonly batchSeconds: number;
  /** A kernel is left out where, at the speed of its last shape, one matmul would take longer than this. */
  readonly maxSeconds: number;
  readonly fp32PeakFlops?: number;
  readonly available: (kernel: Kernel) => boolean;
  readonly note: (text: string) => void;
}

/** One shape, M x K x N, in one operand type; kernels with the fastest first. */
export interface ShapeReport {
  readonly shape: string;
  readonly carrier: Carrier;
  readonly kernels: readonly KernelSpeed[];
  /** Kernels without a time, and why. */
  readonly leftOut: readonly { readonly kernel: string; readonly reason: string }[];
  /** What the page's backend, which tests and tunes kernels by itself, chose and computed. */
  readonly page?: { readonly kernel: string; readonly check: SampleCheck };
}

export interface KernelSpeed {
  readonly kernel: string;
  readonly gflops: number;
  /** Of the fp32 peak; floating-point kernels only. */
  readonly fractionOfPeak?: number;
  readonly medianSeconds: number;
  readonly fastestSeconds: number;
  readonly slowestSeconds: number;
  readonly matmulsPerSample: number;
  readonly check: SampleCheck;
}

/**
 * Times every kernel at every shape on operands that stay on the device, all kernels of one operand type in
 * turn with a rotating start, after checking sampled rows of its result against the reference.
 */
export async function measureSpeeds(
  session: DeviceSession,
  backend: MatmulBackend,
  options: SpeedOptions,
): Promise<readonly ShapeReport[]> {
  const reports: ShapeReport[] = [];
  const gflopsOf = new Map<string, number>();
  for (const shape of options.shapes) {
    for (const carrier of CARRIERS) {
      const predicted = (kernel: Kernel): number =>
        workOf(shape) / 1e9 / (gflopsOf.get(kernel.id) ?? Number.POSITIVE_INFINITY);
      const report = await measureShape(session, backend, shape, carrier, predicted, options);
      reports.push(report);
      options.note(describe(report));
      for (const { kernel, gflops } of report.kernels) gflopsOf.set(kernel, gflops);
    }
  }
  return reports;
}

/** A kernel in the race, its result checked and its operands on the device. */
interface Contestant {
  readonly kernel: Kernel;
  readonly check: SampleCheck;
  readonly resident: ResidentMatmul;
  readonly matmulsPerSample: number;
  readonly seconds: number[];
}

async function measureShape(
  session: DeviceSession,
  backend: MatmulBackend,
  shape: Shape,
  carrier: Carrier,
  predictedSeconds: (kernel: Kernel) => number,
  options: SpeedOptions,
): Promise<ShapeReport> {
  const subject = { shape: nameOf(shape), carrier };
  const leftOut: { kernel: string; reason: string }[] = [];
  const kernels = kernelsInOrder(carrier)
    .filter(options.available)
    .filter((kernel) => {
      const seconds = predictedSeconds(kernel);
      if (seconds <= options.maxSeconds) return true;
      leftOut.push({ kernel: kernel.id, reason: `one matmul would take about ${seconds.toFixed(1)} s` });
      return false;
    });
  if (kernels.length === 0) return { ...subject, kernels: [], leftOut };

  const sample = sampleMatmul(carrier, shape);
  const contestants: Contestant[] = [];
  for (const kernel of kernels) {
    if (!canRun(kernel, sample.request)) {
      leftOut.push({ kernel: kernel.id, reason: 'its passes do not suit the shape' });
      continue;
    }
    try {
      contestants.push(await enter(session, kernel, sample, options.batchSeconds));
    } catch (error) {
      leftOut.push({ kernel: kernel.id, reason: messageOf(error) });
    }
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(round + turn) % contestants.length];
      if (contestant === undefined) continue;
      const { kernel, resident, matmulsPerSample, seconds } = contestant;
      seconds.push(await session.guarded(kernel.id, () => secondsPerMatmul(resident, matmulsPerSample)));
    }
  }
  for (const { resident } of contestants) resident.dispose();
  const speeds = contestants.map((each) => speedOf(each, shape, options.fp32PeakFlops));
  const { c, kernel } = await backend.matmul(sample.request);
  return {
    ...subject,
    kernels: speeds.sort((one, other) => other.gflops - one.gflops),
    leftOut,
    page: { kernel, check: checkSample(sample, c) },
  };
}

function kernelsInOrder(carrier: Carrier): readonly Kernel[] {
  return kernelsFor(carrier, carrier === 'int8' ? ACCUMULATIONS.int32 : ACCUMULATIONS.sequential);
}

async function enter(
  session: DeviceSession,
  kernel: Kernel,
  sample: SampledMatmul,
  batchSeconds: number,
): Promise<Contestant> {
  const check = checkSample(sample, await runWith(session, kernel, sample.request));
  const resident = await session.guarded(kernel.id, () => placeResident(session, kernel, sample.request));
  return session.guarded(kernel.id, async () => {
    // Also warms the clocks: nothing counts until as much runs at once as a quarter of a sample.
    let matmuls = 1;
    let seconds = await secondsPerMatmul(resident, matmuls);
    while (seconds * matmuls < batchSeconds / 4) {
      matmuls *= 2;
      seconds = await secondsPerMatmul(resident, matmuls);
    }
    const matmulsPerSample = Math.max(1, Math.round(batchSeconds / seconds));
    return { kernel, check, resident, matmulsPerSample, seconds: [] };
  });
}

async function secondsPerMatmul(resident: ResidentMatmul, matmuls: number): Promise<number> {
  const start = performance.now();
  const atOnce = Math.ceil(matmuls / SUBMISSIONS_PER_SAMPLE);
  for (let left = matmuls; left > 0; left -= atOnce) resident.submit(Math.min(left, atOnce));
  await resident.done();
  return (performance.now() - start) / 1000 / matmuls;
}

function speedOf(
  { kernel, check, matmulsPerSample, seconds }: Contestant,
  shape: Shape,
  fp32PeakFlops: number | undefined,
): KernelSpeed {
  const sorted = [...seconds].sort((one, other) => one - other);
  const medianSeconds = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const flops = workOf(shape) / medianSeconds;
  const hasPeak = fp32PeakFlops !== undefined && kernel.carrier !== 'int8';
  return {
    kernel: kernel.id,
    gflops: flops / 1e9,
    ...(hasPeak ? { fractionOfPeak: flops / fp32PeakFlops } : {}),
    medianSeconds,
    fastestSeconds: sorted[0] ?? Number.NaN,
    slowestSeconds: sorted.at(-1) ?? Number.NaN,
    matmulsPerSample,
    check,
  };
}

function workOf({ m, k, n }: Shape): number {
  return 2 * m * k * n;
}

function describe({ shape, carrier, kernels: [fastest], page }: ShapeReport): string {
  const found =
    fastest === undefined
      ? 'left out'
      : `${fastest.gflops.toFixed(1)} GFLOP/s by ${fastest.kernel}; the page chose ${page?.kernel}`;
  return `${shape} ${carrier}: ${found}`;
}

export function nameOf({ m, k, n }: Shape): string {
  return `${m}x${k}x${n}`;
}
