import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

// Only the software adapter is on every machine; a run on a real one sets SYSTOLE_WEBGPU_ADAPTER=default.
const adapter = process.env.SYSTOLE_WEBGPU_ADAPTER ?? 'swiftshader';
const chromiumArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--enable-unsafe-webgpu',
  ...(adapter === 'swiftshader' ? ['--use-webgpu-adapter=swiftshader'] : []),
];
/**
 * Without these a WebGPU canvas of the software adapter computes but is never shown, for then the browser puts
 * the page together without a GPU. Doing so with one in software costs time: only tests of the screen do.
 * ANGLE on Vulkan would want a surface, which a headless browser has not.
 */
const presentingArguments =
  adapter === 'swiftshader'
    ? [
        '--use-angle=swiftshader',
        '--use-vulkan=swiftshader',
        '--enable-features=Vulkan',
        // Else a 2-D canvas moves between GPU and CPU, which round the rims of marks differently.
        '--disable-accelerated-2d-canvas',
      ]
    : [];

const SCREEN_TESTS = 'tests/**/*.screen.browser.test.ts';

/** A project of tests in a Chromium of its own. */
function browserProject(name: string, tests: { include: string[]; exclude?: string[] }, args: string[] = []) {
  return {
    optimizeDeps: {
      include: ['lit', 'lit/decorators.js', 'comlink', 'valibot', 'axe-core', 'fast-check'],
    },
    test: {
      name,
      ...tests,
      testTimeout: 120_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: {
            executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
            args: [...chromiumArguments, ...args],
          },
        }),
        instances: [{ browser: 'chromium' as const }],
      },
    },
  };
}

export default defineConfig({
  base: './',
  server: { port: 5173, strictPort: true },
  preview: { port: 5173, strictPort: true },
  build: { target: 'es2023' },
  worker: { format: 'es' },
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/**/*.browser.test.ts', 'tests/bench/**', '**/node_modules/**'],
          environment: 'node',
          testTimeout: 60_000,
        },
      },
      browserProject('browser', { include: ['tests/**/*.browser.test.ts'], exclude: [SCREEN_TESTS] }),
      browserProject('browser-screen', { include: [SCREEN_TESTS] }, presentingArguments),
    ],
  },
});
