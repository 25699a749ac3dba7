import { ceilDiv } from '../base/integers.ts';
import type { PassPlan } from '../numerics/accumulation.ts';
import type { DeviceSession } from './device-session.ts';
import { ADD_PASSES, type Kernel } from './kernels.ts';

/** C `[rows, columns]`, both padded, from the products of `plan`. */
export interface LaunchShape {
  readonly rows: number;
  readonly columns: number;
  readonly plan: PassPlan;
}

/** A kernel bound to its buffers. */
export interface Launch {
  /** Rows of workgroups in all. */
  readonly groups: number;
  /**
   * What encodes some rows of workgroups, as often as it is called; with passes apart it must be all rows,
   * since the addition is of all of C.
   */
  encoder(firstGroup: number, groups: number): (pass: GPUComputePassEncoder) => void;
}

export type CreateBuffer = (size: number, usage: GPUBufferUsageFlags) => GPUBuffer;

const NEGATIVE_ZERO_BITS = 0x80000000;
const ADD_WORKGROUP = 64;
const MAX_ADD_WORKGROUPS = 1024;

/** How many sums of each element of C the kernel leaves behind: one, or one a pass. */
export function slicesOf(kernel: Kernel, plan: PassPlan): number {
  return kernel.passes === 'apart' ? ceilDiv(plan.products, plan.pass) : 1;
}

/** Buffers of A and B hold packed operands; that of C gets its fp32 or int32 words. */
export async function prepareLaunch(
  session: DeviceSession,
  kernel: Kernel,
  { rows, columns, plan }: LaunchShape,
  { a, b, c }: { readonly a: GPUBuffer; readonly b: GPUBuffer; readonly c: GPUBuffer },
  createBuffer: CreateBuffer,
): Promise<Launch> {
  const { device } = session;
  const pipeline = await session.pipelineOf(kernel);
  const rowTiles = rows / kernel.tileRows;
  const columnTiles = columns / kernel.tileColumns;
  const apart = kernel.passes === 'apart';
  const slices = slicesOf(kernel, plan);
  const sums = apart ? createBuffer(slices * rows * columns * 4, GPUBufferUsage.STORAGE) : c;
  const addPasses = apart
    ? await prepareAddition(session, sums, c, rows * columns, slices, createBuffer)
    : undefined;
  const columnGroups = ceilDiv(columnTiles, kernel.workgroupColumns);
  return {
    groups: ceilDiv(rowTiles, kernel.workgroupRows),
    encoder: (firstGroup, groups) => {
      const shape = Uint32Array.of(
        rowTiles,
        columnTiles,
        plan.products,
        plan.segment,
        plan.pass,
        firstGroup * kernel.workgroupRows,
        apart ? plan.pass : plan.products,
        NEGATIVE_ZERO_BITS,
      );
      const uniform = createBuffer(shape.byteLength, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
      device.queue.writeBuffer(uniform, 0, shape);
      const group = bind(device, pipeline, [a, b, sums, uniform]);
      return (pass) => {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(columnGroups, groups, slices);
        addPasses?.(pass);
      };
    },
  };
}

async function prepareAddition(
  session: DeviceSession,
  sums: GPUBuffer,
  c: GPUBuffer,
  elements: number,
  passes: number,
  createBuffer: CreateBuffer,
): Promise<(pass: GPUComputePassEncoder) => void> {
  const { device } = session;
  const pipeline = await session.pipelineOf(ADD_PASSES);
  const vectors = elements / 4;
  const uniform = createBuffer(16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  device.queue.writeBuffer(uniform, 0, Uint32Array.of(vectors, passes, 0, 0));
  const group = bind(device, pipeline, [sums, c, uniform]);
  return (pass) => {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(Math.min(ceilDiv(vectors, ADD_WORKGROUP), MAX_ADD_WORKGROUPS));
  };
}

function bind(device: GPUDevice, pipeline: GPUComputePipeline, buffers: readonly GPUBuffer[]): GPUBindGroup {
  return device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
}
