import { spawnSync } from 'node:child_process';
import { findChromium } from './browser-finder.ts';
import {
  type CommandLine,
  chromiumInstallations,
  install,
  simulatorInstallations,
  thisInstaller,
} from './install.ts';

/** Set to 1, the first look finds nothing, so that installing can be tried where all is there. */
const IGNORE_INSTALLED = 'SYSTOLE_IGNORE_INSTALLED';

/**
 * Looks for something and, where it is not, installs it and looks again.
 * @param find looks for it
 * @param installations ways to install it, tried in turn until `find` finds it
 */
export function provide<T>(
  find: () => T | undefined,
  installations: readonly (readonly CommandLine[])[],
  options: { readonly ignoreInstalled: boolean; readonly run: (commands: readonly CommandLine[]) => unknown },
): T | undefined {
  if (!options.ignoreInstalled) {
    const found = find();
    if (found !== undefined) return found;
  }
  for (const commands of installations) {
    options.run(commands);
    const found = find();
    if (found !== undefined) return found;
  }
  return undefined;
}

function settings() {
  return { ignoreInstalled: process.env[IGNORE_INSTALLED] === '1', run: install };
}

/** The path of a full Chromium, installed if need be; `undefined`, and what to do, where that fails. */
export function provideChromium(): string | undefined {
  const path = provide(findChromium, chromiumInstallations(thisInstaller()), settings());
  if (path !== undefined) console.log(`Browser: ${path}`);
  else {
    console.log(
      'No Chromium was found and none could be installed. Install one (Debian: apt-get install chromium; ' +
        'elsewhere: npx playwright-core install chromium, or Google Chrome), or set CHROMIUM_PATH to it.',
    );
  }
  return path;
}

/** Makes a Verilog simulator available where that is possible; tests look for `iverilog` on PATH. */
export function provideSimulator(): void {
  const find = () =>
    spawnSync('iverilog', ['-V'], { stdio: 'ignore' }).status === 0 ? 'iverilog' : undefined;
  if (provide(find, simulatorInstallations(thisInstaller()), settings()) === undefined) {
    console.log('No iverilog here: the array is compared with committed traces of its RTL instead.');
  }
}
