import { proxy, type Remote, releaseProxy, wrap } from 'comlink';
import { oneLine } from '../base/result.ts';
import type { Engine, Outcome } from './engine-api.ts';
import type { EngineService } from './engine-service.ts';
import type { SideService } from './side-service.ts';

/** A worker and what it can do. `broken` resolves when it could not be loaded. */
interface Connection<T> {
  readonly service: Remote<T>;
  readonly broken: Promise<Outcome<never>>;
  end(): void;
}

function connect<T>(worker: Worker): Connection<T> {
  const service = wrap<T>(worker);
  const broken = new Promise<Outcome<never>>((resolve) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      resolve({
        kind: 'refused',
        message: oneLine(`the engine stopped: ${event.message || 'it could not be loaded'}`),
      });
    });
  });
  return {
    service,
    broken,
    end: () => {
      (service as Remote<unknown>)[releaseProxy]();
      worker.terminate();
    },
  };
}

const startEngine = (): Connection<EngineService> =>
  connect(new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' }));
const startSide = (): Connection<SideService> =>
  connect(new Worker(new URL('./side.worker.ts', import.meta.url), { type: 'module', name: 'side' }));

/**
 * The engine in workers of its own. A run that is cancelled ends its worker at once, in the middle of
 * whatever it computes; the next request starts a new one.
 */
export function createEngineClient(): Engine {
  let engine: Connection<EngineService> | undefined;
  let side: Connection<SideService> | undefined;
  let cancelRun: (() => void) | undefined;

  /** Does `work` in the engine's worker until it is done or given up. */
  const inEngine = async <T>(
    work: (service: Remote<EngineService>) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    cancelRun?.();
    engine ??= startEngine();
    const present = engine;
    const cancelled = new Promise<Outcome<T>>((resolve) => {
      cancelRun = () => {
        present.end();
        engine = undefined;
        cancelRun = undefined;
        resolve({ kind: 'cancelled' });
      };
    });
    const cancelThis = cancelRun;
    const outcome = await Promise.race([work(present.service), present.broken, cancelled]);
    if (cancelRun === cancelThis) cancelRun = undefined;
    return outcome;
  };

  return {
    run: (scenario, progress) => inEngine((service) => service.run(scenario, proxy(progress))),
    cancel: () => cancelRun?.(),
    open: (file, name) => inEngine((service) => service.open(file, name)),
    record: (run, notes) => inEngine((service) => service.record(run.scenario, notes)),
    linkUtilization: (scenario, op) => {
      side ??= startSide();
      return side.service.linkUtilization(scenario, op);
    },
    compareNumerics: (request, progress) => {
      side ??= startSide();
      return Promise.race([side.service.compareNumerics(request, proxy(progress)), side.broken]);
    },
    cancelNumerics: () => void side?.service.cancelNumerics(),
    selfTest: () => {
      side ??= startSide();
      return side.service.selfTest();
    },
  };
}
