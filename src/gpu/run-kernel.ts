import { ceilDiv } from '../base/integers.ts';
import { messageOf } from './device.ts';
import { type Kernel, WORKGROUP_COLUMNS, WORKGROUP_ROWS } from './kernels.ts';
import { GpuError } from './matmul-backend.ts';
import type { PackedOperand } from './packing.ts';

/** Operands in kernel order and what the kernel must know about them. */
export interface KernelRun {
  readonly kernel: Kernel;
  readonly a: PackedOperand;
  readonly b: PackedOperand;
  readonly k: number;
  readonly passRows: number;
}

const NEGATIVE_ZERO_BITS = 0x80000000;

/** Compiles `kernel` from its WGSL text. */
export function compileKernel(device: GPUDevice, kernel: Kernel, code: string): Promise<GPUComputePipeline> {
  return device.createComputePipelineAsync({
    label: kernel.shader,
    layout: 'auto',
    compute: {
      module: device.createShaderModule({ label: kernel.shader, code }),
      constants: { workgroupRows: WORKGROUP_ROWS, workgroupColumns: WORKGROUP_COLUMNS },
    },
  });
}

/** Runs one kernel over the whole of C and reads back its words, padded `[a.paddedExtent, b.paddedExtent]`. */
export async function runKernel(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  run: KernelRun,
): Promise<ArrayBuffer> {
  const buffers: GPUBuffer[] = [];
  const createBuffer = (size: number, usage: GPUBufferUsageFlags): GPUBuffer => {
    const buffer = device.createBuffer({ size, usage });
    buffers.push(buffer);
    return buffer;
  };
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  let scopesOpen = true;
  const closeScopes = async (): Promise<void> => {
    if (!scopesOpen) return;
    scopesOpen = false;
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    const error = errors.find((each) => each !== null);
    if (error) throw new GpuError(`${run.kernel.shader}: ${error.message}`);
  };
  try {
    const a = upload(device, createBuffer, run.a.words);
    const b = upload(device, createBuffer, run.b.words);
    const bytesOfC = run.a.paddedExtent * run.b.paddedExtent * 4;
    const c = createBuffer(bytesOfC, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    const readback = createBuffer(bytesOfC, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    const rowTiles = run.a.paddedExtent / run.kernel.tileRows;
    const columnTiles = run.b.paddedExtent / run.kernel.tileColumns;
    const shape = createBuffer(32, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    device.queue.writeBuffer(
      shape,
      0,
      new Uint32Array([
        rowTiles,
        columnTiles,
        ceilDiv(run.k, run.kernel.kStep),
        run.passRows,
        NEGATIVE_ZERO_BITS,
      ]),
    );
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [a, b, c, shape].map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.dispatchWorkgroups(ceilDiv(columnTiles, WORKGROUP_COLUMNS), ceilDiv(rowTiles, WORKGROUP_ROWS));
    pass.end();
    encoder.copyBufferToBuffer(c, 0, readback, 0, bytesOfC);
    device.queue.submit([encoder.finish()]);
    await closeScopes();
    await readback.mapAsync(GPUMapMode.READ);
    return readback.getMappedRange().slice(0);
  } catch (error) {
    await closeScopes();
    throw error instanceof GpuError ? error : new GpuError(`${run.kernel.shader}: ${messageOf(error)}`);
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

function upload(
  device: GPUDevice,
  createBuffer: (size: number, usage: GPUBufferUsageFlags) => GPUBuffer,
  words: Uint32Array<ArrayBuffer>,
): GPUBuffer {
  const buffer = createBuffer(words.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
  device.queue.writeBuffer(buffer, 0, words);
  return buffer;
}
