import { expose, releaseProxy } from 'comlink';
import type { ProgressListener } from './engine-api.ts';
import { createSideService } from './side-service.ts';

const service = createSideService();

/** Link loads and the GPU, apart from the engine so that neither waits for it nor is cancelled with it. */
expose({
  ...service,
  compareNumerics: async (...[request, listener]: Parameters<typeof service.compareNumerics>) => {
    try {
      return await service.compareNumerics(request, listener);
    } finally {
      // The listener lives on the page: every trial would leave a message port open.
      (listener as ProgressListener & { [releaseProxy]?: () => void })[releaseProxy]?.();
    }
  },
});
