/** The files of `shaders/`, by name without extension. */
export const SHADER_NAMES = ['matmul-bf16-8x4', 'matmul-fp32-8x4', 'matmul-soft', 'matmul-int8'] as const;
export type ShaderName = (typeof SHADER_NAMES)[number];

/** WGSL text of each shader: the caller reads it, from a bundle in the page or from a folder under Node. */
export type ShaderSources = Readonly<Record<ShaderName, string>>;
