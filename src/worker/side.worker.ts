import { expose, releaseProxy, transfer } from 'comlink';
import { createMatmulPool } from './matmul-pool.ts';
import type { ProgressListener } from './outcome.ts';
import { createSideService } from './side-service.ts';

const service = createSideService({ gpu: navigator.gpu, parallel: createMatmulPool() });

/** Link loads, activity and the GPU, apart from the engine so that neither waits for it nor is cancelled with it. */
expose({
  ...service,
  compareNumerics: (...[request, listener]: Parameters<typeof service.compareNumerics>) =>
    released(listener, service.compareNumerics(request, listener)),
  arrayActivity: (...[request, listener]: Parameters<typeof service.arrayActivity>) =>
    released(listener, service.arrayActivity(request, listener)),
  partialSumPixels: async (...[request]: Parameters<typeof service.partialSumPixels>) => {
    const outcome = await service.partialSumPixels(request);
    return outcome.kind === 'done' ? transfer(outcome, [outcome.value.buffer]) : outcome;
  },
});

/** The listener lives on the page: every call would leave a message port open. */
async function released<T>(
  listener: ProgressListener & { [releaseProxy]?: () => void },
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } finally {
    listener[releaseProxy]?.();
  }
}
