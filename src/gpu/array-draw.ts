import type { ArraySchedule } from '../array/schedule.ts';
import { ACTIVITIES, type Activity } from '../array/state-grids.ts';
import { type ArrayInks, utilizationWords } from '../figure/array-pixels.ts';
import { createArrayStateKernel } from './array-state.ts';

/** WGSL texts of `shaders/array-state.wgsl` and `shaders/array-draw.wgsl`. */
export interface ArrayDrawSources {
  readonly state: string;
  readonly draw: string;
}

/** PEs in each state; those that shift while they work count as both. */
export type ActivityCounts = Readonly<Record<Activity, number>>;

/** Draws an array, one pixel a PE, from a state that never leaves the GPU: the twin of `paintStates` and `paintUtilization`. */
export interface ArrayDrawer {
  /**
   * Draws what every PE does when `cycle` ends; the counts come later. Throws `InputError` for an array or an
   * operation beyond what the GPU's integers and buffers hold.
   * @param target a view of [rows, columns] pixels of `ARRAY_DRAW_FORMAT`
   */
  drawState(
    target: GPUTextureView,
    schedule: ArraySchedule,
    cycle: number,
    inks: ArrayInks,
  ): Promise<ActivityCounts>;
  /** Draws the share of the cycles so far in which each PE worked. */
  drawUse(target: GPUTextureView, schedule: ArraySchedule, cycle: number, inks: ArrayInks): void;
  dispose(): void;
}

/** Bytes in the order of a picture's words. */
export const ARRAY_DRAW_FORMAT: GPUTextureFormat = 'rgba8unorm';

const PICTURE_WORDS = 6;
const COUNTS = ACTIVITIES.length + 1;
const SHIFTING = ACTIVITIES.length;

export async function createArrayDrawer(device: GPUDevice, sources: ArrayDrawSources): Promise<ArrayDrawer> {
  const kernel = await createArrayStateKernel(device, sources.state);
  const module = device.createShaderModule({ label: 'array draw', code: sources.draw });
  const pipelineOf = (entryPoint: string): Promise<GPURenderPipeline> =>
    device.createRenderPipelineAsync({
      label: entryPoint,
      layout: 'auto',
      vertex: { module, entryPoint: 'corner' },
      fragment: { module, entryPoint, targets: [{ format: ARRAY_DRAW_FORMAT }] },
    });
  const [statePipeline, usePipeline] = await Promise.all([pipelineOf('paintState'), pipelineOf('paintUse')]);
  const picture = device.createBuffer({
    size: PICTURE_WORDS * 4,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const counts = device.createBuffer({
    size: COUNTS * 4,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  let inkBuffer: GPUBuffer | undefined;

  /** Colours of a few kilobytes, in a buffer that grows when it must. */
  const writeInks = (words: Uint32Array<ArrayBuffer>): GPUBuffer => {
    if (inkBuffer === undefined || inkBuffer.size < words.byteLength) {
      inkBuffer?.destroy();
      inkBuffer = device.createBuffer({
        size: words.byteLength,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      });
    }
    device.queue.writeBuffer(inkBuffer, 0, words);
    return inkBuffer;
  };

  const draw = (
    encoder: GPUCommandEncoder,
    target: GPUTextureView,
    pipeline: GPURenderPipeline,
    buffers: readonly GPUBuffer[],
  ): void => {
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: target, loadOp: 'clear', storeOp: 'store' }],
    });
    pass.setPipeline(pipeline);
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.draw(3);
    pass.end();
  };

  return {
    drawState: (target, schedule, cycle, inks) => {
      const { config, gemm } = schedule;
      const state = kernel.dispatch(config, gemm, cycle);
      const { rows, columns, doubleBuffered } = config;
      const bands = inks.working.length;
      device.queue.writeBuffer(
        picture,
        0,
        Uint32Array.of(rows, columns, 0, 0, bands, doubleBuffered ? 1 : 0),
      );
      const { front, loading, draining, padding, idle, working } = inks;
      const words = Uint32Array.of(front, ...loading, ...draining, ...padding, idle, ...working);
      const readback = device.createBuffer({
        size: COUNTS * 4,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
      const encoder = device.createCommandEncoder();
      encoder.clearBuffer(counts);
      draw(encoder, target, statePipeline, [picture, writeInks(words), state, counts]);
      encoder.copyBufferToBuffer(counts, 0, readback, 0, COUNTS * 4);
      device.queue.submit([encoder.finish()]);
      return readCounts(readback, schedule);
    },
    drawUse: (target, schedule, cycle, inks) => {
      const { rows, columns } = schedule.config;
      const { rowsOfLast, columnsOfLast, words } = utilizationWords(schedule, cycle, inks);
      device.queue.writeBuffer(picture, 0, Uint32Array.of(rows, columns, rowsOfLast, columnsOfLast, 0, 0));
      const encoder = device.createCommandEncoder();
      draw(encoder, target, usePipeline, [picture, writeInks(words)]);
      device.queue.submit([encoder.finish()]);
    },
    dispose: () => {
      kernel.dispose();
      picture.destroy();
      counts.destroy();
      inkBuffer?.destroy();
    },
  };
}

async function readCounts(readback: GPUBuffer, schedule: ArraySchedule): Promise<ActivityCounts> {
  try {
    await readback.mapAsync(GPUMapMode.READ);
    return countsFrom(schedule, new Uint32Array(readback.getMappedRange()));
  } finally {
    readback.destroy();
  }
}

function countsFrom({ config }: ArraySchedule, words: Uint32Array): ActivityCounts {
  const byName = Object.fromEntries(ACTIVITIES.map((activity, code) => [activity, words[code]]));
  const shifts: Activity = config.dataflow === 'os' ? 'draining' : 'loading';
  return { ...(byName as Record<Activity, number>), [shifts]: words[SHIFTING] };
}
