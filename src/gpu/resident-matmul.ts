import { assertDefined } from '../base/assert.ts';
import { roundUp } from '../base/integers.ts';
import { passPlan } from '../numerics/accumulation.ts';
import { canonicalizeNaNs } from '../numerics/float32.ts';
import type { LoadedOperands } from '../numerics/loaded-operands.ts';
import type { MatmulValues } from '../numerics/matmul-request.ts';
import type { DeviceSession } from './device-session.ts';
import { type Kernel, planFor } from './kernels.ts';
import { type CreateBuffer, prepareLaunch } from './launch.ts';
import {
  layoutOfA,
  layoutOfB,
  packedBytesPerLine,
  packOperand,
  placeBlock,
  TILE_ALIGNMENT,
} from './packing.ts';

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
  /** C `[m, n]` as the last matmul left it. */
  read(): Promise<MatmulValues>;
  dispose(): void;
}

/** 1.0 twice in bf16; a harmless number in fp32 and int8 too. */
const FILLER_WORD = 0x3f803f80;

/**
 * Places `operands`, or such as are full of harmless numbers, in the kernel's layout. The shape must suit the
 * kernel and fit the device's buffers.
 */
export async function placeResident(
  session: DeviceSession,
  kernel: Kernel,
  { m, k, n, passRows }: ResidentShape,
  operands?: LoadedOperands,
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
  const upload = (bytes: ArrayBuffer): GPUBuffer => {
    const buffer = createBuffer(bytes.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
    device.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  };
  const filled = (lines: number): ArrayBuffer =>
    new Uint32Array((lines * bytesPerLine) / 4).fill(FILLER_WORD).buffer;
  const { products } = plan;
  const a = upload(
    operands ? packOperand(operands.a, layoutOfA(k, products), { start: 0, count: m }) : filled(rows),
  );
  const b = upload(
    operands ? packOperand(operands.b, layoutOfB(k, products, n), { start: 0, count: n }) : filled(columns),
  );
  const bytesOfC = rows * columns * 4;
  const c = createBuffer(bytesOfC, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
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
    read: async () => {
      const readback = createBuffer(bytesOfC, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(c, 0, readback, 0, bytesOfC);
      device.queue.submit([encoder.finish()]);
      await readback.mapAsync(GPUMapMode.READ);
      const values = readCorner(readback.getMappedRange(), kernel, columns, m, n);
      readback.destroy();
      return values;
    },
    dispose: () => {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

function readCorner(words: ArrayBuffer, kernel: Kernel, columns: number, m: number, n: number): MatmulValues {
  const place = { rows: { start: 0, count: m }, columns: { start: 0, count: n } };
  if (kernel.carrier === 'int8') {
    const c = new Int32Array(m * n);
    placeBlock(new Int32Array(words), columns, c, n, place);
    return c;
  }
  const c = new Float32Array(m * n);
  placeBlock(new Float32Array(words), columns, c, n, place);
  return canonicalizeNaNs(c);
}
