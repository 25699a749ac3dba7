import { assertDefined } from '../base/assert.ts';
import { roundUp } from '../base/integers.ts';
import { passPlan } from '../numerics/accumulation.ts';
import type { DeviceSession } from './device-session.ts';
import { type Kernel, planFor } from './kernels.ts';
import { type CreateBuffer, prepareLaunch } from './launch.ts';
import { packedBytesPerLine, TILE_ALIGNMENT } from './packing.ts';

/** C `[m, n]` from k products each, in passes of `passRows`. */
export interface ResidentShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly passRows: number;
}

/** A kernel whose operands lie on the device, to be run and timed as often as one likes. */
export interface ResidentMatmul {
  /** Encodes `repetitions` matmuls and submits them at once. */
  submit(repetitions: number): void;
  /** Resolves when everything submitted is done. */
  done(): Promise<void>;
  dispose(): void;
}

/** 1.0 twice in bf16; a harmless number in fp32 and int8 too. */
const FILLER_WORD = 0x3f803f80;

/** Operands full of harmless numbers, already in the kernel's layout. The shape must suit the kernel. */
export async function placeResident(
  session: DeviceSession,
  kernel: Kernel,
  { m, k, n, passRows }: ResidentShape,
): Promise<ResidentMatmul> {
  const { device } = session;
  const dtype = kernel.carrier;
  const wanted = passPlan({ kind: dtype === 'int8' ? 'int32' : 'sequential' }, dtype, { k, passRows });
  const plan = assertDefined(planFor(kernel, wanted), `a plan for ${kernel.id}`);
  const rows = roundUp(m, TILE_ALIGNMENT);
  const columns = roundUp(n, TILE_ALIGNMENT);
  const bytesPerLine = packedBytesPerLine(kernel.carrier, plan.products);
  const buffers: GPUBuffer[] = [];
  const createBuffer: CreateBuffer = (size, usage) => {
    const buffer = device.createBuffer({ size, usage });
    buffers.push(buffer);
    return buffer;
  };
  const filled = (size: number): GPUBuffer => {
    const buffer = createBuffer(size, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
    device.queue.writeBuffer(buffer, 0, new Uint32Array(size / 4).fill(FILLER_WORD));
    return buffer;
  };
  const a = filled(rows * bytesPerLine);
  const b = filled(columns * bytesPerLine);
  const c = createBuffer(rows * columns * 4, GPUBufferUsage.STORAGE);
  const launch = await prepareLaunch(session, kernel, { rows, columns, plan }, { a, b, c }, createBuffer);
  const run = launch.encoder(0, launch.groups);
  return {
    submit: (repetitions) => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let count = 0; count < repetitions; count += 1) run(pass);
      pass.end();
      device.queue.submit([encoder.finish()]);
    },
    done: () => device.queue.onSubmittedWorkDone(),
    dispose: () => {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}
