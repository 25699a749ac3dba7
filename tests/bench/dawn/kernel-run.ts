import { silentProgress } from '../../../src/base/progress.ts';
import type { DeviceSession } from '../../../src/gpu/device-session.ts';
import { type Kernel, planFor } from '../../../src/gpu/kernels.ts';
import { emptyResult, runMatmul } from '../../../src/gpu/run-matmul.ts';
import { passPlan } from '../../../src/numerics/accumulation.ts';
import { loadOperands } from '../../../src/numerics/loaded-operands.ts';
import {
  accumulationOf,
  type MatmulRequest,
  type MatmulValues,
} from '../../../src/numerics/matmul-request.ts';

/** Computes a request with the given kernel, whatever its self-test says. */
export function runWith(
  session: DeviceSession,
  kernel: Kernel,
  request: MatmulRequest,
): Promise<MatmulValues> {
  const work = { m: request.m, n: request.n, plan: planOf(request), operands: loadOperands(request) };
  return runMatmul(session, kernel, work, emptyResult(work), silentProgress);
}

/** Whether the request's passes suit the kernel. */
export function canRun(kernel: Kernel, request: MatmulRequest): boolean {
  return planFor(kernel, planOf(request)) !== undefined;
}

function planOf(request: MatmulRequest) {
  return passPlan(accumulationOf(request), request.dtype, request);
}
