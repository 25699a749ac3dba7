import { expose, transfer } from 'comlink';
import { matmulFast } from '../numerics/matmul-fast.ts';
import type { MatmulRequest } from '../numerics/matmul-request.ts';

/** One core of the CPU twin. */
const service = {
  multiply(request: MatmulRequest) {
    const c = matmulFast(request);
    return transfer(c, [c.buffer]);
  },
};

export type MatmulWorker = typeof service;

expose(service);
