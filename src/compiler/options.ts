import * as v from 'valibot';

/** Choices of the compiler that a user may change. */
export const COMPILER_OPTIONS_SCHEMA = v.strictObject({
  /** Buffers for each operand of a block pipeline: 1 nothing overlaps, 2 double-buffered. */
  vmemBuffers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8))),
  /** Gathered weights kept at once: 1 gathers a layer's weights when the last layer's are done with. */
  gatherBuffers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8))),
  /** Pieces into which a tensor-parallel collective and its matmul are cut, so that they overlap. */
  collectiveChunks: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64))),
  /** What the backward pass recomputes instead of reading back. */
  rematerialize: v.optional(v.picklist(['none', 'layer'])),
  /** Whether elementwise work joins the matmul that feeds it. */
  fusion: v.optional(v.boolean()),
});

export type CompilerOptions = Required<v.InferOutput<typeof COMPILER_OPTIONS_SCHEMA>>;

export const DEFAULT_COMPILER_OPTIONS: CompilerOptions = {
  vmemBuffers: 2,
  gatherBuffers: 2,
  collectiveChunks: 1,
  rematerialize: 'none',
  fusion: true,
};
