import type { AttentionShape, Dim, Graph, Sharding } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { Decoder, DecoderTrainingSpec } from './spec.ts';

/** Vector operations an element, counted from the formulas: a multiply, add, compare or cast is one each. */
const OPERATIONS = {
  rmsNorm: 4,
  rmsNormBackward: 9,
  rotary: 3,
  residual: 1,
  /** silu(gate) x up: exp, add, divide and two multiplies, the transcendental counted as four. */
  gatedUnit: 8,
  gatedUnitBackward: 14,
  crossEntropy: 8,
  crossEntropyBackward: 3,
  /** Adam with decoupled weight decay: Loshchilov and Hutter 2019, algorithm 2. */
  adam: 14,
} as const;

const FP32_BYTES = 4;
/** Master weight and two moments in fp32. */
const OPTIMIZER_BYTES_PER_PARAMETER = 3 * FP32_BYTES;

const BATCH_AXES = ['data', 'fsdp'] as const;

/**
 * One training step of a Llama-style decoder (Touvron et al. 2023, https://arxiv.org/abs/2302.13971, with
 * grouped-query attention): forward, backward, Adam. Sharding after the scaling book, chapter "training"
 * (https://jax-ml.github.io/scaling-book/training): tokens over `data` and `fsdp`, weights stored over
 * `fsdp` and gathered before use, heads, feed-forward and vocabulary over `tensor`, and the residual
 * stream over `tensor` along the sequence between the blocks.
 */
export function decoderTrainingGraph(spec: DecoderTrainingSpec, rematerialize: boolean): Graph {
  const builder = new GraphBuilder();
  const dims = dimsOf(spec);
  declareParameters(builder, spec.model, dims);
  declareActivations(builder, dims);
  const attention = attentionShape(spec);

  builder.matmul('embedding look-up', 'tokens', 'embedding', 'x', { lookup: true });
  builder.section('embed', 1);

  layerForward(builder, attention);
  builder.section('layer forward', spec.model.layers, { x: 'x2' });

  headForwardAndBackward(builder, spec.model);
  builder.section('head and loss', 1);

  if (rematerialize) layerForward(builder, attention, 'recompute ');
  layerBackward(builder, attention);
  builder.section('layer backward', spec.model.layers, { dx2: 'dx' });

  builder.matmul('embedding gradient', 'tokens', 'dx', 'd:embedding', { lookup: true });
  builder.section('embed backward', 1);

  for (const weight of LAYER_WEIGHTS) updateWeight(builder, weight);
  builder.section('update layer', spec.model.layers);
  for (const weight of headWeights(spec.model)) updateWeight(builder, weight);
  builder.section('update embeddings', 1);
  return builder.build(spec.model.name);
}

const LAYER_WEIGHTS = ['w:qkv', 'w:o', 'w:gate-up', 'w:down'] as const;

function headWeights(model: Decoder): readonly string[] {
  return model.tiedEmbeddings ? ['embedding'] : ['embedding', 'w:logits'];
}

interface DecoderDims {
  readonly batch: Dim;
  readonly sequence: Dim;
  readonly embed: Dim;
  readonly qkv: Dim;
  readonly heads: Dim;
  readonly gate: Dim;
  readonly feedForward: Dim;
  readonly vocabulary: Dim;
}

function dimsOf(spec: DecoderTrainingSpec): DecoderDims {
  const { model } = spec;
  return {
    batch: { name: 'batch', size: spec.batch },
    sequence: { name: 'sequence', size: spec.sequence },
    embed: { name: 'embed', size: model.embed },
    qkv: { name: 'qkv', size: (model.heads + 2 * model.kvHeads) * model.headDimension },
    heads: { name: 'heads', size: model.heads * model.headDimension },
    /** The gated unit multiplies two projections: one matmul makes both, side by side. */
    gate: { name: 'gate', size: 2 },
    feedForward: { name: 'feed-forward', size: model.feedForward },
    vocabulary: { name: 'vocabulary', size: model.vocabulary },
  };
}

function declareParameters(builder: GraphBuilder, model: Decoder, dims: DecoderDims): void {
  const parameter = (name: string, shape: readonly Dim[], sharding: Sharding): void => {
    builder.tensor(name, shape, sharding, 'parameter');
    builder.like(`d:${name}`, name, 'gradient');
    builder.like(`adam:${name}`, name, 'optimizer', OPTIMIZER_BYTES_PER_PARAMETER);
    builder.like(`updated:${name}`, name, 'optimizer', OPTIMIZER_BYTES_PER_PARAMETER + 2);
  };
  const embed = { embed: ['fsdp'] };
  parameter('w:qkv', [dims.embed, dims.qkv], { ...embed, qkv: ['tensor'] });
  parameter('w:o', [dims.heads, dims.embed], { ...embed, heads: ['tensor'] });
  parameter('w:gate-up', [dims.embed, dims.feedForward, dims.gate], { ...embed, 'feed-forward': ['tensor'] });
  parameter('w:down', [dims.feedForward, dims.embed], { ...embed, 'feed-forward': ['tensor'] });
  parameter('embedding', [dims.vocabulary, dims.embed], { ...embed, vocabulary: ['tensor'] });
  if (!model.tiedEmbeddings) {
    parameter('w:logits', [dims.vocabulary, dims.embed], { ...embed, vocabulary: ['tensor'] });
  }
}

function declareActivations(builder: GraphBuilder, dims: DecoderDims): void {
  const { batch, sequence } = dims;
  const rows: Sharding = { batch: BATCH_AXES };
  const residual = (name: string): void => {
    builder.tensor(name, [batch, sequence, dims.embed], { ...rows, sequence: ['tensor'] });
    builder.like(`d${name}`, name);
  };
  const split = (name: string, dim: Dim, ...more: readonly Dim[]): void => {
    builder.tensor(name, [batch, sequence, dim, ...more], { ...rows, [dim.name]: ['tensor'] });
    builder.like(`d${name}`, name);
  };
  // One-hot rows that are never formed: the look-up reads their indices.
  builder.tensor(
    'tokens',
    [batch, sequence, dims.vocabulary],
    { ...rows, vocabulary: ['tensor'] },
    'activation',
    0,
  );
  for (const name of ['x', 'n1', 'o', 'x1', 'n2', 'f', 'x2', 'n3']) residual(name);
  split('qkv', dims.qkv);
  split('rotated', dims.qkv);
  split('attention', dims.heads);
  split('gate-up', dims.feedForward, dims.gate);
  split('gated', dims.feedForward);
  split('logits', dims.vocabulary);
  builder.tensor('loss', [batch, sequence], rows, 'activation', FP32_BYTES);
  for (const name of ['dn1+', 'dn2+']) builder.like(name, 'x');
}

/** Forward and backward have one shape. */
type ForwardShape = Omit<AttentionShape, 'backward'>;

function attentionShape(spec: DecoderTrainingSpec): ForwardShape {
  const { heads, kvHeads, headDimension } = spec.model;
  return {
    heads,
    kvHeads,
    headDimension,
    queries: spec.sequence,
    keys: spec.sequence,
    batch: spec.batch,
    maskedShare: spec.causalHalf ? 0.5 : 1,
  };
}

function layerForward(builder: GraphBuilder, attention: ForwardShape, prefix = ''): void {
  builder.vector(`${prefix}norm before attention`, ['x'], 'n1', OPERATIONS.rmsNorm);
  builder.matmul(`${prefix}query, key, value`, 'n1', 'w:qkv', 'qkv');
  builder.vector(`${prefix}rotary embedding`, ['qkv'], 'rotated', OPERATIONS.rotary);
  builder.attention({
    ...attention,
    name: `${prefix}attention`,
    inputs: ['rotated'],
    out: 'attention',
    backward: false,
  });
  builder.matmul(`${prefix}attention output`, 'attention', 'w:o', 'o');
  builder.vector(`${prefix}residual after attention`, ['x', 'o'], 'x1', OPERATIONS.residual);
  builder.vector(`${prefix}norm before feed-forward`, ['x1'], 'n2', OPERATIONS.rmsNorm);
  builder.matmul(`${prefix}feed-forward up`, 'n2', 'w:gate-up', 'gate-up');
  builder.vector(`${prefix}gated unit`, ['gate-up'], 'gated', OPERATIONS.gatedUnit);
  builder.matmul(`${prefix}feed-forward down`, 'gated', 'w:down', 'f');
  builder.vector(`${prefix}residual after feed-forward`, ['x1', 'f'], 'x2', OPERATIONS.residual);
}

function headForwardAndBackward(builder: GraphBuilder, model: Decoder): void {
  const weight = model.tiedEmbeddings ? 'embedding' : 'w:logits';
  builder.vector('last norm', ['x2'], 'n3', OPERATIONS.rmsNorm);
  builder.matmul('logits', 'n3', weight, 'logits');
  builder.vector('cross-entropy', ['logits'], 'loss', OPERATIONS.crossEntropy);
  builder.vector('cross-entropy gradient', ['logits', 'loss'], 'dlogits', OPERATIONS.crossEntropyBackward);
  builder.matmul('logits weight gradient', 'dlogits', 'n3', `d:${weight}`);
  builder.matmul('logits input gradient', 'dlogits', weight, 'dn3');
  builder.vector('last norm gradient', ['dn3', 'x2'], 'dx2', OPERATIONS.rmsNormBackward);
}

function layerBackward(builder: GraphBuilder, attention: ForwardShape): void {
  builder.matmul('feed-forward down weight gradient', 'gated', 'dx2', 'd:w:down');
  builder.matmul('feed-forward down input gradient', 'dx2', 'w:down', 'dgated');
  builder.vector('gated unit gradient', ['dgated', 'gate-up'], 'dgate-up', OPERATIONS.gatedUnitBackward);
  builder.matmul('feed-forward up weight gradient', 'n2', 'dgate-up', 'd:w:gate-up');
  builder.matmul('feed-forward up input gradient', 'dgate-up', 'w:gate-up', 'dn2');
  builder.vector('norm gradient before feed-forward', ['dn2', 'x1'], 'dn2+', OPERATIONS.rmsNormBackward);
  builder.vector('residual gradient after attention', ['dn2+', 'dx2'], 'dx1', OPERATIONS.residual);
  builder.matmul('attention output weight gradient', 'attention', 'dx1', 'd:w:o');
  builder.matmul('attention output input gradient', 'dx1', 'w:o', 'dattention');
  builder.attention({
    ...attention,
    name: 'attention gradient',
    inputs: ['dattention', 'attention', 'rotated'],
    out: 'drotated',
    backward: true,
  });
  builder.vector('rotary embedding gradient', ['drotated'], 'dqkv', OPERATIONS.rotary);
  builder.matmul('query, key, value weight gradient', 'n1', 'dqkv', 'd:w:qkv');
  builder.matmul('query, key, value input gradient', 'dqkv', 'w:qkv', 'dn1');
  builder.vector('norm gradient before attention', ['dn1', 'x'], 'dn1+', OPERATIONS.rmsNormBackward);
  builder.vector('residual gradient', ['dn1+', 'dx1'], 'dx', OPERATIONS.residual);
}

function updateWeight(builder: GraphBuilder, weight: string): void {
  builder.vector(
    `Adam ${weight.replace('w:', '')}`,
    [`d:${weight}`, `adam:${weight}`],
    `updated:${weight}`,
    OPERATIONS.adam,
  );
}
