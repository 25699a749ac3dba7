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
  ...(adapter === 'swiftshader'
    ? [
        '--use-webgpu-adapter=swiftshader',
        // Without these three a WebGPU canvas computes but never presents on the software adapter. ANGLE on
        // Vulkan would want a surface, which a headless browser has not.
        '--use-angle=swiftshader',
        '--use-vulkan=swiftshader',
        '--enable-features=Vulkan',
        // Else a canvas that is read back moves to the CPU, which rounds rims of marks otherwise.
        '--disable-accelerated-2d-canvas',
      ]
    : []),
];

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
      {
        optimizeDeps: {
          include: ['lit', 'lit/decorators.js', 'comlink', 'valibot', 'axe-core', 'fast-check'],
        },
        test: {
          name: 'browser',
          include: ['tests/**/*.browser.test.ts'],
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
                args: chromiumArguments,
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
