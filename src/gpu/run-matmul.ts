import { assertDefined } from '../base/assert.ts';
import { roundUp } from '../base/integers.ts';
import type { Progress } from '../base/progress.ts';
import type { PassPlan } from '../numerics/accumulation.ts';
import { canonicalizeNaNs } from '../numerics/float32.ts';
import type { LoadedOperands } from '../numerics/loaded-operands.ts';
import type { MatmulValues } from '../numerics/matmul-request.ts';
import { type Block, cutIntoBlocks } from './blocks.ts';
import type { DeviceSession } from './device-session.ts';
import { OutOfMemoryError } from './gpu-error.ts';
import { type Kernel, planFor } from './kernels.ts';
import { type CreateBuffer, type Launch, prepareLaunch, slicesOf } from './launch.ts';
import {
  layoutOfA,
  layoutOfB,
  packedBytesPerLine,
  packOperand,
  placeBlock,
  TILE_ALIGNMENT,
} from './packing.ts';

/** A matmul whose operands are loaded and whose order of summation is settled. */
export interface PreparedMatmul {
  readonly m: number;
  readonly n: number;
  readonly plan: PassPlan;
  readonly operands: LoadedOperands;
}

const WORKGROUPS_PER_DISPATCH = 65535;
/** One submission should last about this long: progress, cancelling and the driver's watchdog need pauses. */
const SECONDS_PER_SUBMIT = 0.1;
const FIRST_MULTIPLIES_PER_SUBMIT = { native: 2 ** 27, integer: 2 ** 22 } as const;

/** Blocks of C that are done, so that another attempt need not repeat them. */
export interface PartialResult {
  readonly c: MatmulValues;
  readonly done: Set<string>;
}

export function emptyResult(work: PreparedMatmul): PartialResult {
  const elements = work.m * work.n;
  const c = work.operands.carrier === 'int8' ? new Int32Array(elements) : new Float32Array(elements);
  return { c, done: new Set() };
}

/**
 * Computes the blocks of C that `result` still lacks. Rejects with a `DeviceLostError` when the device goes
 * away and an `OutOfMemoryError` when not even small blocks fit; blocks done until then stay done.
 */
export async function runMatmul(
  session: DeviceSession,
  kernel: Kernel,
  work: PreparedMatmul,
  result: PartialResult,
  progress: Progress,
): Promise<MatmulValues> {
  const { limits } = session.device;
  const plan = assertDefined(planFor(kernel, work.plan), 'a plan for the kernel');
  let bytesPerBuffer = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  for (;;) {
    const blocks = cutIntoBlocks(work, packedBytesPerLine(kernel.carrier, plan.products), {
      bytesPerBuffer,
      rows: WORKGROUPS_PER_DISPATCH * kernel.workgroupRows * kernel.tileRows,
      columns: WORKGROUPS_PER_DISPATCH * kernel.workgroupColumns * kernel.tileColumns,
      slices: slicesOf(kernel, plan),
    });
    try {
      for (const [index, block] of blocks.entries()) {
        const key = JSON.stringify(block);
        if (result.done.has(key)) continue;
        const share: Progress = {
          report: (fraction, what) => progress.report((index + fraction) / blocks.length, what),
          throwIfCancelled: () => progress.throwIfCancelled(),
        };
        const words = await session.guarded(kernel.id, () =>
          runBlock(session, kernel, work, plan, block, share),
        );
        place(words, block, work.n, result.c);
        result.done.add(key);
      }
      return result.c instanceof Float32Array ? canonicalizeNaNs(result.c) : result.c;
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
      bytesPerBuffer = Math.floor(bytesPerBuffer / 4);
      if (bytesPerBuffer < SMALLEST_BUFFER_BYTES) throw error;
    }
  }
}

const SMALLEST_BUFFER_BYTES = 2 ** 16;

function place(words: ArrayBuffer, block: Block, n: number, c: MatmulValues): void {
  const padded = roundUp(block.columns.count, TILE_ALIGNMENT);
  if (c instanceof Float32Array) placeBlock(new Float32Array(words), padded, c, n, block);
  else placeBlock(new Int32Array(words), padded, c, n, block);
}

/** Uploads the operands of one block, dispatches it in slices, and reads C back once. */
async function runBlock(
  session: DeviceSession,
  kernel: Kernel,
  { n, plan: { products }, operands }: PreparedMatmul,
  plan: PassPlan,
  block: Block,
  progress: Progress,
): Promise<ArrayBuffer> {
  const { device } = session;
  const buffers: GPUBuffer[] = [];
  const createBuffer: CreateBuffer = (size, usage) => {
    const buffer = device.createBuffer({ size, usage });
    buffers.push(buffer);
    return buffer;
  };
  const upload = (bytes: ArrayBuffer): GPUBuffer => {
    const buffer = createBuffer(bytes.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
    device.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  };
  try {
    const rows = roundUp(block.rows.count, TILE_ALIGNMENT);
    const columns = roundUp(block.columns.count, TILE_ALIGNMENT);
    const a = upload(packOperand(operands.a, layoutOfA(products, plan.products), block.rows));
    const b = upload(packOperand(operands.b, layoutOfB(products, plan.products, n), block.columns));
    const bytesOfC = rows * columns * 4;
    const c = createBuffer(bytesOfC, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    const readback = createBuffer(bytesOfC, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    const launch = await prepareLaunch(session, kernel, { rows, columns, plan }, { a, b, c }, createBuffer);
    const multipliesPerGroup = kernel.workgroupRows * kernel.tileRows * columns * plan.products;
    await submitSlices(device, launch, {
      firstGroups:
        kernel.passes === 'apart'
          ? launch.groups
          : FIRST_MULTIPLIES_PER_SUBMIT[kernel.arithmetic] / multipliesPerGroup,
      progress,
      what: kernel.id,
    });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(c, 0, readback, 0, bytesOfC);
    device.queue.submit([encoder.finish()]);
    await readback.mapAsync(GPUMapMode.READ);
    return readback.getMappedRange().slice(0);
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

interface Slices {
  /** How many rows of workgroups to try in the first submission. */
  readonly firstGroups: number;
  readonly progress: Progress;
  readonly what: string;
}

/** Submits slice after slice, each sized by how long the one before took; the last is not waited for. */
async function submitSlices(
  device: GPUDevice,
  launch: Launch,
  { firstGroups, progress, what }: Slices,
): Promise<void> {
  let size = Math.max(1, Math.floor(firstGroups));
  for (let group = 0; group < launch.groups; ) {
    progress.throwIfCancelled();
    progress.report(group / launch.groups, what);
    const count = Math.min(size, launch.groups - group);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    launch.encoder(group, count)(pass);
    pass.end();
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    group += count;
    if (group === launch.groups) return;
    await device.queue.onSubmittedWorkDone();
    const seconds = Math.max((performance.now() - start) / 1000, 1e-4);
    size = Math.max(1, Math.floor(count * Math.min(SECONDS_PER_SUBMIT / seconds, 8)));
  }
}
