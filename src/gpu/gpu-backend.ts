import { type Progress, silentProgress } from '../base/progress.ts';
import { canonicalizeNaNs } from '../numerics/float32.ts';
import { checkMatmulRequest, type MatmulRequest, type MatmulValues } from '../numerics/matmul-request.ts';
import { bf16Range, staysNormal } from '../numerics/operand-range.ts';
import { acquireDevice } from './device.ts';
import { KERNELS, type Kernel } from './kernels.ts';
import { GpuError, type MatmulBackend } from './matmul-backend.ts';
import { layoutOfA, layoutOfB, packBf16, packInt8, unpadded } from './packing.ts';
import { compileKernel, runKernel } from './run-kernel.ts';
import { type Difference, firstDifference, type SelfTestVerdict } from './self-test.ts';
import { selfTestCases } from './self-test-cases.ts';
import type { ShaderSources } from './shader-sources.ts';

export type GpuBackendOutcome =
  | { readonly kind: 'ready'; readonly backend: MatmulBackend }
  | { readonly kind: 'absent'; readonly reason: string };

export interface GpuBackendOptions {
  /** Where WebGPU is; `navigator.gpu` unless given. */
  readonly gpu?: GPU | undefined;
  /** Told about errors that no call is waiting for, and about a lost device. */
  readonly onFault?: (message: string) => void;
}

/** Kernels that passed their tests, by what they are used for. */
interface Chosen {
  readonly verdict: SelfTestVerdict;
  readonly bf16: Kernel | undefined;
  readonly bf16Special: Kernel | undefined;
  readonly int8: Kernel | undefined;
}

/**
 * The GPU backend, or why there is none. No kernel computes before it has passed the self-test on this
 * adapter: the first `matmul` runs the test if `selfTest` has not.
 */
export async function createGpuBackend(
  sources: ShaderSources,
  options: GpuBackendOptions = {},
): Promise<GpuBackendOutcome> {
  const gpu = 'gpu' in options ? options.gpu : (globalThis.navigator as Navigator | undefined)?.gpu;
  const acquired = await acquireDevice(gpu);
  if (acquired.kind === 'absent') return acquired;
  const { device, description } = acquired;
  const onFault = options.onFault ?? (() => undefined);
  let lost: string | undefined;
  device.addEventListener('uncapturederror', (event) => onFault(event.error.message));
  void device.lost.then((info) => {
    lost = info.message || info.reason;
    if (info.reason !== 'destroyed') onFault(`the GPU device was lost: ${lost}`);
  });

  const pipelines = new Map<Kernel, Promise<GPUComputePipeline>>();
  const pipelineOf = (kernel: Kernel): Promise<GPUComputePipeline> => {
    const known = pipelines.get(kernel) ?? compileKernel(device, kernel, sources[kernel.shader]);
    pipelines.set(kernel, known);
    return known;
  };
  const runWith = async (kernel: Kernel, request: MatmulRequest): Promise<MatmulValues> => {
    if (lost !== undefined) throw new GpuError(`the GPU device was lost: ${lost}`);
    return multiply(device, await pipelineOf(kernel), kernel, request);
  };

  let choosing: Promise<Chosen> | undefined;
  const chosen = (progress: Progress): Promise<Chosen> => {
    choosing ??= chooseKernels(description, runWith, progress);
    choosing.catch(() => {
      choosing = undefined;
    });
    return choosing;
  };

  const backend: MatmulBackend = {
    id: 'gpu',
    name: description,
    selfTest: async (progress = silentProgress) => (await chosen(progress)).verdict,
    matmul: async (request, progress = silentProgress) => {
      checkMatmulRequest(request);
      const kernel = kernelFor(request, await chosen(progress));
      if (kernel === undefined)
        throw new GpuError(`no kernel for ${request.dtype} passed its test on ${description}`);
      progress.throwIfCancelled();
      return { c: await runWith(kernel, request), kernel: kernel.shader };
    },
    dispose: () => device.destroy(),
  };
  return { kind: 'ready', backend };
}

type RunWith = (kernel: Kernel, request: MatmulRequest) => Promise<MatmulValues>;

/** Tests every kernel and keeps, for each use, the first that gave the reference's bits. */
async function chooseKernels(adapter: string, runWith: RunWith, progress: Progress): Promise<Chosen> {
  const all = selfTestCases();
  const passedNormal: Kernel[] = [];
  const passedSpecial: Kernel[] = [];
  let first: Difference | undefined;
  let compared = 0;
  for (const kernel of KERNELS) {
    const cases = all.filter((each) => each.request.dtype === kernel.dtype);
    const check = async (subset: typeof cases): Promise<boolean> => {
      const difference = await firstDifference(
        kernel.shader,
        subset,
        (request) => runWith(kernel, request),
        progress,
      );
      compared += subset.length;
      first ??= difference;
      return difference === undefined;
    };
    if (await check(cases.filter((each) => each.normalRange))) {
      passedNormal.push(kernel);
      if (await check(cases.filter((each) => !each.normalRange))) passedSpecial.push(kernel);
    }
  }
  const bf16 = passedNormal.find((kernel) => kernel.dtype === 'bf16');
  const bf16Special = passedSpecial.find((kernel) => kernel.dtype === 'bf16');
  const int8 = passedNormal.find((kernel) => kernel.dtype === 'int8');
  const verdict: SelfTestVerdict = {
    status: passedNormal.length === KERNELS.length && bf16Special !== undefined ? 'bit-exact' : 'differs',
    adapter,
    kernels: { bf16: nameOf(bf16), bf16Special: nameOf(bf16Special), int8: nameOf(int8) },
    cases: compared,
    ...(first === undefined ? {} : { firstDifference: first }),
  };
  return { verdict, bf16, bf16Special, int8 };
}

function nameOf(kernel: Kernel | undefined): string {
  return kernel?.shader ?? 'none';
}

function kernelFor(request: MatmulRequest, chosen: Chosen): Kernel | undefined {
  switch (request.dtype) {
    case 'int8':
      return chosen.int8;
    case 'bf16':
      return staysNormal(bf16Range(request.a), bf16Range(request.b), request.k)
        ? chosen.bf16
        : chosen.bf16Special;
  }
}

async function multiply(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  kernel: Kernel,
  request: MatmulRequest,
): Promise<MatmulValues> {
  const { m, k, n, passRows } = request;
  const layouts = [layoutOfA(m, k), layoutOfB(k, n)] as const;
  const [a, b] =
    request.dtype === 'bf16'
      ? [packBf16(request.a, layouts[0]), packBf16(request.b, layouts[1])]
      : [packInt8(request.a, layouts[0]), packInt8(request.b, layouts[1])];
  const bytes = await runKernel(device, pipeline, { kernel, a, b, k, passRows });
  const shape = { m, n, paddedColumns: b.paddedExtent };
  return request.dtype === 'bf16'
    ? canonicalizeNaNs(unpadded(new Float32Array(bytes), new Float32Array(m * n), shape))
    : unpadded(new Int32Array(bytes), new Int32Array(m * n), shape);
}
