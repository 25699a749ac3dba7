import type { ArrayConfig, Dataflow, GemmSequence } from '../array/config.ts';
import { type ArraySchedule, checkCycle, scheduleOf } from '../array/schedule.ts';
import { type ArrayState, createArrayState } from '../array/state-grids.ts';
import { ceilDiv } from '../base/integers.ts';
import { InputError } from '../base/result.ts';

/** Grids in the order in which the shader lays them out, each [rows, columns] of 32-bit integers. */
export const FIELDS = [
  'activity',
  'shifting',
  'fold',
  'wave',
  'operandRepeat',
  'operandRow',
  'operandColumn',
  'weightRepeat',
  'weightRow',
  'weightColumn',
  'shadowRepeat',
  'shadowRow',
  'shadowColumn',
  'sumRepeat',
  'sumRow',
  'sumColumn',
  'sumFirstK',
  'sumDepth',
] as const satisfies readonly (keyof ArrayState)[];

/** State of an array at any cycle, computed on a GPU: the twin of `arrayStateAt`. */
export interface ArrayStateKernel {
  /**
   * Records the computation of the state when `cycle` ends into a buffer that stays on the GPU, for other
   * shaders to draw from: `FIELDS` one after the other. The buffer is valid until the next call for a larger
   * array, or `dispose`; submit before the next call. Throws `InputError` for an array or an operation beyond
   * what the GPU's integers and buffers hold.
   */
  encode(
    encoder: GPUCommandEncoder,
    schedule: ArraySchedule,
    cycle: number,
    timestampWrites?: GPUComputePassTimestampWrites,
  ): GPUBuffer;
  /** The same at once, read back. */
  stateAt(config: ArrayConfig, gemm: GemmSequence, cycle: number): Promise<ArrayState>;
  dispose(): void;
}

const WORKGROUP = 16;
const UNIFORM_WORDS = 16;
const DATAFLOW_CODES: Readonly<Record<Dataflow, number>> = { ws: 0, is: 1, os: 2 };
/** Sums of two such numbers still fit the shader's 32-bit integers. */
const MAX_COUNT = 2 ** 30;

/** @param source text of `shaders/array-state.wgsl` */
export async function createArrayStateKernel(device: GPUDevice, source: string): Promise<ArrayStateKernel> {
  const pipeline = await device.createComputePipelineAsync({
    label: 'array state',
    layout: 'auto',
    compute: {
      module: device.createShaderModule({ label: 'array state', code: source }),
      constants: { workgroupColumns: WORKGROUP, workgroupRows: WORKGROUP },
    },
  });
  const uniform = device.createBuffer({
    size: UNIFORM_WORDS * 4,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  let state: GPUBuffer | undefined;
  let bindings: GPUBindGroup | undefined;

  const stateBuffer = (bytes: number): GPUBuffer => {
    if (state !== undefined && state.size >= bytes) return state;
    state?.destroy();
    bindings = undefined;
    state = device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
    return state;
  };

  const encode: ArrayStateKernel['encode'] = (encoder, schedule, cycle, timestampWrites) => {
    const { config } = schedule;
    const words = uniformWords(schedule, cycle);
    const buffer = stateBuffer(stateBytes(device, config));
    bindings ??= device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: uniform } },
        { binding: 1, resource: { buffer } },
      ],
    });
    device.queue.writeBuffer(uniform, 0, words);
    const pass = encoder.beginComputePass(timestampWrites && { timestampWrites });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.dispatchWorkgroups(ceilDiv(config.columns, WORKGROUP), ceilDiv(config.rows, WORKGROUP));
    pass.end();
    return buffer;
  };

  return {
    encode,
    stateAt: async (config, gemm, cycle) => {
      const encoder = device.createCommandEncoder();
      const buffer = encode(encoder, scheduleOf(config, gemm), cycle);
      const size = stateBytes(device, config);
      const readback = device.createBuffer({
        size,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
      try {
        encoder.copyBufferToBuffer(buffer, 0, readback, 0, size);
        device.queue.submit([encoder.finish()]);
        await readback.mapAsync(GPUMapMode.READ);
        return stateFrom(config, new Int32Array(readback.getMappedRange()));
      } finally {
        readback.destroy();
      }
    },
    dispose: () => {
      state?.destroy();
      uniform.destroy();
    },
  };
}

/** The shader's `Array`: everything that depends on large numbers is worked out here, exactly. */
function uniformWords(schedule: ArraySchedule, cycle: number): Int32Array<ArrayBuffer> {
  checkCycle(schedule, cycle);
  const { config, gemm } = schedule;
  const { folds, waves, intervalCycles, tilesDown, tilesAcross } = schedule;
  for (const count of [folds, intervalCycles, waves * config.rowsPerCycle, ...Object.values(gemm)]) {
    if (count > MAX_COUNT) {
      throw new InputError('gemm', `expected extents and folds of at most ${MAX_COUNT}, found ${count}`);
    }
  }
  const sinceFirstWave = cycle - schedule.firstStreamCycle;
  const cornerFold = Math.floor(sinceFirstWave / intervalCycles);
  const cornerWave = sinceFirstWave - cornerFold * intervalCycles;
  return Int32Array.of(
    config.rows,
    config.columns,
    DATAFLOW_CODES[config.dataflow],
    config.doubleBuffered ? 1 : 0,
    config.rowsPerCycle,
    gemm.m,
    gemm.k,
    gemm.n,
    tilesDown,
    tilesAcross,
    folds,
    waves,
    intervalCycles,
    cornerFold,
    cornerWave,
    schedule.loadCycles,
  );
}

function stateBytes(device: GPUDevice, config: ArrayConfig): number {
  const bytes = config.rows * config.columns * FIELDS.length * 4;
  const limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  if (bytes > limit) {
    throw new InputError(
      'array',
      `expected at most ${limit} bytes of state on this GPU, found ${bytes} for ${config.rows}x${config.columns}`,
    );
  }
  return bytes;
}

function stateFrom(config: ArrayConfig, words: Int32Array): ArrayState {
  const state = createArrayState(config.rows, config.columns);
  const size = config.rows * config.columns;
  FIELDS.forEach((field, index) => {
    state[field].set(words.subarray(index * size, (index + 1) * size));
  });
  return state;
}
