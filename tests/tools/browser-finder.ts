import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What decides where a browser is looked for. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names in a folder, or none where it cannot be read. */
  list(folder: string): readonly string[];
}

export function thisMachine(): Machine {
  const list = (folder: string): readonly string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  return { platform: process.platform, home: homedir(), env: process.env, list };
}

/**
 * Where a full Chromium may be, best first: `CHROMIUM_PATH`, the system's usual places, Playwright's cache.
 * Never Playwright's headless shell, which has no WebGPU.
 */
export function chromiumCandidates(machine: Machine): readonly string[] {
  const named = machine.env.CHROMIUM_PATH;
  return [...(named ? [named] : []), ...systemPlaces(machine), ...playwrightPlaces(machine)];
}

function systemPlaces({ platform, home, env }: Machine): readonly string[] {
  switch (platform) {
    case 'darwin':
      return ['/Applications', join(home, 'Applications')].flatMap((folder) => [
        `${folder}/Chromium.app/Contents/MacOS/Chromium`,
        `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
        `${folder}/Microsoft Edge.app/Contents/MacOS/Microsoft Edge`,
      ]);
    case 'win32':
      return [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].flatMap((folder) =>
        folder
          ? [
              join(folder, 'Chromium', 'Application', 'chrome.exe'),
              join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
              join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
            ]
          : [],
      );
    default:
      return ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) =>
        ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(
          (name) => `${folder}/${name}`,
        ),
      );
  }
}

/** Executables of a downloaded Chromium, below its folder; their names changed over the years. */
const PLAYWRIGHT_EXECUTABLES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['chrome-mac', 'chrome-mac-arm64', 'chrome-mac-x64'].flatMap((folder) => [
    `${folder}/Chromium.app/Contents/MacOS/Chromium`,
    `${folder}/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing`,
  ]),
  win32: ['chrome-win/chrome.exe', 'chrome-win64/chrome.exe'],
  linux: ['chrome-linux/chrome', 'chrome-linux64/chrome', 'chrome-linux-arm64/chrome'],
};

function playwrightPlaces(machine: Machine): readonly string[] {
  const cache = playwrightCache(machine);
  const revision = (name: string): number => Number(name.slice('chromium-'.length));
  const versions = machine
    .list(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => revision(b) - revision(a));
  const executables = PLAYWRIGHT_EXECUTABLES[machine.platform] ?? [];
  return versions.flatMap((version) => executables.map((executable) => join(cache, version, executable)));
}

function playwrightCache({ platform, home, env }: Machine): string {
  if (env.PLAYWRIGHT_BROWSERS_PATH) return env.PLAYWRIGHT_BROWSERS_PATH;
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Caches', 'ms-playwright');
    case 'win32':
      return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'ms-playwright');
    default:
      return join(env.XDG_CACHE_HOME ?? join(home, '.cache'), 'ms-playwright');
  }
}

/** The first place that holds a Chromium that starts; `undefined` where none does. */
export function findChromium(): string | undefined {
  const machine = thisMachine();
  const found = chromiumCandidates(machine).find((path) => starts(path, machine.platform));
  const named = machine.env.CHROMIUM_PATH;
  if (named && found !== named) console.log(`CHROMIUM_PATH is ${named}, where no Chromium starts.`);
  return found;
}

/**
 * A file of the right name is not enough: Ubuntu's chromium-browser may be a stub that asks for a snap, and
 * a wrapper script outlives the browser it starts. On Windows asking for the version opens a window.
 */
function starts(path: string, platform: NodeJS.Platform): boolean {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  if (platform === 'win32') return true;
  const asked = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return asked.status === 0 && /chrom|edge/i.test(asked.stdout);
}
