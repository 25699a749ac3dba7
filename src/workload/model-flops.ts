import type { AttentionShape, Graph, Op } from './graph.ts';
import type { Decoder, WorkloadSpec } from './spec.ts';

/**
 * Model FLOPs of a whole workload, all chips together: 2 per multiply-accumulate of every matmul, logits
 * included and the embedding look-up not; attention in full unless `causalHalf`; a training step is three
 * forward passes. Recomputation and the optimizer do not count.
 */
export function modelFlops(spec: WorkloadSpec): number {
  if (spec.kind === 'gemm') return 2 * spec.m * spec.k * spec.n;
  const forwardMacs =
    spec.batch * spec.sequence * decoderMacsPerToken(spec.model, spec.sequence, spec.causalHalf ?? false);
  return 3 * 2 * forwardMacs;
}

/** Multiply-accumulates of the forward pass for one token that attends to `context` tokens. */
function decoderMacsPerToken(model: Decoder, context: number, causalHalf: boolean): number {
  const { embed, heads, kvHeads, headDimension, feedForward } = model;
  const projections = embed * (heads + 2 * kvHeads) * headDimension + heads * headDimension * embed;
  const feedForwardMacs = 3 * embed * feedForward;
  const attention = 2 * heads * headDimension * context * (causalHalf ? 0.5 : 1);
  return model.layers * (projections + feedForwardMacs + attention) + embed * model.vocabulary;
}

export function decoderParameters(model: Decoder): number {
  const { embed, heads, kvHeads, headDimension, feedForward } = model;
  const matrices = embed * (2 * heads + 2 * kvHeads) * headDimension + 3 * embed * feedForward;
  const norms = 2 * embed;
  const embeddings = model.vocabulary * embed * (model.tiedEmbeddings ? 1 : 2);
  return model.layers * (matrices + norms) + embed + embeddings;
}

/** FLOPs that a graph's matmuls really do, recomputation included: the slow count, op by op. */
export function graphFlops(graph: Graph): number {
  const opFlops = (op: Op): number => {
    if (op.kind === 'vector' || (op.kind === 'matmul' && op.lookup)) return 0;
    if (op.kind === 'attention') {
      return attentionFlops(op) * op.batch;
    }
    const tensors = [op.lhs, op.rhs, op.out].map((name) => graph.tensors.get(name));
    const extents = new Map(
      tensors.flatMap((tensor) => tensor?.dims.map((dim) => [dim.name, dim.size]) ?? []),
    );
    return [...extents.values()].reduce((product, size) => product * (size as number), 2);
  };
  return graph.sections.reduce(
    (total, section) => total + section.repeat * section.ops.reduce((flops, op) => flops + opFlops(op), 0),
    0,
  );
}

/** Matrix products of one attention kernel, all heads of one sequence: two forward, five backward. */
export function attentionFlops(
  op: Pick<AttentionShape, 'heads' | 'headDimension' | 'queries' | 'keys' | 'backward' | 'maskedShare'>,
): number {
  const products = op.backward ? 5 : 2;
  return products * 2 * op.heads * op.headDimension * op.queries * op.keys * op.maskedShare;
}
