import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUNDLED_SHADERS } from '../../../src/gpu/bundled-shaders.ts';
import { acquireDevice, messageOf } from '../../../src/gpu/device.ts';
import { createDeviceSession } from '../../../src/gpu/device-session.ts';
import { float32FromBf16 } from '../../../src/numerics/bf16.ts';
import type { Contestant, Placed } from '../matmul/contestants/contestant.ts';
import { createSystole } from '../matmul/contestants/systole.ts';
import { createFastestFp32 } from './fastest-fp32.ts';
import { UsageError } from './options.ts';
import { note, runAsProgram } from './program.ts';
import { checkSample, type SampleCheck, sampleMatmul } from './sampled-rows.ts';
import { flopsOf, nameOf, type Shape } from './shapes.ts';
import type { SpeedOptions } from './speed.ts';
import { prepareRacer, type Racer, race, type Times } from './timing.ts';

/** A library sums in another order and is right all the same. */
const TOLERANCE = 1e-5;
/** Libraries keep every result of a sample until its end. */
const MOST_MATMULS_PER_SAMPLE = 256;

interface ContestantReport extends Times {
  readonly contestant: string;
  readonly kernel: string;
  readonly gflops: number;
  readonly check: SampleCheck;
}

interface ShapeReport {
  readonly shape: string;
  readonly contestants: readonly ContestantReport[];
  readonly failed: readonly { readonly contestant: string; readonly reason: string }[];
  /** Speed of Systole's kernels as a multiple of the fastest library's. */
  readonly bf16OverBestLibrary: number;
  readonly fp32OverBestLibrary: number;
}

interface Entry {
  readonly name: string;
  readonly placed: Placed;
  readonly racer: Racer;
}

type Contestants = Readonly<Record<string, Contestant>>;

// Systole's kernels against the WebGPU libraries that run under Node: the same operands, in turn, checked.
await runAsProgram(async (gpu, options) => {
  const faults: string[] = [];
  const acquired = await acquireDevice(gpu);
  if (acquired.kind === 'absent') throw new UsageError(acquired.reason);
  const session = createDeviceSession(acquired.device, acquired.description, BUNDLED_SHADERS, (message) =>
    faults.push(message),
  );
  // Libraries look for WebGPU while they load.
  const { createJax } = await import('../matmul/contestants/jax.ts');
  const { createTfjs } = await import('../matmul/contestants/tfjs.ts');
  const { createOnnxRuntime } = await import('../matmul/contestants/onnxruntime.ts');
  const { SYSTOLE_ORT: ortFolder } = process.env;
  const contestants: Contestants = {
    'systole bf16': await createSystole('bf16'),
    'systole fp32': createFastestFp32(session),
    'jax-js': await createJax(),
    tfjs: await createTfjs(),
    ...(ortFolder === undefined
      ? {}
      : { 'onnxruntime-web': createOnnxRuntime(`${pathToFileURL(resolve(ortFolder))}/`) }),
  };
  const shapes: ShapeReport[] = [];
  for (const shape of options.speed.shapes) {
    const report = await raceShape(contestants, shape, options.speed);
    shapes.push(report);
    note(describe(report));
  }
  session.dispose();
  const correct = ({ check, contestant }: ContestantReport): boolean =>
    contestant.startsWith('systole') ? check.bitExact : check.largestError < TOLERANCE;
  const allCorrect = shapes.every((each) => each.contestants.every(correct));
  return {
    ok: allCorrect && faults.length === 0 && shapes.every(({ failed }) => failed.length === 0),
    document: { adapter: session.description, node: process.version, allCorrect, faults, shapes },
  };
});

async function raceShape(
  contestants: Contestants,
  shape: Shape,
  options: Pick<SpeedOptions, 'rounds' | 'batchSeconds'>,
): Promise<ShapeReport> {
  const sample = sampleMatmul('bf16', shape);
  const a = Float32Array.from(sample.request.a, float32FromBf16);
  const b = Float32Array.from(sample.request.b, float32FromBf16);
  const entries: Entry[] = [];
  const failed: { contestant: string; reason: string }[] = [];
  for (const [name, contestant] of Object.entries(contestants)) {
    try {
      const placed = await contestant.place(shape, a, b);
      const racer = await prepareRacer(placed.run, options.batchSeconds, MOST_MATMULS_PER_SAMPLE);
      entries.push({ name, placed, racer });
    } catch (error) {
      failed.push({ contestant: name, reason: messageOf(error) });
    }
  }
  const racers = entries.map(({ racer }) => racer);
  const times = await race(racers, options.rounds);
  const reports: ContestantReport[] = [];
  for (const [index, { name, placed }] of entries.entries()) {
    const check = checkSample(sample, await placed.result());
    await placed.release();
    const time = times[index];
    if (time === undefined) continue;
    const gflops = flopsOf(shape) / time.medianSeconds / 1e9;
    reports.push({ contestant: name, kernel: placed.kernel, gflops, ...time, check });
  }
  const gflopsOf = (name: string): number =>
    reports.find(({ contestant }) => contestant === name)?.gflops ?? Number.NaN;
  const best = Math.max(
    ...reports.filter(({ contestant }) => !contestant.startsWith('systole')).map(({ gflops }) => gflops),
  );
  return {
    shape: nameOf(shape),
    contestants: reports,
    failed,
    bf16OverBestLibrary: gflopsOf('systole bf16') / best,
    fp32OverBestLibrary: gflopsOf('systole fp32') / best,
  };
}

function describe({ shape, contestants, failed }: ShapeReport): string {
  const speeds = contestants.map(
    ({ contestant, gflops, check }) =>
      `${contestant} ${gflops.toFixed(1)} GFLOP/s (error ${check.largestError.toExponential(1)})`,
  );
  const failures = failed.map(({ contestant, reason }) => `${contestant}: ${reason}`);
  return `${shape}: ${[...speeds, ...failures].join(', ')}`;
}
