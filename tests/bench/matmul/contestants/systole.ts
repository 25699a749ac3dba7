import { BUNDLED_SHADERS } from '../../../../src/gpu/bundled-shaders.ts';
import { acquireDevice } from '../../../../src/gpu/device.ts';
import { createDeviceSession, type DeviceSession } from '../../../../src/gpu/device-session.ts';
import { createGpuBackend } from '../../../../src/gpu/gpu-backend.ts';
import { nativeKernels } from '../../../../src/gpu/kernels.ts';
import type { MatmulBackend } from '../../../../src/gpu/matmul-backend.ts';
import { placeResident } from '../../../../src/gpu/resident-matmul.ts';
import { bf16Array } from '../../../../src/numerics/bf16.ts';
import { loadOperands } from '../../../../src/numerics/loaded-operands.ts';
import { matmulFast } from '../../../../src/numerics/matmul-fast.ts';
import type { MatmulRequest } from '../../../../src/numerics/matmul-request.ts';
import type { Contestant, Shape } from './contestant.ts';

export const PASS_ROWS = 128;

export function requestOf(
  dtype: 'bf16' | 'fp32',
  shape: Shape,
  a: Float32Array,
  b: Float32Array,
): MatmulRequest {
  const common = { ...shape, passRows: PASS_ROWS };
  return dtype === 'bf16'
    ? { ...common, dtype, a: bf16Array(a), b: bf16Array(b) }
    : { ...common, dtype, a, b };
}

/** The backend's own choice of kernel, tested and tuned as in the page, then run on resident operands. */
export async function createSystole(dtype: 'bf16' | 'fp32'): Promise<Contestant> {
  const backend = await openBackend();
  const session = await openSession();
  return {
    place: async (shape, a, b) => {
      const request = requestOf(dtype, shape, a, b);
      const { kernel: id } = await backend.matmul(request);
      const kernel = nativeKernels(dtype).find((each) => each.id === id);
      if (kernel === undefined) throw new Error(`${id} is not a native kernel`);
      const placed = await placeResident(
        session,
        kernel,
        { ...shape, passRows: PASS_ROWS },
        loadOperands(request),
      );
      return {
        kernel: id,
        bitExact: true,
        run: async (repetitions) => {
          placed.submit(repetitions);
          await placed.done();
        },
        result: async () => Float32Array.from(await placed.read()),
        release: async () => placed.dispose(),
      };
    },
  };
}

async function openBackend(): Promise<MatmulBackend> {
  const outcome = await createGpuBackend(BUNDLED_SHADERS);
  if (outcome.kind === 'absent') throw new Error(outcome.reason);
  return outcome.backend;
}

async function openSession(): Promise<DeviceSession> {
  const acquired = await acquireDevice(navigator.gpu);
  if (acquired.kind === 'absent') throw new Error(acquired.reason);
  const fail = (message: string): void => {
    throw new Error(message);
  };
  return createDeviceSession(acquired.device, acquired.description, BUNDLED_SHADERS, fail);
}

/** The CPU twin on one core: quantised operands in, C out, packing included. */
export function createCpuTwin(): Contestant {
  return {
    place: async (shape, a, b) => {
      const request = requestOf('bf16', shape, a, b);
      let c = matmulFast(request);
      return {
        kernel: 'WebAssembly vectors, one core',
        bitExact: true,
        run: async (repetitions) => {
          for (let count = 0; count < repetitions; count += 1) c = matmulFast(request);
        },
        result: async () => Float32Array.from(c),
        release: async () => undefined,
      };
    },
  };
}
