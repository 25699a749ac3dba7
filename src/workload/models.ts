import type { Decoder } from './spec.ts';

/** Llama 3 shapes (Grattafiori et al. 2024, table 3, https://arxiv.org/abs/2407.21783). */
export const LLAMA_3_8B: Decoder = {
  name: 'Llama-3-8B',
  layers: 32,
  embed: 4096,
  heads: 32,
  kvHeads: 8,
  headDimension: 128,
  feedForward: 14_336,
  vocabulary: 128_256,
};

/** Same table. */
export const LLAMA_3_70B: Decoder = {
  name: 'Llama-3-70B',
  layers: 80,
  embed: 8192,
  heads: 64,
  kvHeads: 8,
  headDimension: 128,
  feedForward: 28_672,
  vocabulary: 128_256,
};
