import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArraySchedule, scheduleOf } from '../../src/array/schedule.ts';
import { arrayStateAt } from '../../src/array/state.ts';
import { createRandom } from '../../src/base/random.ts';
import {
  type ArrayColouring,
  elementColouring,
  stateColouring,
  sumColouring,
  useColouring,
} from '../../src/figure/array-colouring.ts';
import { operandSeeds, seededOperands, valuesWithin } from '../../src/figure/array-operands.ts';
import {
  arrayInks,
  paintStates,
  paintUtilization,
  paintValues,
  valueRange,
} from '../../src/figure/array-pixels.ts';
import { PALETTES } from '../../src/figure/color-palette.ts';
import { type ArrayDrawer, type ArrayPlacement, createArrayDrawer } from '../../src/gpu/array-draw.ts';
import { BUNDLED_ARRAY_SHADERS } from '../../src/gpu/bundled-array-shaders.ts';
import { acquireDevice } from '../../src/gpu/device.ts';
import { SAMPLED_CASES, SAMPLED_SEQUENCES } from '../array/arbitrary-cases.ts';

let device: GPUDevice;
let drawer: ArrayDrawer;
const faults: string[] = [];

beforeAll(async () => {
  const acquired = await acquireDevice(navigator.gpu);
  if (acquired.kind === 'absent') throw new Error(`these tests need WebGPU: ${acquired.reason}`);
  device = acquired.device;
  device.addEventListener('uncapturederror', (event) => faults.push(event.error.message));
  drawer = await createArrayDrawer(device, BUNDLED_ARRAY_SHADERS, 'rgba8unorm');
});

afterAll(() => {
  drawer.dispose();
  device.destroy();
  expect(faults).toEqual([]);
});

/** What `draw` leaves in a texture of [rows, columns] pixels, as words. */
async function drawn(
  { config: { rows, columns } }: ArraySchedule,
  draw: (target: GPUTextureView) => unknown,
): Promise<Uint32Array> {
  const texture = device.createTexture({
    size: [columns, rows],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
  });
  const bytesPerRow = Math.ceil((columns * 4) / 256) * 256;
  const readback = device.createBuffer({
    size: bytesPerRow * rows,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  await draw(texture.createView());
  const encoder = device.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture }, { buffer: readback, bytesPerRow }, [columns, rows]);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const padded = new Uint32Array(readback.getMappedRange());
  const words = new Uint32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    words.set(padded.subarray((row * bytesPerRow) / 4, (row * bytesPerRow) / 4 + columns), row * columns);
  }
  readback.destroy();
  texture.destroy();
  return words;
}

/** One pixel a PE. */
const wholeArray = ({ config: { rows, columns } }: ArraySchedule): ArrayPlacement => ({
  x: 0,
  y: 0,
  firstColumn: 0,
  firstRow: 0,
  columns,
  rows,
  cell: 1,
  blended: true,
});

const SEED = 7;
const UNIT = 3;

async function check(schedule: ArraySchedule, cycle: number, scheme: 'dark' | 'light'): Promise<void> {
  const { config, gemm } = schedule;
  const place = JSON.stringify({ config, gemm, cycle, scheme });
  const inks = arrayInks(PALETTES[scheme], config.rows);
  const state = arrayStateAt(config, gemm, cycle);
  const compare = async (colouring: ArrayColouring, expected: Uint32Array): Promise<void> => {
    const words = await drawn(schedule, (target) =>
      drawer.draw(target, schedule, cycle, colouring, wholeArray(schedule)),
    );
    expect(
      words.every((word, index) => word === expected[index]),
      `${colouring.kind} ${place}`,
    ).toBe(true);
  };
  const expected = new Uint32Array(config.rows * config.columns);
  paintStates(expected, config, state, inks);
  await compare(stateColouring(inks), expected);
  await compare({ kind: 'pixels', words: expected }, expected);
  paintUtilization(expected, schedule, cycle, inks);
  await compare(useColouring(schedule, cycle, inks), expected);
  const seeds = operandSeeds(SEED, UNIT);
  const operands = seededOperands(SEED, UNIT);
  const values = valuesWithin(schedule, state, operands, [0, config.rows], [0, config.columns]);
  for (const register of ['operand', 'weight'] as const) {
    paintValues(expected, 0, values[register], state, register, valueRange(register, schedule), inks);
    await compare(elementColouring(register, schedule, seeds, inks), expected);
  }
  const sums = sumColouring(schedule, seeds, inks);
  expect(sums === undefined, place).toBe(config.rows === 256 && config.dataflow === 'os');
  if (sums === undefined) return;
  paintValues(expected, 0, values.sum, state, 'sum', valueRange('sum', schedule), inks);
  await compare(sums, expected);
}

describe('an array drawn on the GPU', () => {
  it('is what the CPU paints, pixel for pixel, for many small cases at several cycles', async () => {
    const random = createRandom(21);
    for (const { config, gemm } of [...SAMPLED_CASES.slice(0, 40), ...SAMPLED_SEQUENCES.slice(0, 40)]) {
      const schedule = scheduleOf(config, gemm);
      const { cycles } = schedule;
      for (const cycle of [0, cycles - 1, random.nextBelow(cycles)]) {
        await check(schedule, cycle, random.nextBelow(2) === 0 ? 'dark' : 'light');
      }
    }
  });

  it.each(['ws', 'is', 'os'] as const)('is what the CPU paints for 256x256, %s', async (dataflow) => {
    const random = createRandom(22);
    for (const doubleBuffered of [true, false]) {
      const config = { rows: 256, columns: 256, dataflow, doubleBuffered, rowsPerCycle: 2 };
      const schedule = scheduleOf(config, { m: 4000, k: 3000, n: 2100, repeats: 2 });
      for (const cycle of [300, random.nextBelow(schedule.cycles), schedule.cycles - 200]) {
        await check(schedule, cycle, 'dark');
      }
    }
  });

  it('is not what the CPU paints a cycle later', async () => {
    const config = { rows: 32, columns: 32, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 } as const;
    const schedule = scheduleOf(config, { m: 64, k: 64, n: 64 });
    const inks = arrayInks(PALETTES.dark, 32);
    const words = await drawn(schedule, (target) =>
      drawer.draw(target, schedule, 70, stateColouring(inks), wholeArray(schedule)),
    );
    const later = new Uint32Array(words.length);
    paintStates(later, config, arrayStateAt(config, schedule.gemm, 71), inks);
    expect(words).not.toEqual(later);
  });
});
