import { expose, releaseProxy } from 'comlink';
import { createLinksService } from './links-service.ts';
import type { ProgressListener } from './outcome.ts';

const service = createLinksService();

/** Follows transfers. Ended and started anew when the user gives up. */
expose({
  ...service,
  linkTimes: async (...[scenario, wanted, bins, listener]: Parameters<typeof service.linkTimes>) => {
    try {
      return await service.linkTimes(scenario, wanted, bins, listener);
    } finally {
      // The listener lives on the page: every request would leave a message port open.
      (listener as ProgressListener & { [releaseProxy]?: () => void })[releaseProxy]?.();
    }
  },
});
