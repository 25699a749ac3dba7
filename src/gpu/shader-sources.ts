/** The files of `shaders/` that multiply matrices, by name without extension. */
export const SHADER_NAMES = [
  'matmul-bf16-8x8',
  'matmul-bf16-8x4',
  'matmul-bf16-4x4',
  'matmul-bf16-workgroup',
  'matmul-fp32-8x8',
  'matmul-fp32-8x4',
  'matmul-fp32-4x4',
  'matmul-fp32-workgroup',
  'matmul-int8',
  'matmul-int8-dot',
  'matmul-soft',
  'add-passes',
] as const;
export type ShaderName = (typeof SHADER_NAMES)[number];

/** WGSL text of each shader: the caller reads it, from a bundle in the page or from a folder under Node. */
export type ShaderSources = Readonly<Record<ShaderName, string>>;
