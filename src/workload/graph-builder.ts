import { assert, assertDefined } from '../base/assert.ts';
import type { AttentionOp, Dim, Graph, MatmulOp, Op, Section, Sharding, Tensor, VectorOp } from './graph.ts';

const BF16_BYTES = 2;

/** Collects tensors and sections; the graph it returns is complete and checked. */
export class GraphBuilder {
  private readonly tensors = new Map<string, Tensor>();
  private readonly sections: Section[] = [];
  private ops: Op[] = [];

  tensor(
    name: string,
    dims: readonly Dim[],
    sharding: Sharding,
    role: Tensor['role'] = 'activation',
    bytesPerElement = BF16_BYTES,
  ): string {
    assert(!this.tensors.has(name), `tensor ${name} is declared twice`);
    this.tensors.set(name, { name, dims, sharding, role, bytesPerElement });
    return name;
  }

  /** A tensor with the dimensions and sharding of another, as a gradient has those of its tensor. */
  like(
    name: string,
    original: string,
    role: Tensor['role'] = 'activation',
    bytesPerElement = BF16_BYTES,
  ): string {
    const { dims, sharding } = assertDefined(this.tensors.get(original), `tensor ${original}`);
    return this.tensor(name, dims, sharding, role, bytesPerElement);
  }

  matmul(name: string, lhs: string, rhs: string, out: string, options: Pick<MatmulOp, 'lookup'> = {}): void {
    this.ops.push({ kind: 'matmul', name, lhs, rhs, out, ...options });
  }

  vector(name: string, inputs: readonly string[], out: string, operationsPerElement: number): void {
    const op: VectorOp = { kind: 'vector', name, inputs, out, operationsPerElement };
    this.ops.push(op);
  }

  attention(op: Omit<AttentionOp, 'kind'>): void {
    this.ops.push({ kind: 'attention', ...op });
  }

  /** Ends the section that the operations since the last one belong to. */
  section(name: string, repeat: number, carried: Readonly<Record<string, string>> = {}): void {
    this.sections.push({ name, repeat, ops: this.ops, carried });
    this.ops = [];
  }

  build(name: string): Graph {
    assert(this.ops.length === 0, 'operations outside of a section');
    for (const op of this.sections.flatMap((section) => section.ops)) {
      for (const tensor of [...operandsOf(op), op.out]) {
        assert(this.tensors.has(tensor), `op ${op.name} uses ${tensor}, which is not declared`);
      }
    }
    return { name, tensors: this.tensors, sections: this.sections };
  }
}

function operandsOf(op: Op): readonly string[] {
  return op.kind === 'matmul' ? [op.lhs, op.rhs] : op.inputs;
}
