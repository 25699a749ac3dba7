import { describe, expect, it } from 'vitest';
import { chromiumCandidates, type Machine } from './browser-finder.ts';

const linux: Machine = { platform: 'linux', home: '/home/me', env: {}, list: () => [] };

describe('chromiumCandidates', () => {
  it('begins with CHROMIUM_PATH, then the system, then the cache, newest first', () => {
    const places = chromiumCandidates({
      ...linux,
      env: { CHROMIUM_PATH: '/opt/chromium' },
      list: (folder) =>
        folder === '/home/me/.cache/ms-playwright' ? ['chromium-999', 'chromium-1200', 'firefox-1'] : [],
    });
    expect(places.slice(0, 2)).toEqual(['/opt/chromium', '/usr/bin/chromium']);
    expect(places).toContain('/usr/bin/google-chrome');
    const cached = places.filter((place) => place.includes('ms-playwright'));
    expect(cached[0]).toBe('/home/me/.cache/ms-playwright/chromium-1200/chrome-linux/chrome');
    expect(cached.at(-1)).toContain('chromium-999');
    expect(cached.join()).not.toContain('firefox');
  });

  it('never takes the headless shell, which has no WebGPU', () => {
    const list = () => ['chromium_headless_shell-1200', 'chromium-headless-shell-1200'];
    expect(chromiumCandidates({ ...linux, list }).filter((place) => place.includes('shell'))).toEqual([]);
  });

  it('looks where the environment says the cache is', () => {
    const env = { PLAYWRIGHT_BROWSERS_PATH: '/browsers' };
    const list = (folder: string) => (folder === '/browsers' ? ['chromium-7'] : []);
    expect(chromiumCandidates({ ...linux, env, list })).toContain('/browsers/chromium-7/chrome-linux/chrome');
  });

  it('knows the places of macOS and Windows', () => {
    const mac = chromiumCandidates({ ...linux, platform: 'darwin' });
    expect(mac).toContain('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
    const windows = chromiumCandidates({
      ...linux,
      platform: 'win32',
      env: { ProgramFiles: 'C:\\Programs' },
    });
    expect(windows.some((place) => place.startsWith('C:\\Programs') && place.endsWith('chrome.exe'))).toBe(
      true,
    );
  });
});
