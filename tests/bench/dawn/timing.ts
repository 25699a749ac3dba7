import { clamp } from '../../../src/base/integers.ts';

/** Multiplies so often, resolving when the device has finished. */
export type RunMatmuls = (matmuls: number) => Promise<void>;

export interface Times {
  /** Of one matmul. */
  readonly medianSeconds: number;
  readonly fastestSeconds: number;
  readonly slowestSeconds: number;
  readonly matmulsPerSample: number;
}

/** Something to time, and how many matmuls at once take as long as a sample should. */
export interface Racer {
  readonly run: RunMatmuls;
  readonly matmulsPerSample: number;
}

/**
 * Finds how many matmuls make a sample of `batchSeconds`, at most `mostMatmuls`. Also warms the clocks: that
 * many, or a quarter of such a sample, run before anything counts.
 */
export async function prepareRacer(
  run: RunMatmuls,
  batchSeconds: number,
  mostMatmuls = Number.POSITIVE_INFINITY,
): Promise<Racer> {
  let matmuls = 1;
  let seconds = await secondsPerMatmul(run, matmuls);
  while (seconds * matmuls < batchSeconds / 4 && matmuls < mostMatmuls) {
    matmuls *= 2;
    seconds = await secondsPerMatmul(run, matmuls);
  }
  return { run, matmulsPerSample: clamp(Math.round(batchSeconds / seconds), 1, mostMatmuls) };
}

/** Everybody's times, taken in turn with a rotating start: what slows the machine slows all. */
export async function race(racers: readonly Racer[], rounds: number): Promise<readonly Times[]> {
  const samples = racers.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < racers.length; turn += 1) {
      const index = (round + turn) % racers.length;
      const racer = racers[index];
      if (racer === undefined) continue;
      samples[index]?.push(await secondsPerMatmul(racer.run, racer.matmulsPerSample));
    }
  }
  return racers.map(({ matmulsPerSample }, index) => timesOf(samples[index] ?? [], matmulsPerSample));
}

async function secondsPerMatmul(run: RunMatmuls, matmuls: number): Promise<number> {
  const start = performance.now();
  await run(matmuls);
  return (performance.now() - start) / 1000 / matmuls;
}

function timesOf(samples: readonly number[], matmulsPerSample: number): Times {
  const sorted = [...samples].sort((one, other) => one - other);
  return {
    medianSeconds: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    fastestSeconds: sorted[0] ?? Number.NaN,
    slowestSeconds: sorted.at(-1) ?? Number.NaN,
    matmulsPerSample,
  };
}
