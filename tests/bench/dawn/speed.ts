import { messageOf } from '../../../src/gpu/device.ts';
import type { DeviceSession } from '../../../src/gpu/device-session.ts';
import { type Carrier, type Kernel, kernelsFor } from '../../../src/gpu/kernels.ts';
import type { MatmulBackend } from '../../../src/gpu/matmul-backend.ts';
import { placeResident, type ResidentMatmul } from '../../../src/gpu/resident-matmul.ts';
import { ACCUMULATIONS } from '../../../src/numerics/accumulation.ts';
import { type LoadedOperands, loadOperands } from '../../../src/numerics/loaded-operands.ts';
import { canRun } from './kernel-run.ts';
import { checkSample, type SampleCheck, type SampledMatmul, sampleMatmul } from './sampled-rows.ts';
import { flopsOf, nameOf, type Shape } from './shapes.ts';
import { prepareRacer, type Racer, race, type Times } from './timing.ts';

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

/** One shape in one operand type; kernels with the fastest first. */
export interface ShapeReport {
  readonly shape: string;
  readonly carrier: Carrier;
  readonly kernels: readonly KernelSpeed[];
  /** Kernels without a time, and why. */
  readonly leftOut: readonly { readonly kernel: string; readonly reason: string }[];
  /** What the page's backend, which tests and tunes kernels by itself, chose and computed. */
  readonly page?: { readonly kernel: string; readonly check: SampleCheck };
}

export interface KernelSpeed extends Times {
  readonly kernel: string;
  readonly gflops: number;
  /** Of the fp32 peak; floating-point kernels only. */
  readonly fractionOfPeak?: number;
  readonly check: SampleCheck;
}

/**
 * Times every kernel at every shape on operands that stay on the device, all kernels of one operand type in
 * turn, and checks sampled rows of its result against the reference.
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
        flopsOf(shape) / 1e9 / (gflopsOf.get(kernel.id) ?? Number.POSITIVE_INFINITY);
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
  readonly racer: Racer;
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
  const operands = loadOperands(sample.request);
  const contestants: Contestant[] = [];
  for (const kernel of kernels) {
    if (!canRun(kernel, sample.request)) {
      leftOut.push({ kernel: kernel.id, reason: 'its passes do not suit the shape' });
      continue;
    }
    try {
      contestants.push(await enter(session, kernel, sample, operands, options.batchSeconds));
    } catch (error) {
      leftOut.push({ kernel: kernel.id, reason: messageOf(error) });
    }
  }
  const racers = contestants.map(({ racer }) => racer);
  const times = await session.guarded('timing', () => race(racers, options.rounds));
  for (const { resident } of contestants) resident.dispose();
  const speeds = contestants.flatMap(({ kernel, check }, index): readonly KernelSpeed[] => {
    const time = times[index];
    if (time === undefined) return [];
    const flops = flopsOf(shape) / time.medianSeconds;
    const peak = carrier === 'int8' ? undefined : options.fp32PeakFlops;
    const fraction = peak === undefined ? {} : { fractionOfPeak: flops / peak };
    return [{ kernel: kernel.id, gflops: flops / 1e9, ...fraction, ...time, check }];
  });
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
  operands: LoadedOperands,
  batchSeconds: number,
): Promise<Contestant> {
  const resident = await session.guarded(kernel.id, () =>
    placeResident(session, kernel, sample.request, operands),
  );
  const run = async (matmuls: number): Promise<void> => {
    const atOnce = Math.ceil(matmuls / SUBMISSIONS_PER_SAMPLE);
    for (let left = matmuls; left > 0; left -= atOnce) resident.submit(Math.min(left, atOnce));
    await resident.done();
  };
  return session.guarded(kernel.id, async () => {
    const racer = await prepareRacer(run, batchSeconds);
    return { kernel, check: checkSample(sample, await resident.read()), resident, racer };
  });
}

function describe({ shape, carrier, kernels: [fastest], page }: ShapeReport): string {
  const found =
    fastest === undefined
      ? 'left out'
      : `${fastest.gflops.toFixed(1)} GFLOP/s by ${fastest.kernel}; the page chose ${page?.kernel}`;
  return `${shape} ${carrier}: ${found}`;
}
