import { BUNDLED_SHADERS } from '../../../src/gpu/bundled-shaders.ts';
import { acquireDevice } from '../../../src/gpu/device.ts';
import { createDeviceSession } from '../../../src/gpu/device-session.ts';
import { createGpuBackend } from '../../../src/gpu/gpu-backend.ts';
import type { Kernel } from '../../../src/gpu/kernels.ts';
import { closeDawn, openDawn } from './dawn.ts';
import { testFormats, testKernels } from './exactness.ts';
import { readOptions, USAGE, UsageError } from './options.ts';
import { measureSpeeds } from './speed.ts';

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Returns 1 when the page's path was not bit-exact somewhere or the device reported an error, else 0. */
async function run(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  const gpu = openDawn(options.dawnPath);
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
  const document = {
    adapter: session.description,
    fp32PeakFlops: options.speed.fp32PeakFlops,
    node: process.version,
    pageBitExact,
    faults,
    selfTest,
    kernels,
    formats,
    speeds,
  };
  process.stdout.write(`${JSON.stringify(document, undefined, 1)}\n`);
  return pageBitExact && faults.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  note(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
} finally {
  closeDawn();
}
