import { expose, releaseProxy } from 'comlink';
import { createEngineService } from './engine-service.ts';
import type { ProgressListener } from './outcome.ts';

const service = createEngineService();

/** Evaluates scenarios. Ended and started anew when a run is cancelled. */
expose({
  ...service,
  run: async (...[scenario, listener]: Parameters<typeof service.run>) => {
    try {
      return await service.run(scenario, listener);
    } finally {
      // The listener lives on the page: every run would leave a message port open.
      (listener as ProgressListener & { [releaseProxy]?: () => void })[releaseProxy]?.();
    }
  },
});
