import type { AttentionShape, Section, Tensor } from './graph.ts';
import type { Mesh } from './mesh.ts';

/** What one chip runs, the same on all of them: local shapes, and collectives over mesh axes. */
export interface PartitionedGraph {
  readonly name: string;
  readonly mesh: Mesh;
  readonly sections: readonly LocalSection[];
}

export interface LocalSection extends Pick<Section, 'name' | 'repeat' | 'carried'> {
  readonly ops: readonly LocalOp[];
}

/** A tensor's part on one chip. */
export interface Value {
  readonly name: string;
  /** Local extents, outermost first. */
  readonly shape: readonly number[];
  readonly elements: number;
  readonly bytes: number;
  /** A transient is a gathered copy or a partial sum: gone when its reader is done. */
  readonly role: Tensor['role'] | 'transient';
}

export type CollectiveKind = 'all-gather' | 'reduce-scatter' | 'all-reduce' | 'all-to-all';

export type LocalOp = LocalMatmul | LocalAttention | LocalVector | LocalLookup | LocalCollective;

interface LocalOpBase {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
}

export interface LocalMatmul extends LocalOpBase {
  readonly kind: 'matmul';
  readonly gemm: { readonly m: number; readonly k: number; readonly n: number };
  readonly batch: number;
}

/** Shapes on this chip. */
export interface LocalAttention extends LocalOpBase, AttentionShape {
  readonly kind: 'attention';
}

export interface LocalVector extends LocalOpBase {
  readonly kind: 'vector';
  readonly operations: number;
}

/** Rows read from, or added to, a table. */
export interface LocalLookup extends LocalOpBase {
  readonly kind: 'lookup';
}

export interface LocalCollective extends LocalOpBase {
  readonly kind: 'collective';
  readonly collective: CollectiveKind;
  readonly meshAxes: readonly string[];
  /** All-gather, reduce-scatter: the whole array of one group; others: each chip's buffer. */
  readonly bytes: number;
  /** A weight: known before the step, so it may be gathered ahead of its use. */
  readonly parameter: boolean;
}
