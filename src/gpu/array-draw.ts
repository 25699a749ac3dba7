import type { ArrayConfig } from '../array/config.ts';
import type { ArraySchedule } from '../array/schedule.ts';
import { ceilDiv } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import type { ArrayColouring } from '../figure/array-colouring.ts';
import { createArrayStateKernel, FIELDS } from './array-state.ts';

/** WGSL texts of `shaders/array-state.wgsl` and `shaders/array-draw.wgsl`. */
export interface ArrayDrawSources {
  readonly state: string;
  readonly draw: string;
}

/** Where the PEs lie on the target, in its pixels. */
export interface ArrayPlacement {
  /** Top left of the field, and the PE that lies there, fractions allowed. */
  readonly x: number;
  readonly y: number;
  readonly firstColumn: number;
  readonly firstRow: number;
  /** PEs that show, fractions allowed. */
  readonly columns: number;
  readonly rows: number;
  /** Pixels a PE. */
  readonly cell: number;
  /** Whether a pixel that several PEs share is the mean of them, or the one at its middle. */
  readonly blended: boolean;
}

/** When the passes of one drawing begin and end, for a device with `timestamp-query`. */
export interface DrawTimestamps {
  readonly state: GPUComputePassTimestampWrites;
  readonly draw: GPURenderPassTimestampWrites;
}

/** Draws an array from a state that never leaves the GPU: the twin of what src/figure/array-pixels.ts paints. */
export interface ArrayDrawer {
  readonly format: GPUTextureFormat;
  /**
   * Draws what every PE does when `cycle` ends, one submission. Throws `InputError` for an array or an operation
   * beyond what the GPU's integers and buffers hold.
   * @param target a view of a texture of `format`; what lies beyond the field becomes transparent
   */
  draw(
    target: GPUTextureView,
    schedule: ArraySchedule,
    cycle: number,
    colouring: ArrayColouring,
    placement: ArrayPlacement,
    timestamps?: DrawTimestamps,
  ): void;
  dispose(): void;
}

const PICTURE_WORDS = 14;
const MEANINGS: Readonly<Record<ArrayColouring['kind'], number>> = {
  state: 0,
  use: 1,
  element: 2,
  // By then a colour a PE.
  sums: 3,
  pixels: 3,
};
/** Of `addSums`, across and down. */
const WORKGROUP = 16;

export async function createArrayDrawer(
  device: GPUDevice,
  sources: ArrayDrawSources,
  format: GPUTextureFormat,
): Promise<ArrayDrawer> {
  const module = device.createShaderModule({ label: 'array draw', code: sources.draw });
  const [kernel, sumPipeline, pipeline] = await Promise.all([
    createArrayStateKernel(device, sources.state),
    device.createComputePipelineAsync({
      label: 'array sums',
      layout: 'auto',
      compute: { module, entryPoint: 'addSums' },
    }),
    device.createRenderPipelineAsync({
      label: 'array draw',
      layout: 'auto',
      vertex: { module, entryPoint: 'corner' },
      fragment: { module, entryPoint: 'paint', targets: [{ format }] },
    }),
  ]);
  const picture = device.createBuffer({
    size: 4 * PICTURE_WORDS,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  /** Stands where a colouring needs no state. */
  const noState = device.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE });
  let inks: GPUBuffer | undefined;
  let sums: GPUBuffer | undefined;
  let inksWritten: Uint32Array | undefined;
  let bindings:
    | { readonly state: GPUBuffer; readonly inks: GPUBuffer; readonly group: GPUBindGroup }
    | undefined;

  /** Tables of some kilobytes, or a word a PE, in a buffer that grows when it must. */
  const writeInks = (words: Uint32Array<ArrayBuffer>): GPUBuffer => {
    if (words.byteLength > device.limits.maxStorageBufferBindingSize) {
      throw new InputError('array', `expected fewer PEs on this GPU, found ${words.length}`);
    }
    if (inks === undefined || inks.size < words.byteLength) {
      inks?.destroy();
      inks = device.createBuffer({
        size: words.byteLength,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      });
      inksWritten = undefined;
    }
    if (inksWritten !== words) device.queue.writeBuffer(inks, 0, words);
    inksWritten = words;
    return inks;
  };

  /** Records the adding of all partial sums. @returns a colour a PE */
  const addSums = (
    encoder: GPUCommandEncoder,
    { rows, columns }: ArrayConfig,
    state: GPUBuffer,
    table: GPUBuffer,
  ): GPUBuffer => {
    const size = 4 * rows * columns;
    if (sums === undefined || sums.size < size) {
      sums?.destroy();
      sums = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });
    }
    const entries = [picture, table, state, sums].map((buffer, binding) => ({
      binding,
      resource: { buffer },
    }));
    const pass = encoder.beginComputePass();
    pass.setPipeline(sumPipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: sumPipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(ceilDiv(columns, WORKGROUP), ceilDiv(rows, WORKGROUP));
    pass.end();
    return sums;
  };

  const bind = (state: GPUBuffer, table: GPUBuffer): GPUBindGroup => {
    if (bindings?.state !== state || bindings.inks !== table) {
      const entries = [picture, table, state].map((buffer, binding) => ({ binding, resource: { buffer } }));
      const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      bindings = { state, inks: table, group };
    }
    return bindings.group;
  };

  return {
    format,
    draw: (target, schedule, cycle, colouring, placement, timestamps) => {
      const encoder = device.createCommandEncoder();
      const needsState = colouring.kind !== 'use' && colouring.kind !== 'pixels';
      const state = needsState ? kernel.encode(encoder, schedule, cycle, timestamps?.state) : noState;
      const table = writeInks(colouring.words);
      const isSums = colouring.kind === 'sums';
      const group = bind(state, isSums ? addSums(encoder, schedule.config, state, table) : table);
      device.queue.writeBuffer(picture, 0, pictureWords(schedule, colouring, placement));
      const pass = encoder.beginRenderPass({
        colorAttachments: [{ view: target, loadOp: 'clear', storeOp: 'store' }],
        ...(timestamps && { timestampWrites: timestamps.draw }),
      });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.draw(3);
      pass.end();
      device.queue.submit([encoder.finish()]);
    },
    dispose: () => {
      kernel.dispose();
      picture.destroy();
      noState.destroy();
      inks?.destroy();
      sums?.destroy();
    },
  };
}

/** The shader's `Picture`. */
function pictureWords(
  { config }: ArraySchedule,
  colouring: ArrayColouring,
  { x, y, firstColumn, firstRow, columns, rows, cell, blended }: ArrayPlacement,
): ArrayBuffer {
  const words = new ArrayBuffer(4 * PICTURE_WORDS);
  new Float32Array(words).set([x, y, firstColumn, firstRow, columns, rows, cell]);
  const details = detailsOf(colouring, config.doubleBuffered);
  new Uint32Array(words).set(
    [blended ? 1 : 0, config.rows, config.columns, MEANINGS[colouring.kind], ...details],
    7,
  );
  return words;
}

function detailsOf(colouring: ArrayColouring, doubleBuffered: boolean): readonly [number, number] {
  switch (colouring.kind) {
    case 'state':
      return [colouring.bands, doubleBuffered ? 1 : 0];
    case 'use':
      return [colouring.rowsOfLast, colouring.columnsOfLast];
    case 'element':
      return [FIELDS.indexOf(`${colouring.register}Repeat`), colouring.seed];
    case 'sums':
      return [colouring.seeds.A, colouring.seeds.B];
    case 'pixels':
      return [0, 0];
  }
}
