import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page as browserPage } from 'vitest/browser';
import type { ArrayConfig } from '../../../src/array/config.ts';
import { arrayStateAt } from '../../../src/array/state.ts';
import { assertDefined } from '../../../src/base/assert.ts';
import { type ArrayLayout, layoutArray, WHOLE_ARRAY } from '../../../src/figure/array-layout.ts';
import { arrayMomentAt, type RunningMoment } from '../../../src/figure/array-moment.ts';
import { arrayInks, paintStates } from '../../../src/figure/array-pixels.ts';
import { createTimelineIndex } from '../../../src/figure/timeline-index.ts';
import { ArrayDrawing } from '../../../src/gpu/array-drawing.ts';
import { BUNDLED_ARRAY_SHADERS } from '../../../src/gpu/bundled-array-shaders.ts';
import type { RunReport } from '../../../src/machine/report.ts';
import '../../../src/ui/views/array-view.ts';
import type { ArrayStage } from '../../../src/ui/views/array-stage.ts';
import type { ArrayView } from '../../../src/ui/views/array-view.ts';
import { pagePalette } from '../../../src/ui/views/canvas-palette.ts';
import { buildFixtureReport, repeatedBlock } from '../fixture-report.ts';
import { until } from '../until.ts';
import { find, findAll, mountView, pixelsOf, press, settled } from './mount-view.ts';

const US = 1_000_000;
const SIDE = 256;
const report = withSide(buildFixtureReport({ layers: 3 }), SIDE);
const index = createTimelineIndex(report);
const block = repeatedBlock(report);
/** Within matmuls of the second layer. */
const MOMENTS_PS = [3_820, 3_824, 3_960].map((us) => block.startPs + block.periodPs + us * US + 300_000);
const THEMES = ['dark', 'light'] as const;
/** Two pixels a PE. The page is larger, else it would be shown scaled. */
const WIDTH = 900;
const HEIGHT = 680;

let view: ArrayView;
let drawing: ArrayDrawing;

beforeEach(async () => {
  await browserPage.viewport(1000, 700);
  drawing = new ArrayDrawing(navigator.gpu, BUNDLED_ARRAY_SHADERS);
});

afterEach(() => {
  drawing.giveUp('the test is over');
  delete document.documentElement.dataset.theme;
  vi.restoreAllMocks();
});

/** The fixture with square arrays of another side, and maybe another dataflow, in its matmuls. */
function withSide(original: RunReport, side: number, change: Partial<ArrayConfig> = {}): RunReport {
  const ops = original.ops.map((op) => {
    if (op.detail.kind !== 'matmul') return op;
    const arrays = op.detail.arrays.map((array) => ({
      ...array,
      config: { ...array.config, rows: side, columns: side, ...change },
    }));
    return { ...op, detail: { ...op.detail, arrays } };
  });
  return { ...original, ops };
}

async function mount(painter: ArrayView['painter']): Promise<void> {
  view = document.createElement('systole-array-view');
  view.report = report;
  view.cursorPs = MOMENTS_PS[0] ?? 0;
  view.drawing = drawing;
  view.painter = painter;
  await mountView(view, WIDTH, HEIGHT);
}

const label = (): HTMLButtonElement => find<HTMLButtonElement>(view, 'button.painter');

async function drawnBy(who: 'GPU' | 'CPU'): Promise<void> {
  await until(() => expect(label().textContent).toContain(`drawn on ${who}`));
  await until(() => expect(findAll(view, '.frame progress').length).toBe(0));
  // The browser shows the GPU's canvas once that is done with it.
  if (drawing.status.kind === 'ready') await drawing.status.device.queue.onSubmittedWorkDone();
  await settled(view);
}

/** What the screen shows of the figure. */
async function onScreen(): Promise<ImageData> {
  const element = find(view, 'systole-array-stage');
  const base64 = await browserPage.screenshot({ element, save: false });
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  if (context === null) throw new Error('a canvas has a context');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

/** How much a channel of the field's pixels differs at most. */
function largestDifference(a: ImageData, b: ImageData): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  const { field } = layoutOfStage();
  let largest = 0;
  for (let y = field.y; y < field.y + field.height; y += 1) {
    for (let x = field.x; x < field.x + field.width; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const at = 4 * (y * a.width + x) + channel;
        largest = Math.max(largest, Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)));
      }
    }
  }
  return largest;
}

/** Of the whole array. */
function layoutOfStage(): ArrayLayout {
  const { clientWidth, clientHeight } = find(view, 'systole-array-stage');
  return layoutArray(SIDE, SIDE, clientWidth, clientHeight, WHOLE_ARRAY, 1);
}

function momentAt(ps: number): RunningMoment {
  const moment = arrayMomentAt(index, ps);
  if (moment.kind !== 'running') throw new Error('the fixture runs a matmul here');
  return moment;
}

function choose(name: string): void {
  const buttons = findAll<HTMLButtonElement>(view, '.metrics button');
  const button = buttons.find((each) => each.textContent?.trim() === name);
  assertDefined(button, `a button ${name}`).click();
}

describe('256x256 PEs on the GPU', () => {
  test.each(THEMES)('%s: every PE has the colour of its state on screen', async (theme) => {
    document.documentElement.dataset.theme = theme;
    await mount('gpu');
    await drawnBy('GPU');
    const inks = arrayInks(pagePalette(), SIDE);
    const words = new Uint32Array(SIDE * SIDE);
    const seen = new Set<string>();
    for (const ps of MOMENTS_PS) {
      view.cursorPs = ps;
      await settled(view);
      await drawnBy('GPU');
      const { schedule, cycle } = momentAt(ps);
      paintStates(words, schedule.config, arrayStateAt(schedule.config, schedule.gemm, cycle), inks);
      seen.add(words.join());
      const { field, cell } = layoutOfStage();
      expect(cell).toBe(2);
      const screen = await onScreen();
      const shown = new Uint32Array(screen.data.buffer);
      let wrong = 0;
      for (let y = 0; y < cell * SIDE; y += 1) {
        for (let x = 0; x < cell * SIDE; x += 1) {
          const word = words[Math.floor(y / cell) * SIDE + Math.floor(x / cell)];
          if (shown[(field.y + y) * screen.width + field.x + x] !== word) wrong += 1;
        }
      }
      expect(wrong, `cycle ${cycle}`).toBe(0);
    }
    expect(seen.size).toBe(MOMENTS_PS.length);
  });

  test.each(THEMES)('%s: the screen is the same as from the CPU, in all colours', async (theme) => {
    document.documentElement.dataset.theme = theme;
    await mount('gpu');
    for (const name of ['State', 'Operand', 'Weight', 'Partial sum', 'Use so far', 'Activity']) {
      choose(name);
      view.painter = 'gpu';
      await settled(view);
      await drawnBy('GPU');
      const gpu = await onScreen();
      view.painter = 'cpu';
      await settled(view);
      await drawnBy('CPU');
      expect(largestDifference(gpu, await onScreen()), name).toBe(0);
    }
  });

  test('zoomed in and moved, it is the CPU’s picture, gutters, values and all', async () => {
    await mount('gpu');
    const surface = find(view, '.surface');
    for (const key of ['ArrowRight', 'ArrowDown']) press(surface, key);
    // Cells of 6.75, 23 and 96 pixels; small ones that share a pixel are mixed by each painter in its own way.
    for (const [steps, tolerance] of [
      [3, 20],
      [3, 3],
      [4, 3],
    ] as const) {
      for (let step = 0; step < steps; step += 1) press(surface, '+');
      press(surface, 'ArrowRight', { shiftKey: true });
      view.painter = 'gpu';
      await settled(view);
      await drawnBy('GPU');
      const gpu = await onScreen();
      view.painter = 'cpu';
      await settled(view);
      await drawnBy('CPU');
      expect(largestDifference(gpu, await onScreen())).toBeLessThanOrEqual(tolerance);
    }
    expect(find<ArrayStage>(view, 'systole-array-stage').showsValues).toBe(true);
  });
});

describe('who draws', () => {
  /** WebGPU as the browser has it, and the devices it gave. */
  function watched(): { readonly gpu: GPU; readonly devices: GPUDevice[] } {
    const devices: GPUDevice[] = [];
    const requestAdapter: GPU['requestAdapter'] = async (options) => {
      const adapter = await navigator.gpu.requestAdapter(options);
      if (adapter === null) return null;
      const requestDevice = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (descriptor) => {
        const device = await requestDevice(descriptor);
        devices.push(device);
        return device;
      };
      return adapter;
    };
    const getPreferredCanvasFormat: GPU['getPreferredCanvasFormat'] = () =>
      navigator.gpu.getPreferredCanvasFormat();
    return { gpu: { requestAdapter, getPreferredCanvasFormat } as GPU, devices };
  }

  test('by itself, the CPU where WebGPU runs in software, without a device', async () => {
    const { gpu, devices } = watched();
    drawing = new ArrayDrawing(gpu, BUNDLED_ARRAY_SHADERS);
    await mount('auto');
    await until(() => expect(label().title).toMatch(/WebGPU runs in software here .*swiftshader/));
    expect(label().textContent).toContain('drawn on CPU');
    expect(devices).toHaveLength(0);
    label().click();
    await drawnBy('GPU');
    expect(label().title).toContain('swiftshader');
    label().click();
    await drawnBy('CPU');
    expect(label().title).toContain('as chosen');
  });

  test('by itself, the GPU where there is one in hardware', async () => {
    const { gpu, devices } = watched();
    const requestAdapter: GPU['requestAdapter'] = async (options) => {
      const adapter = await gpu.requestAdapter(options);
      const info = {
        vendor: 'acme',
        architecture: 'one',
        description: '',
        device: '',
        isFallbackAdapter: false,
      };
      return adapter && Object.defineProperty(adapter, 'info', { value: info });
    };
    const hardware = { ...gpu, requestAdapter } as GPU;
    drawing = new ArrayDrawing(hardware, BUNDLED_ARRAY_SHADERS);
    await mount('auto');
    await drawnBy('GPU');
    expect(label().title).toContain('acme one');
    expect(devices).toHaveLength(1);
  });

  test('the CPU for partial sums of very many products', async () => {
    await mount('gpu');
    view.report = withSide(report, 2 * SIDE, { dataflow: 'os' });
    await drawnBy('GPU');
    choose('Partial sum');
    await until(() => expect(label().title).toContain('so long sums'));
    choose('State');
    await drawnBy('GPU');
  });

  test('the CPU, with the reason, where there is no WebGPU or no canvas for it', async () => {
    drawing = new ArrayDrawing(undefined, BUNDLED_ARRAY_SHADERS);
    await mount('gpu');
    await until(() => expect(label().title).toContain('this environment has no WebGPU'));
    expect(pixelsOf(find(view, 'systole-figure')).some((value) => value !== 0)).toBe(true);

    const original = HTMLCanvasElement.prototype.getContext;
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(function (
      this: HTMLCanvasElement,
      kind: string,
    ) {
      return kind === 'webgpu'
        ? null
        : (original as (kind: string) => RenderingContext | null).call(this, kind);
    } as typeof original);
    drawing = new ArrayDrawing(navigator.gpu, BUNDLED_ARRAY_SHADERS);
    await mount('gpu');
    await until(() => expect(label().title).toContain('the browser gave no WebGPU canvas'));
  });

  test('the CPU at once when the device is lost, the GPU again soon, but not for ever', async () => {
    const { gpu, devices } = watched();
    drawing = new ArrayDrawing(gpu, BUNDLED_ARRAY_SHADERS);
    await mount('gpu');
    for (const count of [1, 2, 3]) {
      await drawnBy('GPU');
      const onGpu = await onScreen();
      expect(devices).toHaveLength(count);
      devices.at(-1)?.destroy();
      await drawnBy('CPU');
      expect(label().title).toContain('the GPU device was lost');
      expect(largestDifference(await onScreen(), onGpu)).toBe(0);
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(devices).toHaveLength(3);
    expect(label().textContent).toContain('drawn on CPU');
  });

  test('one device serves all views, also one that comes back', async () => {
    const { gpu, devices } = watched();
    drawing = new ArrayDrawing(gpu, BUNDLED_ARRAY_SHADERS);
    for (let round = 0; round < 3; round += 1) {
      await mount('gpu');
      await drawnBy('GPU');
    }
    const before = await onScreen();
    const frame = assertDefined(view.parentElement ?? undefined, 'a frame');
    view.remove();
    await new Promise(requestAnimationFrame);
    frame.append(view);
    await settled(view);
    await drawnBy('GPU');
    expect(largestDifference(await onScreen(), before)).toBe(0);
    expect(devices).toHaveLength(1);
  });
});
