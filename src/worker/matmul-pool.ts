import { type Remote, wrap } from 'comlink';
import type { ParallelMatmul } from '../gpu/cpu-backend.ts';
import type { MatmulRequest } from '../numerics/matmul-request.ts';
import type { MatmulWorker } from './matmul.worker.ts';

const MOST_WORKERS = 8;

/** Other cores for the CPU twin: a worker each, started when there is work for them and then kept. */
export function createMatmulPool(cores: number = navigator.hardwareConcurrency): ParallelMatmul {
  const width = Math.max(1, Math.min(MOST_WORKERS, cores));
  const workers: Remote<MatmulWorker>[] = [];
  const worker = (index: number): Remote<MatmulWorker> => {
    workers[index] ??= wrap<MatmulWorker>(
      new Worker(new URL('./matmul.worker.ts', import.meta.url), { type: 'module', name: `matmul ${index}` }),
    );
    return workers[index];
  };
  return {
    width,
    run: (requests) =>
      Promise.all(requests.map((request, index) => worker(index % width).multiply(ownCopy(request)))),
  };
}

/** A view of a part of A would send all of A. */
function ownCopy<T extends MatmulRequest>(request: T): T {
  return { ...request, a: request.a.slice() };
}
