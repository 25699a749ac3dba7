import { LLAMA_3_8B, LLAMA_3_70B } from '../workload/models.ts';
import { SCENARIO_FORMAT, SCENARIO_VERSION, type Scenario } from './scenario.ts';

/** A workload that comes with Systole, on the slice it is usually shown with. */
export interface CatalogEntry {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly scenario: Scenario;
}

const head = { format: SCENARIO_FORMAT, version: SCENARIO_VERSION } as const;
const LLAMA_SOURCE =
  'shapes: Grattafiori et al. 2024, "The Llama 3 Herd of Models", table 3 (arXiv 2407.21783)';

/** What the page runs when it opens. */
export const EMBEDDED_SCENARIO: Scenario = {
  ...head,
  name: 'Llama-3-8B training',
  chip: 'v5p',
  slice: { shape: [4, 4, 4] },
  workload: {
    kind: 'decoder-training',
    model: LLAMA_3_8B,
    batch: 64,
    sequence: 8192,
  },
};

export const WORKLOADS: readonly CatalogEntry[] = [
  {
    id: 'llama-3-8b-training',
    name: 'Llama-3-8B, one training step, 64 sequences of 8,192 tokens',
    source: LLAMA_SOURCE,
    scenario: EMBEDDED_SCENARIO,
  },
  {
    id: 'llama-3-70b-training',
    name: 'Llama-3-70B, one training step, 512 sequences of 4,096 tokens',
    source: LLAMA_SOURCE,
    scenario: {
      ...head,
      name: 'Llama-3-70B training',
      chip: 'v5p',
      slice: { shape: [8, 8, 8] },
      workload: { kind: 'decoder-training', model: LLAMA_3_70B, batch: 512, sequence: 4096 },
    },
  },
  {
    id: 'gemm-4096',
    name: 'GEMM 4,096 x 4,096 x 4,096 in bf16 on one chip',
    source: 'a square product, the usual first benchmark',
    scenario: {
      ...head,
      name: 'GEMM 4096',
      chip: 'v5e',
      slice: { shape: [1, 1] },
      workload: { kind: 'gemm', m: 4096, k: 4096, n: 4096, dtype: 'bf16' },
    },
  },
];
