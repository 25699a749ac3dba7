import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/base/progress.ts';
import { CancelledError } from '../../src/base/progress.ts';
import { createRandom } from '../../src/base/random.ts';
import { InputError } from '../../src/base/result.ts';
import { createCpuBackend } from '../../src/gpu/cpu-backend.ts';
import { describeVerdict } from '../../src/gpu/self-test.ts';
import { matmulFast } from '../../src/numerics/matmul-fast.ts';
import { matmulReference } from '../../src/numerics/matmul-reference.ts';
import type { MatmulRequest } from '../../src/numerics/matmul-request.ts';
import { randomOperands } from '../../src/numerics/random-operands.ts';
import { bitsOf } from './bits.ts';

function randomRequest(shape: { m: number; k: number; n: number; passRows: number }): MatmulRequest {
  return { ...shape, ...randomOperands(createRandom(5), 'bf16', shape) };
}

describe('the CPU backend', () => {
  it('passes the self-test and says why there is no GPU', async () => {
    const verdict = await createCpuBackend('no adapter was found').selfTest();
    expect(verdict).toMatchObject({ status: 'no-adapter', adapter: 'no adapter was found' });
    expect(verdict.firstDifference).toBeUndefined();
    expect(describeVerdict(verdict)).toContain('no adapter was found');
  });

  it('gives each core its rows and joins them in order', async () => {
    const widths: number[] = [];
    const backend = createCpuBackend('test', {
      width: 3,
      run: async (requests) => {
        widths.push(requests.length);
        return requests.map(matmulFast);
      },
    });
    const request = randomRequest({ m: 10, k: 33, n: 7, passRows: 16 });
    const { c } = await backend.matmul(request);
    expect(widths).toEqual([3]);
    expect(bitsOf(c)).toEqual(bitsOf(matmulReference(request)));
  });

  it('stops between parts once cancelled', async () => {
    let looks = 0;
    const progress: Progress = {
      report: () => undefined,
      throwIfCancelled: () => {
        looks += 1;
        if (looks === 2) throw new CancelledError();
      },
    };
    const request: MatmulRequest = {
      ...randomRequest({ m: 16, k: 512, n: 512, passRows: 128 }),
      accumulation: { kind: 'pairwise-tree' },
    };
    await expect(createCpuBackend().matmul(request, progress)).rejects.toThrow(CancelledError);
  });

  it('refuses a malformed request', async () => {
    const request = { ...randomRequest({ m: 2, k: 2, n: 2, passRows: 2 }), m: 1e308 };
    await expect(createCpuBackend().matmul(request)).rejects.toThrow(InputError);
  });
});
