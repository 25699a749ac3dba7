import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decoderTrainingGraph } from '../../src/workload/decoder-training.ts';
import { decoderParameters, graphFlops, modelFlops } from '../../src/workload/model-flops.ts';
import { LLAMA_3_8B, LLAMA_3_70B } from '../../src/workload/models.ts';
import type { DecoderTrainingSpec } from '../../src/workload/spec.ts';

const small = fc.integer({ min: 1, max: 6 });
const decoderTraining: fc.Arbitrary<DecoderTrainingSpec> = fc.record({
  kind: fc.constant('decoder-training' as const),
  batch: small,
  sequence: small,
  causalHalf: fc.boolean(),
  model: fc.record({
    name: fc.constant('random'),
    layers: small,
    embed: small,
    heads: small,
    kvHeads: small,
    headDimension: small,
    feedForward: small,
    vocabulary: small,
    tiedEmbeddings: fc.boolean(),
  }),
});

describe('model FLOPs', () => {
  it('of a 2-layer toy by hand', () => {
    const model = {
      name: 'toy',
      layers: 2,
      embed: 4,
      heads: 2,
      kvHeads: 1,
      headDimension: 3,
      feedForward: 5,
      vocabulary: 7,
    };
    const projections = 4 * 6 + 2 * (4 * 3) + 6 * 4;
    const attention = 2 * 6 * 11;
    const perToken = 2 * (projections + attention + 3 * 4 * 5) + 4 * 7;
    expect(modelFlops({ kind: 'decoder-training', model, batch: 3, sequence: 11 })).toBe(6 * perToken * 33);
  });

  it('equal what the graph multiplies but for the scores that attention computes twice', () => {
    fc.assert(
      fc.property(decoderTraining, (spec) => {
        const { model, batch, sequence } = spec;
        const kept = spec.causalHalf ? 0.5 : 1;
        const scores = 2 * batch * sequence * sequence * model.heads * model.headDimension * kept;
        const hardware = graphFlops(decoderTrainingGraph(spec, false));
        expect(hardware).toBe(modelFlops(spec) + model.layers * scores);
      }),
    );
  });

  it('count recomputation as hardware work only', () => {
    fc.assert(
      fc.property(decoderTraining, (spec) => {
        const kept = graphFlops(decoderTrainingGraph(spec, false));
        expect(graphFlops(decoderTrainingGraph(spec, true))).toBeGreaterThan(kept);
      }),
    );
  });

  it('of a GEMM', () => {
    expect(modelFlops({ kind: 'gemm', m: 2, k: 3, n: 5 })).toBe(60);
  });
});

describe('parameters', () => {
  it('are those that the models publish', () => {
    expect(decoderParameters(LLAMA_3_8B)).toBe(8_030_261_248);
    expect(decoderParameters(LLAMA_3_70B)).toBe(70_553_706_496);
  });
});
