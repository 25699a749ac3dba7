import type { Dataflow } from '../../../src/array/config.ts';
import { type ArraySchedule, scheduleOf } from '../../../src/array/schedule.ts';
import { arrayStateAt } from '../../../src/array/state.ts';
import { EMPTY } from '../../../src/array/state-grids.ts';
import { assertDefined } from '../../../src/base/assert.ts';
import { createRandom, type Random } from '../../../src/base/random.ts';
import {
  type ArrayColouring,
  elementColouring,
  stateColouring,
  sumColouring,
  useColouring,
} from '../../../src/figure/array-colouring.ts';
import { operandSeeds, seededOperands, valuesWithin } from '../../../src/figure/array-operands.ts';
import {
  arrayInks,
  paintStates,
  paintUtilization,
  paintValues,
  valueRange,
} from '../../../src/figure/array-pixels.ts';
import { PALETTES } from '../../../src/figure/color-palette.ts';
import type { ArrayDrawer, DrawTimestamps } from '../../../src/gpu/array-draw.ts';

export const COLOURINGS = ['state', 'operand', 'weight', 'sum', 'utilization'] as const;
type Colouring = (typeof COLOURINGS)[number];

interface Spread {
  readonly frames: number;
  readonly median: number;
  readonly p95: number;
  readonly slowest: number;
}

/** Milliseconds of state and picture of one frame. */
export interface FrameTimes {
  readonly dataflow: Dataflow;
  readonly doubleBuffered: boolean;
  readonly colouring: Colouring;
  /** From the beginning of the first pass to the end of the last, by the device's clock, where it has one. */
  readonly gpuMs?: Spread;
  /** By the host's, of batches of frames that follow each other at once. */
  readonly throughputMs: Spread;
  /** By the host's, of single frames, the way to the device and back included. */
  readonly latencyMs: Spread;
  /** Of some frames, against the CPU's painters. */
  readonly wrongPixels: number;
}

const SIDE = 256;
const CELL = 4;
const PIXELS = SIDE * CELL;
/** Of each kind, or as many as fit the time. */
const MAX_FRAMES = 256;
const MIN_FRAMES = 4;
const MAX_SECONDS = 1;
const BATCH = 16;
const CHECKED_FRAMES = 2;
const SEED = 1;
const inks = arrayInks(PALETTES.dark, SIDE);

/** A 256x256 array at random cycles of a 4096^3 GEMM, 1024x1024 pixels large, never on a screen. */
export class ArrayFrames {
  readonly #device: GPUDevice;
  readonly #drawer: ArrayDrawer;
  readonly #schedule: ArraySchedule;
  readonly #target: GPUTexture;
  readonly #view: GPUTextureView;
  readonly #random: Random = createRandom(41);

  constructor(device: GPUDevice, drawer: ArrayDrawer, dataflow: Dataflow, doubleBuffered: boolean) {
    this.#device = device;
    this.#drawer = drawer;
    const config = { rows: SIDE, columns: SIDE, dataflow, doubleBuffered, rowsPerCycle: 1 };
    this.#schedule = scheduleOf(config, { m: 4096, k: 4096, n: 4096 });
    this.#target = device.createTexture({
      size: [PIXELS, PIXELS],
      format: drawer.format,
      usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
    });
    this.#view = this.#target.createView();
  }

  /** Whether the GPU adds the sums, too. */
  get hasSums(): boolean {
    return sumColouring(this.#schedule, operandSeeds(SEED, 0), inks) !== undefined;
  }

  async measure(colouring: Colouring): Promise<FrameTimes> {
    const { dataflow, doubleBuffered } = this.#schedule.config;
    let wrongPixels = 0;
    for (let frame = 0; frame < CHECKED_FRAMES; frame += 1) wrongPixels += await this.#check(colouring);
    const gpuMs = await this.#gpuMs(colouring);
    return {
      dataflow,
      doubleBuffered,
      colouring,
      ...(gpuMs && { gpuMs }),
      throughputMs: await this.#hostMs(colouring, BATCH),
      latencyMs: await this.#hostMs(colouring, 1),
      wrongPixels,
    };
  }

  dispose(): void {
    this.#target.destroy();
  }

  #draw(colouring: Colouring, cycle: number, timestamps?: DrawTimestamps): void {
    const placement = {
      x: 0,
      y: 0,
      firstColumn: 0,
      firstRow: 0,
      columns: SIDE,
      rows: SIDE,
      cell: CELL,
      blended: false,
    };
    this.#drawer.draw(
      this.#view,
      this.#schedule,
      cycle,
      this.#colours(colouring, cycle),
      placement,
      timestamps,
    );
  }

  #colours(colouring: Colouring, cycle: number): ArrayColouring {
    const seeds = operandSeeds(SEED, 0);
    switch (colouring) {
      case 'state':
        return stateColouring(inks);
      case 'utilization':
        return useColouring(this.#schedule, cycle, inks);
      case 'sum':
        return assertDefined(sumColouring(this.#schedule, seeds, inks), 'sums that a GPU adds');
      default:
        return elementColouring(colouring, this.#schedule, seeds, inks);
    }
  }

  #cycle(): number {
    return this.#random.nextBelow(this.#schedule.cycles);
  }

  async #hostMs(colouring: Colouring, batch: number): Promise<Spread> {
    return sampled(async () => {
      const start = performance.now();
      for (let each = 0; each < batch; each += 1) this.#draw(colouring, this.#cycle());
      await this.#device.queue.onSubmittedWorkDone();
      return (performance.now() - start) / batch;
    }, batch);
  }

  async #gpuMs(colouring: Colouring): Promise<Spread | undefined> {
    const device = this.#device;
    if (!device.features.has('timestamp-query')) return undefined;
    const querySet = device.createQuerySet({ type: 'timestamp', count: 4 });
    const resolved = device.createBuffer({
      size: 32,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    const readback = device.createBuffer({
      size: 32,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const timestamps: DrawTimestamps = {
      state: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
      draw: { querySet, beginningOfPassWriteIndex: 2, endOfPassWriteIndex: 3 },
    };
    // The use so far needs no state.
    const first = colouring === 'utilization' ? 2 : 0;
    const spread = await sampled(async () => {
      this.#draw(colouring, this.#cycle(), timestamps);
      const encoder = device.createCommandEncoder();
      encoder.resolveQuerySet(querySet, 0, 4, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readback, 0, 32);
      device.queue.submit([encoder.finish()]);
      await readback.mapAsync(GPUMapMode.READ);
      const times = new BigUint64Array(readback.getMappedRange());
      const ms = Number((times[3] ?? 0n) - (times[first] ?? 0n)) / 1e6;
      readback.unmap();
      return ms;
    }, 1);
    querySet.destroy();
    resolved.destroy();
    readback.destroy();
    return spread;
  }

  /** Pixels of a random frame that are not the CPU's. */
  async #check(colouring: Colouring): Promise<number> {
    const cycle = this.#cycle();
    this.#draw(colouring, cycle);
    const words = await this.#read();
    const expected = this.#painted(colouring, cycle);
    let wrong = 0;
    for (let y = 0; y < PIXELS; y += 1) {
      for (let x = 0; x < PIXELS; x += 1) {
        const pe = Math.floor(y / CELL) * SIDE + Math.floor(x / CELL);
        if (words[y * PIXELS + x] !== expected[pe]) wrong += 1;
      }
    }
    return wrong;
  }

  #painted(colouring: Colouring, cycle: number): Uint32Array {
    const schedule = this.#schedule;
    const words = new Uint32Array(SIDE * SIDE);
    const state = arrayStateAt(schedule.config, schedule.gemm, cycle);
    if (colouring === 'state') paintStates(words, schedule.config, state, inks);
    else if (colouring === 'utilization') paintUtilization(words, schedule, cycle, inks);
    else {
      // Sums take long: without them where nobody asks.
      const held =
        colouring === 'sum' ? state : { ...state, sumRow: new Int32Array(SIDE * SIDE).fill(EMPTY) };
      const values = valuesWithin(schedule, held, seededOperands(SEED, 0), [0, SIDE], [0, SIDE]);
      paintValues(words, 0, values[colouring], state, colouring, valueRange(colouring, schedule), inks);
    }
    return words;
  }

  async #read(): Promise<Uint32Array> {
    const readback = this.#device.createBuffer({
      size: 4 * PIXELS * PIXELS,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyTextureToBuffer({ texture: this.#target }, { buffer: readback, bytesPerRow: 4 * PIXELS }, [
      PIXELS,
      PIXELS,
    ]);
    this.#device.queue.submit([encoder.finish()]);
    await readback.mapAsync(GPUMapMode.READ);
    const words = new Uint32Array(readback.getMappedRange()).slice();
    readback.destroy();
    return words;
  }
}

/** @param sample takes the time of one of so many frames */
async function sampled(sample: () => Promise<number>, framesASample: number): Promise<Spread> {
  const samples: number[] = [];
  const end = performance.now() + 1000 * MAX_SECONDS;
  const isEnough = (): boolean => {
    const frames = samples.length * framesASample;
    return frames >= MAX_FRAMES || (frames >= MIN_FRAMES && performance.now() > end);
  };
  while (!isEnough()) samples.push(await sample());
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { frames: samples.length * framesASample, median: at(0.5), p95: at(0.95), slowest: at(1) };
}
