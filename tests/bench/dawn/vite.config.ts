import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The benchmark in one file that needs nothing but Node and a dawn.node. */
// biome-ignore lint/style/noDefaultExport: vite reads its configuration there.
export default defineConfig({
  root: here('../../..'),
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: here('main.ts'),
    outDir: here('dist'),
    target: 'es2023',
    rolldownOptions: { output: { entryFileNames: 'matmul-dawn.mjs' } },
  },
});
