/**
 * A workload before anybody says where it runs: named tensors with named dimensions, and operations on
 * them. Sharding is a property of tensors; what must be communicated follows from it (`partition.ts`).
 */
export interface Graph {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Run in order. */
  readonly sections: readonly Section[];
}

/** A run of operations that occurs `repeat` times in a row, as the layers of a model do. */
export interface Section {
  readonly name: string;
  readonly repeat: number;
  readonly ops: readonly Op[];
  /** Tensor that a repetition reads -> tensor of the repetition before it that takes its place. */
  readonly carried: Readonly<Record<string, string>>;
}

export interface Tensor {
  readonly name: string;
  /** Outermost first; the last one is contiguous. */
  readonly dims: readonly Dim[];
  readonly bytesPerElement: number;
  readonly role: 'parameter' | 'optimizer' | 'activation' | 'gradient';
  /** Mesh axes that split a dimension, by the dimension's name; absent means whole on every chip. */
  readonly sharding: Sharding;
}

export interface Dim {
  readonly name: string;
  readonly size: number;
}

export type Sharding = Readonly<Record<string, readonly string[]>>;

export type Op = MatmulOp | AttentionOp | VectorOp;

/**
 * An einsum of two tensors: dimensions of both inputs that the output lacks are summed over.
 * An embedding look-up is one too, as far as communication goes, but multiplies nothing.
 */
export interface MatmulOp {
  readonly kind: 'matmul';
  readonly name: string;
  readonly lhs: string;
  readonly rhs: string;
  readonly out: string;
  /** A look-up reads rows instead of multiplying by a one-hot matrix. */
  readonly lookup?: boolean;
}

/**
 * Softmax(Q K^T) V for each head without storing the scores (FlashAttention, Dao et al. 2022,
 * https://arxiv.org/abs/2205.14135). The backward pass multiplies five times: it computes Q K^T anew.
 */
export interface AttentionOp extends AttentionShape {
  readonly kind: 'attention';
  readonly name: string;
  readonly inputs: readonly string[];
  readonly out: string;
}

export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDimension: number;
  readonly queries: number;
  readonly keys: number;
  readonly batch: number;
  readonly backward: boolean;
  /** Share of the scores that a mask leaves: 1, or about a half for a causal mask that skips blocks. */
  readonly maskedShare: number;
}

/** Elementwise work, normalisations and reductions on the vector unit. */
export interface VectorOp {
  readonly kind: 'vector';
  readonly name: string;
  readonly inputs: readonly string[];
  readonly out: string;
  /** Vector operations for each element of the largest operand. */
  readonly operationsPerElement: number;
}
