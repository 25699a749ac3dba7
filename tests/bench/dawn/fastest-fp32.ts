import { assertDefined } from '../../../src/base/assert.ts';
import type { DeviceSession } from '../../../src/gpu/device-session.ts';
import { nativeKernels } from '../../../src/gpu/kernels.ts';
import { placeResident } from '../../../src/gpu/resident-matmul.ts';
import { suits, timeKernels } from '../../../src/gpu/tuning.ts';
import { loadOperands } from '../../../src/numerics/loaded-operands.ts';
import type { Contestant } from '../matmul/contestants/contestant.ts';
import { PASS_ROWS, requestOf } from '../matmul/contestants/systole.ts';

/**
 * The fastest native fp32 kernel at the very shape, self-tested or not: an adapter that fuses multiply and
 * add has no bit-exact one, and libraries do not ask for that either.
 */
export function createFastestFp32(session: DeviceSession): Contestant {
  return {
    place: async (shape, a, b) => {
      const extents = { ...shape, passRows: PASS_ROWS };
      const kernels = nativeKernels('fp32').filter((each) => suits(each, extents));
      const [fastest] = await timeKernels(session, kernels, extents);
      const kernel = kernels.find(({ id }) => id === fastest?.kernel);
      const operands = loadOperands(requestOf('fp32', shape, a, b));
      const placed = await placeResident(session, assertDefined(kernel, 'a kernel'), extents, operands);
      return {
        kernel: kernel?.id ?? '',
        bitExact: true,
        run: async (repetitions) => {
          placed.submit(repetitions);
          await placed.done();
        },
        result: async () => Float32Array.from(await placed.read()),
        release: async () => placed.dispose(),
      };
    },
  };
}
