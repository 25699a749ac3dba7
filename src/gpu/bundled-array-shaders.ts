import draw from '../../shaders/array-draw.wgsl?raw';
import state from '../../shaders/array-state.wgsl?raw';
import type { ArrayDrawSources } from './array-draw.ts';

/** As the page's bundle carries them. Only code that vite builds may import this. */
export const BUNDLED_ARRAY_SHADERS: ArrayDrawSources = { state, draw };
