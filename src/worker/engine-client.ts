import { proxy, type Remote, releaseProxy, wrap } from 'comlink';
import { oneLine } from '../base/result.ts';
import type { Engine } from './engine-api.ts';
import type { EngineService } from './engine-service.ts';
import type { FlitService } from './flit-service.ts';
import type { LinksService } from './links-service.ts';
import type { Outcome } from './outcome.ts';
import type { SideService } from './side-service.ts';

/** A worker and what it can do. `broken` resolves when it could not be loaded. */
interface Connection<T> {
  readonly service: Remote<T>;
  readonly broken: Promise<Outcome<never>>;
  /** Resolves when it has been ended. */
  readonly ended: Promise<Outcome<never>>;
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
  let markEnded = (_: Outcome<never>): void => undefined;
  const ended = new Promise<Outcome<never>>((resolve) => {
    markEnded = resolve;
  });
  return {
    service,
    broken,
    ended,
    end: () => {
      markEnded({ kind: 'cancelled' });
      (service as Remote<unknown>)[releaseProxy]();
      worker.terminate();
    },
  };
}

const startEngine = (): Connection<EngineService> =>
  connect(new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' }));
const startSide = (): Connection<SideService> =>
  connect(new Worker(new URL('./side.worker.ts', import.meta.url), { type: 'module', name: 'side' }));
const startLinks = (): Connection<LinksService> =>
  connect(new Worker(new URL('./links.worker.ts', import.meta.url), { type: 'module', name: 'links' }));
const startFlits = (): Connection<FlitService> =>
  connect(new Worker(new URL('./flits.worker.ts', import.meta.url), { type: 'module', name: 'flits' }));

/** A worker whose work can be given up: it ends at once, and the next request starts a new one. */
interface Stoppable<T> {
  connection(): Connection<T>;
  /** Does `task`, after giving up one that is not done yet. */
  work<V>(task: (service: Remote<T>) => Promise<Outcome<V>>): Promise<Outcome<V>>;
  /** Gives up the task in progress, if there is one. */
  stop(): void;
  /** Gives up what is done besides tasks, unless a task is in progress. */
  clear(): void;
}

function createStoppable<T>(start: () => Connection<T>): Stoppable<T> {
  let present: Connection<T> | undefined;
  /** The task in progress. */
  let task: object | undefined;
  const connection = (): Connection<T> => {
    present ??= start();
    return present;
  };
  const end = (): void => {
    present?.end();
    present = undefined;
    task = undefined;
  };
  const stop = (): void => {
    if (task !== undefined) end();
  };
  return {
    connection,
    stop,
    clear: () => {
      if (task === undefined) end();
    },
    work: async (todo) => {
      stop();
      const { service, broken, ended } = connection();
      const mine = {};
      task = mine;
      const outcome = await Promise.race([todo(service), broken, ended]);
      if (task === mine) task = undefined;
      return outcome;
    },
  };
}

/**
 * The engine in workers of its own. A run that is cancelled ends its worker at once, in the middle of
 * whatever it computes; the next request starts a new one.
 */
export function createEngineClient(): Engine {
  let side: Connection<SideService> | undefined;
  const engine = createStoppable(startEngine);
  const links = createStoppable(startLinks);
  const flits = createStoppable(startFlits);

  return {
    run: (scenario, progress) => engine.work((service) => service.run(scenario, proxy(progress))),
    cancel: () => engine.stop(),
    open: (file, name) => engine.work((service) => service.open(file, name)),
    trace: (run) => engine.work((service) => service.trace(run.scenario)),
    record: (run, notes) => engine.work((service) => service.record(run.scenario, notes)),
    linkUtilization: (scenario, op) => {
      side ??= startSide();
      return side.service.linkUtilization(scenario, op);
    },
    linkTimes: (scenario, wanted, bins, progress) =>
      links.work((service) => service.linkTimes(scenario, wanted, bins, proxy(progress))),
    cancelLinkTimes: () => links.stop(),
    linkFlows: (scenario, wanted) => {
      const { service, broken, ended } = links.connection();
      return Promise.race([service.linkFlows(scenario, wanted), broken, ended]);
    },
    cancelLinkFlows: () => links.clear(),
    linkTransfers: (scenario, wanted, link, seconds) => {
      const { service, broken, ended } = links.connection();
      return Promise.race([service.linkTransfers(scenario, wanted, link, seconds), broken, ended]);
    },
    transferTale: (scenario, wanted, tale) => {
      const { service, broken, ended } = links.connection();
      return Promise.race([service.transferTale(scenario, wanted, tale), broken, ended]);
    },
    recordTraffic: (wanted, range, progress) =>
      flits.work((service) => service.recordTraffic(wanted, range, proxy(progress))),
    recordCollective: (scenario, wanted, range, progress) =>
      flits.work((service) => service.recordCollective(scenario, wanted, range, proxy(progress))),
    sweepTraffic: (wanted, found) => flits.work((service) => service.sweep(wanted, proxy(found))),
    cancelFlits: () => flits.stop(),
    compareNumerics: (request, progress) => {
      side ??= startSide();
      return Promise.race([side.service.compareNumerics(request, proxy(progress)), side.broken]);
    },
    cancelNumerics: () => void side?.service.cancelNumerics(),
    arrayActivity: (request, progress) => {
      side ??= startSide();
      return Promise.race([side.service.arrayActivity(request, proxy(progress)), side.broken]);
    },
    cancelArrayActivity: () => void side?.service.cancelArrayActivity(),
    partialSumPixels: (request) => {
      side ??= startSide();
      return Promise.race([side.service.partialSumPixels(request), side.broken]);
    },
    watchMatmul: (listener, known) => {
      side ??= startSide();
      void side.service.watchMatmul(proxy(listener), known);
    },
    timeKernels: () => {
      side ??= startSide();
      return side.service.timeKernels();
    },
    validate: () => {
      side ??= startSide();
      return side.service.validate();
    },
    selfTest: () => {
      side ??= startSide();
      return side.service.selfTest();
    },
  };
}
