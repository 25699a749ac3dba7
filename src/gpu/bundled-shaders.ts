/** The shaders as the page's bundle carries them. Only code that vite builds may import this. */
import matmulBf16Tiled from '../../shaders/matmul-bf16-8x4.wgsl?raw';
import matmulFp32Tiled from '../../shaders/matmul-fp32-8x4.wgsl?raw';
import matmulInt8 from '../../shaders/matmul-int8.wgsl?raw';
import matmulSoft from '../../shaders/matmul-soft.wgsl?raw';
import type { ShaderSources } from './shader-sources.ts';

export const BUNDLED_SHADERS: ShaderSources = {
  'matmul-bf16-8x4': matmulBf16Tiled,
  'matmul-fp32-8x4': matmulFp32Tiled,
  'matmul-soft': matmulSoft,
  'matmul-int8': matmulInt8,
};
