import { type Progress, silentProgress } from '../base/progress.ts';
import { ACCUMULATIONS, passPlan } from '../numerics/accumulation.ts';
import { loadOperands } from '../numerics/loaded-operands.ts';
import { accumulationOf, checkMatmulRequest, type MatmulRequest } from '../numerics/matmul-request.ts';
import { staysNormal } from '../numerics/operand-range.ts';
import { acquireDevice } from './device.ts';
import { createDeviceSession, type DeviceSession } from './device-session.ts';
import { DeviceLostError, GpuError } from './gpu-error.ts';
import { type Kernel, planFor } from './kernels.ts';
import type { MatmulBackend, MatmulResult } from './matmul-backend.ts';
import { emptyResult, type PreparedMatmul, runMatmul } from './run-matmul.ts';
import type { SelfTestVerdict } from './self-test.ts';
import type { ShaderSources } from './shader-sources.ts';
import { createTestedKernels, type KernelUse, type TestedKernels } from './tested-kernels.ts';
import {
  shapeClassOf,
  suits,
  type TuningChoice,
  type TuningStore,
  timeKernels,
  trialShape,
} from './tuning.ts';

export type GpuBackendOutcome =
  | { readonly kind: 'ready'; readonly backend: MatmulBackend }
  | { readonly kind: 'absent'; readonly reason: string };

export interface GpuBackendOptions {
  /** Where WebGPU is; `navigator.gpu` unless given. */
  readonly gpu?: GPU | undefined;
  /** Told about errors that no call is waiting for, and about a lost device. */
  readonly onFault?: (message: string) => void;
  /** Where the choices of tuning are kept; for the life of the backend unless given. */
  readonly tuning?: TuningStore;
  /** Told which kernel a class of shapes got. */
  readonly onTuned?: (choice: TuningChoice) => void;
}

/** A device that is lost this often during one matmul will not last. */
const DEVICES_PER_MATMUL = 3;
/** Smaller matmuls are over before tuning would pay. */
const MULTIPLIES_WORTH_TUNING = 2 ** 24;
/** Preferred kernels that are tested and tried against each other. */
const MAX_CANDIDATES = 16;

/**
 * The GPU backend, or why there is none. No kernel computes before it has passed the self-test on this
 * adapter: the first `matmul` that needs a kernel tests it. Large matmuls get the kernel that is fastest for
 * their class of shapes. A lost device is replaced and the blocks of C that were not read back yet are
 * computed again; calls wait for each other.
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
  if (typeof first === 'string') return { kind: 'absent', reason: first };
  const features = gpu?.wgslLanguageFeatures;
  const available = ({ languageFeature }: Kernel): boolean =>
    languageFeature === undefined || features?.has(languageFeature) === true;
  return { kind: 'ready', backend: backendOn(first, open, available, options) };
}

function backendOn(
  first: DeviceSession,
  open: () => Promise<DeviceSession | string>,
  available: (kernel: Kernel) => boolean,
  options: GpuBackendOptions,
): MatmulBackend {
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
  const choices: TuningStore = options.tuning ?? new Map<string, TuningChoice>();

  /** The fastest of the kernels that passed, by trial or as found before. */
  const tuned = async (
    use: KernelUse,
    request: MatmulRequest,
    progress: Progress,
  ): Promise<Kernel | undefined> => {
    const { limits } = session.device;
    const bytesPerBuffer = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
    const trial = trialShape(request, bytesPerBuffer);
    const shapeClass = `${use.carrier} ${shapeClassOf(trial)}`;
    const key = `${session.description}: ${shapeClass}`;
    const fits = { ...use, suits: (kernel: Kernel) => use.suits(kernel) && suits(kernel, trial) };
    const kernels = await tested.passing(fits, MAX_CANDIDATES, progress);
    const native = kernels.filter((kernel) => kernel.shader !== 'matmul-soft');
    if (native.length < 2) return kernels[0];
    const earlier = choices.get(key);
    const known = native.find((kernel) => kernel.id === earlier?.kernel);
    if (known !== undefined) return known;
    progress.report(0, `tuning ${shapeClass}`);
    const measured = await surviving(() => timeKernels(session, native, trial));
    const best = measured[0]?.kernel;
    if (best === undefined) return native[0];
    const choice: TuningChoice = { adapter: session.description, shapeClass, kernel: best, measured };
    choices.set(key, choice);
    options.onTuned?.(choice);
    return native.find((kernel) => kernel.id === best);
  };

  const multiply = async (request: MatmulRequest, progress: Progress): Promise<MatmulResult> => {
    const work = prepare(request);
    const use: KernelUse = {
      carrier: work.operands.carrier,
      accumulation: accumulationOf(request),
      range: staysNormal(work.operands, work.plan.products) ? 'normal' : 'any',
      suits: (kernel) => available(kernel) && planFor(kernel, work.plan) !== undefined,
    };
    const worthTuning = work.m * work.n * work.plan.products >= MULTIPLIES_WORTH_TUNING;
    const kernel = worthTuning
      ? await tuned(use, request, progress)
      : (await tested.passing(use, 1, progress))[0];
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
      inTurn(() => testDefaults(tested, available, session.description, progress)),
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
  available: (kernel: Kernel) => boolean,
  adapter: string,
  progress: Progress,
): Promise<SelfTestVerdict> {
  const { sequential, int32 } = ACCUMULATIONS;
  const first = async (use: Omit<KernelUse, 'suits'>): Promise<string> => {
    const [kernel] = await tested.passing({ ...use, suits: available }, 1, progress);
    return kernel?.id ?? 'none';
  };
  const kernels = {
    bf16: await first({ carrier: 'bf16', accumulation: sequential, range: 'normal' }),
    bf16Special: await first({ carrier: 'bf16', accumulation: sequential, range: 'any' }),
    int8: await first({ carrier: 'int8', accumulation: int32, range: 'normal' }),
  };
  const tests = tested.tests();
  const difference = tests.find((each) => each.difference !== undefined)?.difference;
  return {
    status: difference === undefined ? 'bit-exact' : 'differs',
    adapter,
    kernels,
    cases: tests.reduce((total, each) => total + each.cases, 0),
    ...(difference === undefined ? {} : { firstDifference: difference }),
  };
}
