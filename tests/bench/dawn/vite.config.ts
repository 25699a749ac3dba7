import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * A benchmark in one file that needs nothing but Node and a dawn.node: `main.ts`, with `--mode peers`
 * `peers.ts`, libraries included, or with `--mode array` `array.ts`.
 */
// biome-ignore lint/style/noDefaultExport: vite reads its configuration there.
export default defineConfig(({ mode }) => {
  const name = mode === 'peers' || mode === 'array' ? mode : 'main';
  return {
    root: here('../../..'),
    publicDir: false,
    ssr: { noExternal: true, resolve: { mainFields: ['module', 'main'] } },
    build: {
      ssr: here(`${name}.ts`),
      outDir: here('dist'),
      emptyOutDir: false,
      target: 'es2023',
      rolldownOptions: { output: { entryFileNames: `${name}.mjs`, codeSplitting: false } },
    },
  };
});
