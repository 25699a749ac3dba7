import { DATAFLOWS } from '../../../src/array/config.ts';
import { createArrayDrawer } from '../../../src/gpu/array-draw.ts';
import { BUNDLED_ARRAY_SHADERS } from '../../../src/gpu/bundled-array-shaders.ts';
import { acquireDevice } from '../../../src/gpu/device.ts';
import { ArrayFrames, COLOURINGS, type FrameTimes } from './array-frames.ts';
import { UsageError } from './options.ts';
import { note, runAsProgram } from './program.ts';

/** A frame's state and picture, at most. */
const BAR_MS = 4;

// A 256x256 array drawn offscreen at random cycles. Well is when every pixel checked was the CPU's, the device
// without fault, and 95 % of the frames of each kind under the bar.
await runAsProgram(async (gpu) => {
  const faults: string[] = [];
  const acquired = await acquireDevice(gpu, { features: ['timestamp-query'] });
  if (acquired.kind === 'absent') throw new UsageError(acquired.reason);
  const { device, description } = acquired;
  device.addEventListener('uncapturederror', ({ error }) => faults.push(error.message));
  const drawer = await createArrayDrawer(device, BUNDLED_ARRAY_SHADERS, 'rgba8unorm');
  const rows: FrameTimes[] = [];
  for (const dataflow of DATAFLOWS) {
    for (const doubleBuffered of [true, false]) {
      const frames = new ArrayFrames(device, drawer, dataflow, doubleBuffered);
      for (const colouring of COLOURINGS) {
        if (colouring === 'sum' && !frames.hasSums) continue;
        const times = await frames.measure(colouring);
        rows.push(times);
        const { median, p95 } = times.gpuMs ?? times.throughputMs;
        note(
          `${dataflow}${doubleBuffered ? ' double-buffered' : ''} ${colouring}: ${median.toFixed(3)} ms, 95 % within ${p95.toFixed(3)} ms; ${times.wrongPixels} wrong pixels`,
        );
      }
      frames.dispose();
    }
  }
  drawer.dispose();
  device.destroy();
  const isRight = rows.every(({ wrongPixels }) => wrongPixels === 0) && faults.length === 0;
  const meetsBar = rows.every(({ gpuMs, throughputMs }) => (gpuMs ?? throughputMs).p95 < BAR_MS);
  return {
    ok: isRight && meetsBar,
    document: { adapter: description, node: process.version, barMs: BAR_MS, meetsBar, isRight, faults, rows },
  };
});
