import { BUNDLED_SHADERS } from '../../../src/gpu/bundled-shaders.ts';
import { acquireDevice } from '../../../src/gpu/device.ts';
import { createDeviceSession } from '../../../src/gpu/device-session.ts';
import { createGpuBackend } from '../../../src/gpu/gpu-backend.ts';
import type { Kernel } from '../../../src/gpu/kernels.ts';
import { testFormats, testKernels } from './exactness.ts';
import { UsageError } from './options.ts';
import { note, runAsProgram } from './program.ts';
import { measureSpeeds } from './speed.ts';

// Every kernel's exactness and speed. Well is when the page's path was bit-exact and the device without fault.
await runAsProgram(async (gpu, options) => {
  const faults: string[] = [];
  const onFault = (message: string): void => {
    faults.push(message);
  };
  const outcome = await createGpuBackend(BUNDLED_SHADERS, { gpu, onFault });
  const acquired = await acquireDevice(gpu);
  if (outcome.kind === 'absent') throw new UsageError(outcome.reason);
  if (acquired.kind === 'absent') throw new UsageError(acquired.reason);
  const { backend } = outcome;
  const session = createDeviceSession(acquired.device, acquired.description, BUNDLED_SHADERS, onFault);
  const available = ({ languageFeature }: Kernel): boolean =>
    languageFeature === undefined || gpu.wgslLanguageFeatures.has(languageFeature);

  note(`${session.description}: self-test of every kernel`);
  const selfTest = await backend.selfTest();
  const kernels = await testKernels(session, available);
  note('every format and order of summation');
  const formats = await testFormats(backend);
  const speeds = await measureSpeeds(session, backend, { ...options.speed, available, note });
  backend.dispose();
  session.dispose();

  const pageBitExact =
    formats.every((each) => each.bitExact) && speeds.every((each) => each.page?.check.bitExact !== false);
  return {
    ok: pageBitExact && faults.length === 0,
    document: {
      adapter: session.description,
      fp32PeakFlops: options.speed.fp32PeakFlops,
      node: process.version,
      pageBitExact,
      faults,
      selfTest,
      kernels,
      formats,
      speeds,
    },
  };
});
