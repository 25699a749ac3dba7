import * as v from 'valibot';

const MAX_MESH_AXES = 3;
const MAX_MODEL_DIMENSION = 2 ** 24;
const MAX_TOKENS = 2 ** 40;

const count = (maximum: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maximum));

/** A Llama-style decoder: RMS norm, grouped-query attention, gated feed-forward, untied or tied logits. */
const DECODER_SCHEMA = v.strictObject({
  name: v.pipe(v.string(), v.maxLength(200)),
  layers: count(10_000),
  /** Width of the residual stream. */
  embed: count(MAX_MODEL_DIMENSION),
  heads: count(65_536),
  kvHeads: count(65_536),
  headDimension: count(65_536),
  /** Width of the feed-forward layer. */
  feedForward: count(MAX_MODEL_DIMENSION),
  vocabulary: count(MAX_MODEL_DIMENSION),
  tiedEmbeddings: v.optional(v.boolean()),
});

export type Decoder = v.InferOutput<typeof DECODER_SCHEMA>;

/** Torus axes, the data-centre network between slices, or both. */
export const NETWORK_AXES_PATTERN = /^(?:[xyz]{1,3}(?:\+dcn)?|dcn)$/;

/** How the mesh divides the work: its axes in order, each with the tensor dimensions it splits. */
const MESH_SCHEMA = v.pipe(
  v.array(
    v.strictObject({
      /** `data` replicates weights, `fsdp` shards them and gathers before use, `tensor` splits each matmul. */
      name: v.picklist(['data', 'fsdp', 'tensor']),
      size: count(65_536),
      /** Torus axes it occupies, as in `xy`, and whether it spans the slices: `xy+dcn`, `dcn`. Chosen to fit when left out. */
      torusAxes: v.optional(
        v.pipe(v.string(), v.regex(NETWORK_AXES_PATTERN, 'axes as in xy, xy+dcn or dcn')),
      ),
    }),
  ),
  v.maxLength(MAX_MESH_AXES),
);

export const WORKLOAD_SCHEMA = v.variant('kind', [
  v.strictObject({
    kind: v.literal('decoder-training'),
    model: DECODER_SCHEMA,
    /** Sequences a step, over all slices. */
    batch: count(MAX_TOKENS),
    /** Tokens a sequence. */
    sequence: count(MAX_TOKENS),
    /** Count half of the attention (a causal mask skips the other half). */
    causalHalf: v.optional(v.boolean()),
    mesh: v.optional(MESH_SCHEMA),
  }),
  v.strictObject({
    kind: v.literal('gemm'),
    m: count(MAX_TOKENS),
    k: count(MAX_TOKENS),
    n: count(MAX_TOKENS),
    dtype: v.optional(v.picklist(['bf16', 'fp8', 'int8', 'int4'])),
    residency: v.optional(v.picklist(['cold', 'warm'])),
  }),
]);

export type WorkloadSpec = v.InferOutput<typeof WORKLOAD_SCHEMA>;
export type DecoderTrainingSpec = Extract<WorkloadSpec, { kind: 'decoder-training' }>;
export type GemmSpec = Extract<WorkloadSpec, { kind: 'gemm' }>;
export type MeshSpec = v.InferOutput<typeof MESH_SCHEMA>;
