import { type Progress, silentProgress } from '../base/progress.ts';
import { ACCUMULATIONS, passPlan } from '../numerics/accumulation.ts';
import { loadOperands } from '../numerics/loaded-operands.ts';
import { accumulationOf, checkMatmulRequest, type MatmulRequest } from '../numerics/matmul-request.ts';
import { staysNormal } from '../numerics/operand-range.ts';
import { acquireDevice } from './device.ts';
import { createDeviceSession, type DeviceSession } from './device-session.ts';
import { DeviceLostError, GpuError } from './gpu-error.ts';
import type { Kernel } from './kernels.ts';
import type { MatmulBackend, MatmulResult } from './matmul-backend.ts';
import { emptyResult, type PreparedMatmul, runMatmul } from './run-matmul.ts';
import type { SelfTestVerdict } from './self-test.ts';
import type { ShaderSources } from './shader-sources.ts';
import { createTestedKernels, type TestedKernels } from './tested-kernels.ts';

export type GpuBackendOutcome =
  | { readonly kind: 'ready'; readonly backend: MatmulBackend }
  | { readonly kind: 'absent'; readonly reason: string };

export interface GpuBackendOptions {
  /** Where WebGPU is; `navigator.gpu` unless given. */
  readonly gpu?: GPU | undefined;
  /** Told about errors that no call is waiting for, and about a lost device. */
  readonly onFault?: (message: string) => void;
}

/** A device that is lost this often during one matmul will not last. */
const DEVICES_PER_MATMUL = 3;

/**
 * The GPU backend, or why there is none. No kernel computes before it has passed the self-test on this
 * adapter: the first `matmul` that needs a kernel tests it. A lost device is replaced and the blocks of C
 * that were not read back yet are computed again; calls wait for each other.
 */
export async function createGpuBackend(
  sources: ShaderSources,
  options: GpuBackendOptions = {},
): Promise<GpuBackendOutcome> {
  const gpu = 'gpu' in options ? options.gpu : globalThis.navigator?.gpu;
  const onFault = options.onFault ?? (() => undefined);
  const open = async (): Promise<DeviceSession | string> => {
    const acquired = await acquireDevice(gpu);
    if (acquired.kind === 'absent') return acquired.reason;
    return createDeviceSession(acquired.device, acquired.description, sources, onFault);
  };
  const first = await open();
  return typeof first === 'string'
    ? { kind: 'absent', reason: first }
    : { kind: 'ready', backend: backendOn(first, open) };
}

function backendOn(first: DeviceSession, open: () => Promise<DeviceSession | string>): MatmulBackend {
  let session = first;

  /** Runs `work`, on a new device each time the one before is lost. */
  const surviving = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let devices = 1; ; devices += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DeviceLostError) || devices === DEVICES_PER_MATMUL) throw error;
        const next = await open();
        if (typeof next === 'string') throw new GpuError(`${error.message}; no other: ${next}`);
        session = next;
      }
    }
  };
  const compute = (kernel: Kernel, work: PreparedMatmul, progress: Progress): Promise<MatmulResult['c']> => {
    const result = emptyResult(work);
    return surviving(() => runMatmul(session, kernel, work, result, progress));
  };
  const tested = createTestedKernels((kernel, request) => compute(kernel, prepare(request), silentProgress));

  const multiply = async (request: MatmulRequest, progress: Progress): Promise<MatmulResult> => {
    const work = prepare(request);
    const range = staysNormal(work.operands, work.plan.products) ? 'normal' : 'any';
    const kernel = await tested.choose(work.operands.carrier, accumulationOf(request), range, progress);
    if (kernel === undefined) {
      throw new GpuError(`no kernel for ${request.dtype} passed its test on ${session.description}`);
    }
    return { c: await compute(kernel, work, progress), kernel: kernel.id };
  };

  // One after the other: error scopes belong to the device, not to a call.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    id: 'gpu',
    get name() {
      return session.description;
    },
    selfTest: (progress = silentProgress) =>
      inTurn(() => testDefaults(tested, session.description, progress)),
    matmul: async (request, progress = silentProgress) => {
      checkMatmulRequest(request);
      return inTurn(() => multiply(request, progress));
    },
    dispose: () => session.dispose(),
  };
}

function prepare(request: MatmulRequest): PreparedMatmul {
  const plan = passPlan(accumulationOf(request), request.dtype, request);
  return { m: request.m, n: request.n, plan, operands: loadOperands(request) };
}

/** The kernels that a chip's own numerics need; others are tested when they are first used. */
async function testDefaults(
  tested: TestedKernels,
  adapter: string,
  progress: Progress,
): Promise<SelfTestVerdict> {
  const { sequential, int32 } = ACCUMULATIONS;
  const bf16 = await tested.choose('bf16', sequential, 'normal', progress);
  const bf16Special = await tested.choose('bf16', sequential, 'any', progress);
  const int8 = await tested.choose('int8', int32, 'normal', progress);
  const tests = tested.tests();
  const difference = tests.find((each) => each.difference !== undefined)?.difference;
  return {
    status: difference === undefined ? 'bit-exact' : 'differs',
    adapter,
    kernels: { bf16: nameOf(bf16), bf16Special: nameOf(bf16Special), int8: nameOf(int8) },
    cases: tests.reduce((total, each) => total + each.cases, 0),
    ...(difference === undefined ? {} : { firstDifference: difference }),
  };
}

function nameOf(kernel: Kernel | undefined): string {
  return kernel?.id ?? 'none';
}
