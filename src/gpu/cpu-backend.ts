import { silentProgress } from '../base/progress.ts';
import { ACCUMULATIONS } from '../numerics/accumulation.ts';
import { matmulReference } from '../numerics/matmul-reference.ts';
import type { MatmulBackend } from './matmul-backend.ts';
import { firstDifference, type SelfTestVerdict } from './self-test.ts';
import { selfTestCases } from './self-test-cases.ts';

const KERNEL = 'cpu';

/**
 * The CPU twin of the GPU backend.
 * @param reason why there is no GPU, for the verdict
 */
export function createCpuBackend(reason = 'the CPU was asked for'): MatmulBackend {
  return {
    id: 'cpu',
    name: 'CPU',
    selfTest: async (progress = silentProgress) => {
      const cases = [
        ...selfTestCases('bf16', ACCUMULATIONS.sequential),
        ...selfTestCases('int8', ACCUMULATIONS.int32),
      ];
      const run = async (request: Parameters<typeof matmulReference>[0]) => matmulReference(request);
      const difference = await firstDifference(KERNEL, cases, run, progress);
      const verdict: SelfTestVerdict = {
        status: 'no-adapter',
        adapter: reason,
        kernels: { bf16: KERNEL, bf16Special: KERNEL, int8: KERNEL },
        cases: cases.length,
      };
      return difference === undefined ? verdict : { ...verdict, firstDifference: difference };
    },
    matmul: async (request) => ({ c: matmulReference(request), kernel: KERNEL }),
    dispose: () => undefined,
  };
}
