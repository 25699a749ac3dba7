import { assertDefined } from '../base/assert.ts';
import { SHADER_NAMES, type ShaderSources } from './shader-sources.ts';

const TEXTS = import.meta.glob<string>(['../../shaders/matmul-*.wgsl', '../../shaders/add-passes.wgsl'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The shaders as the page's bundle carries them. Only code that vite builds may import this. */
export const BUNDLED_SHADERS: ShaderSources = Object.fromEntries(
  SHADER_NAMES.map((name) => [name, assertDefined(TEXTS[`../../shaders/${name}.wgsl`], `shader ${name}`)]),
) as Record<(typeof SHADER_NAMES)[number], string>;
