import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { messageOf } from './device.ts';
import { DeviceLostError, GpuError, OutOfMemoryError } from './gpu-error.ts';
import type { Program } from './kernels.ts';
import type { ShaderSources } from './shader-sources.ts';

/** One device from its creation to its loss, with the pipelines compiled on it. */
export interface DeviceSession {
  readonly device: GPUDevice;
  readonly description: string;
  pipelineOf(program: Program): Promise<GPUComputePipeline>;
  /** Throws a `DeviceLostError` once the device is gone. */
  throwIfLost(): void;
  /** `work`, its errors told apart: lost device, out of memory, anything else. */
  guarded<T>(what: string, work: () => Promise<T>): Promise<T>;
  dispose(): void;
}

/** Popped in the opposite order. */
const ERROR_SCOPES = ['out-of-memory', 'internal', 'validation'] as const;

/** @param onFault told about errors that no call is waiting for, and about the loss of the device */
export function createDeviceSession(
  device: GPUDevice,
  description: string,
  sources: ShaderSources,
  onFault: (message: string) => void,
): DeviceSession {
  let lost: string | undefined;
  let disposed = false;
  const onUncaptured = (event: GPUUncapturedErrorEvent): void => onFault(event.error.message);
  device.addEventListener('uncapturederror', onUncaptured);
  const loss = device.lost.then((info) => {
    lost = info.message || info.reason;
    if (!disposed) onFault(`the GPU device was lost: ${lost}`);
    return lost;
  });
  const throwIfLost = (): void => {
    if (lost !== undefined) throw new DeviceLostError(`the GPU device was lost: ${lost}`);
  };

  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  return {
    device,
    description,
    pipelineOf: (program) => {
      const known = pipelines.get(program.id) ?? compile(device, program, sources);
      pipelines.set(program.id, known);
      return known;
    },
    throwIfLost,
    guarded: async (what, work) => {
      throwIfLost();
      for (const filter of ERROR_SCOPES) device.pushErrorScope(filter);
      // A read-back that waits for a lost device need not ever settle: the loss ends the wait.
      const outcome = await Promise.race([settled(work()), loss]);
      const popped = await Promise.all(ERROR_SCOPES.map(() => device.popErrorScope().catch(() => null)));
      throwIfLost();
      const [outOfMemory, ...others] = popped.reverse();
      if (outOfMemory) throw new OutOfMemoryError(`${what}: ${outOfMemory.message}`);
      const other = others.find((error) => error !== null);
      if (other) throw new GpuError(`${what}: ${other.message}`);
      assert(typeof outcome !== 'string', 'a lost device has thrown');
      if (outcome.ok) return outcome.value;
      throw asGpuError(what, outcome.error);
    },
    dispose: () => {
      disposed = true;
      device.destroy();
    },
  };
}

function settled<T>(work: Promise<T>): Promise<Result<T, unknown>> {
  return work.then(ok, err);
}

/** What a call threw: the platform's own errors become ours, everybody else's stay what they are. */
function asGpuError(what: string, error: unknown): unknown {
  if (error instanceof RangeError) return new OutOfMemoryError(`${what}: ${error.message}`);
  if (error instanceof DOMException) return new GpuError(`${what}: ${messageOf(error)}`);
  return error;
}

function compile(device: GPUDevice, program: Program, sources: ShaderSources): Promise<GPUComputePipeline> {
  const { id, shader, constants } = program;
  return device.createComputePipelineAsync({
    label: id,
    layout: 'auto',
    compute: {
      module: device.createShaderModule({ label: shader, code: sources[shader] }),
      constants: { ...constants },
    },
  });
}
