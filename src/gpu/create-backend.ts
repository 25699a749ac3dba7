import { silentProgress } from '../base/progress.ts';
import { createCpuBackend, type ParallelMatmul } from './cpu-backend.ts';
import { createGpuBackend, type GpuBackendOptions } from './gpu-backend.ts';
import { GpuError } from './gpu-error.ts';
import type { MatmulBackend } from './matmul-backend.ts';
import type { ShaderSources } from './shader-sources.ts';

export interface BackendOptions extends GpuBackendOptions {
  /** Other cores for the CPU twin. */
  readonly parallel?: ParallelMatmul;
  /** Told, in a sentence, when work moves from the GPU to the CPU. */
  readonly onMoved?: (reason: string) => void;
}

/**
 * The GPU where there is one and it holds out, else the CPU: work never fails for want of a GPU, and
 * `onMoved` and the backend's `id` say where it is done.
 */
export async function createMatmulBackend(
  sources: ShaderSources,
  options: BackendOptions = {},
): Promise<MatmulBackend> {
  const outcome = await createGpuBackend(sources, options);
  if (outcome.kind === 'absent') return createCpuBackend(outcome.reason, options.parallel);
  let current = outcome.backend;

  const moveToCpu = (error: GpuError): void => {
    if (current.id === 'cpu') return;
    current.dispose();
    current = createCpuBackend(error.message, options.parallel);
    options.onMoved?.(`The GPU gave up, the CPU goes on: ${error.message}`);
  };
  const attempt = async <T>(work: (backend: MatmulBackend) => Promise<T>): Promise<T> => {
    try {
      return await work(current);
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      moveToCpu(error);
      return work(current);
    }
  };
  return {
    get id() {
      return current.id;
    },
    get name() {
      return current.name;
    },
    selfTest: (progress = silentProgress) => attempt((backend) => backend.selfTest(progress)),
    matmul: (request, progress = silentProgress) => attempt((backend) => backend.matmul(request, progress)),
    dispose: () => current.dispose(),
  };
}
