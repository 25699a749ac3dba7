import { assert, assertDefined } from '../base/assert.ts';
import { InputError } from '../base/result.ts';
import type { AttentionOp, Dim, Graph, MatmulOp, Section, Tensor, VectorOp } from './graph.ts';
import { axesProduct, effectiveAxes, type Mesh } from './mesh.ts';
import type { CollectiveKind, LocalOp, LocalSection, PartitionedGraph, Value } from './partitioned.ts';

/**
 * Divides a graph over a mesh, after the four cases of the scaling book, chapter "sharded matrices"
 * (https://jax-ml.github.io/scaling-book/sharding): for every op and mesh axis, one dimension of the op
 * is split. An operand split elsewhere is gathered first; a split summed dimension leaves partial sums,
 * which are reduced into the layout that the output wants.
 *
 * @throws InputError when a dimension does not divide by its axes
 */
export function partition(graph: Graph, mesh: Mesh): PartitionedGraph {
  for (const tensor of graph.tensors.values()) checkDivides(tensor, mesh);
  return {
    name: graph.name,
    mesh,
    sections: graph.sections.map((section) => new SectionPartitioner(graph, mesh, section).run()),
  };
}

function checkDivides(tensor: Tensor, mesh: Mesh): void {
  for (const dim of tensor.dims) {
    const axes = effectiveAxes(mesh, tensor.sharding[dim.name] ?? []);
    const ways = axesProduct(mesh, axes);
    if (dim.size % ways !== 0) {
      throw new InputError('mesh', `${axes.join(' x ')} = ${ways} does not divide ${dim.name} = ${dim.size}`);
    }
  }
}

/** Layout of one value on one chip: which mesh axes split each dimension. */
type Layout = ReadonlyMap<string, readonly string[]>;

class SectionPartitioner {
  private readonly ops: LocalOp[] = [];
  /** Gathered copies made in this section, so that a second reader does not gather again. */
  private readonly gathered = new Map<string, Value>();

  constructor(
    private readonly graph: Graph,
    private readonly mesh: Mesh,
    private readonly section: Section,
  ) {}

  run(): LocalSection {
    for (const op of this.section.ops) {
      if (op.kind === 'matmul') this.matmul(op);
      else if (op.kind === 'attention') this.attention(op);
      else this.vector(op);
    }
    const { name, repeat, carried } = this.section;
    return { name, repeat, carried, ops: this.ops };
  }

  private matmul(op: MatmulOp): void {
    const [lhs, rhs, out] = [this.tensor(op.lhs), this.tensor(op.rhs), this.tensor(op.out)];
    const split = this.chooseSplits([lhs, rhs], out);
    const inputs = [lhs, rhs].map((tensor) => this.bringTo(tensor, split));
    const has = (tensor: Tensor, name: string): boolean => tensor.dims.some((dim) => dim.name === name);
    const extent = (dims: readonly Dim[]): number =>
      dims.reduce((size, dim) => size * this.localSize(dim, split.get(dim.name) ?? []), 1);
    const summed = lhs.dims.filter((dim) => has(rhs, dim.name) && !has(out, dim.name));
    const gemm = {
      m: extent(lhs.dims.filter((dim) => !has(rhs, dim.name))),
      k: extent(summed),
      n: extent(rhs.dims.filter((dim) => !has(lhs, dim.name))),
    };
    const batch = extent(lhs.dims.filter((dim) => has(rhs, dim.name) && has(out, dim.name)));
    this.emitWithReduction(out, split, (result) => {
      if (op.lookup) return { kind: 'lookup', name: op.name, inputs, output: result };
      return { kind: 'matmul', name: op.name, inputs, output: result, gemm, batch };
    });
  }

  private attention(op: AttentionOp): void {
    const out = this.tensor(op.out);
    const split = this.chooseSplits([out], out);
    const batchAxes = split.get('batch') ?? [];
    const headAxes = [...split.values()].flat().filter((axis) => !batchAxes.includes(axis));
    const ways = axesProduct(this.mesh, headAxes);
    for (const [what, count] of [
      ['heads', op.heads],
      ['key-value heads', op.kvHeads],
    ] as const) {
      if (count % ways !== 0) {
        throw new InputError(
          'mesh',
          `${headAxes.join(' x ')} = ${ways} does not divide the ${count} ${what}`,
        );
      }
    }
    const inputs = op.inputs.map((name) => this.value(this.tensor(name), this.layoutOf(this.tensor(name))));
    this.ops.push({
      kind: 'attention',
      name: op.name,
      inputs,
      output: this.value(out, split),
      heads: op.heads / ways,
      kvHeads: op.kvHeads / ways,
      headDimension: op.headDimension,
      queries: op.queries,
      keys: op.keys,
      batch: op.batch / axesProduct(this.mesh, batchAxes),
      backward: op.backward,
      maskedShare: op.maskedShare,
    });
  }

  private vector(op: VectorOp): void {
    const tensors = op.inputs.map((name) => this.tensor(name));
    const out = this.tensor(op.out);
    const split = this.chooseSplits(tensors, out);
    const inputs = tensors.map((tensor) => this.bringTo(tensor, split));
    this.emitWithReduction(out, split, (result) => {
      const elements = Math.max(...[...inputs, result].map((value) => value.elements));
      return {
        kind: 'vector',
        name: op.name,
        inputs,
        output: result,
        operations: elements * op.operationsPerElement,
      };
    });
  }

  /**
   * For each mesh axis the one dimension of the op that it splits: a dimension that two tensors agree on,
   * else the one where the output has the axis, else that of the largest operand (so that the smaller one
   * is gathered).
   */
  private chooseSplits(inputs: readonly Tensor[], out: Tensor): Layout {
    const split = new Map<string, string[]>();
    for (const { name: axis } of this.mesh.axes) {
      if (effectiveAxes(this.mesh, [axis]).length === 0) continue;
      const holders = inputs.flatMap((tensor) => {
        const dim = this.dimOf(tensor, axis);
        return dim === undefined ? [] : [{ dim, bytes: this.globalBytes(tensor) }];
      });
      if (holders.length === 0) continue;
      const wanted = this.dimOf(out, axis);
      const agreed = holders.every((holder) => holder.dim === holders[0]?.dim);
      const largest = holders.reduce((best, holder) => (holder.bytes > best.bytes ? holder : best));
      const chosen = agreed
        ? largest.dim
        : (holders.find((holder) => holder.dim === wanted)?.dim ?? largest.dim);
      split.set(chosen, [...(split.get(chosen) ?? []), axis]);
    }
    return split;
  }

  /** `tensor` as the op needs it: gathered over the axes that split it along other dimensions. */
  private bringTo(tensor: Tensor, split: Layout): Value {
    const own = this.layoutOf(tensor);
    const kept = new Map<string, readonly string[]>();
    const gatherAxes: string[] = [];
    for (const dim of tensor.dims) {
      const target = split.get(dim.name) ?? [];
      const current = own.get(dim.name) ?? [];
      gatherAxes.push(...current.filter((axis) => !target.includes(axis)));
      // An operand that is whole where the op is split is sliced in place, at no cost.
      if (target.length > 0) kept.set(dim.name, target);
    }
    if (gatherAxes.length === 0) return this.value(tensor, kept);
    const whole = this.transient(tensor, kept, `${tensor.name} gathered over ${gatherAxes.join(',')}`);
    const known = this.gathered.get(whole.name);
    if (known !== undefined) return known;
    this.gathered.set(whole.name, whole);
    this.ops.push({
      kind: 'collective',
      name: `all-gather ${tensor.name}`,
      collective: 'all-gather',
      meshAxes: gatherAxes,
      inputs: [this.value(tensor, own)],
      output: whole,
      bytes: whole.bytes,
      parameter: tensor.role === 'parameter',
    });
    return whole;
  }

  /** Emits the op; where a summed dimension is split, its partial sums and their reduction into `out`. */
  private emitWithReduction(out: Tensor, split: Layout, build: (result: Value) => LocalOp): void {
    const outDims = new Set(out.dims.map((dim) => dim.name));
    const kept = new Map([...split].filter(([dim]) => outDims.has(dim)));
    const partialAxes = [...split].filter(([dim]) => !outDims.has(dim)).flatMap(([, axes]) => axes);
    const wanted = this.layoutOf(out);
    if (partialAxes.length === 0) {
      this.ops.push(build(this.value(out, kept)));
      return;
    }
    const partial = this.transient(out, kept, `${out.name} partial sums`);
    this.ops.push(build(partial));
    const scattered = partialAxes.filter((axis) => this.dimOf(out, axis) !== undefined);
    const reduced = partialAxes.filter((axis) => !scattered.includes(axis));
    const afterScatter = this.value(out, wanted);
    const reduce = (
      collective: CollectiveKind,
      meshAxes: readonly string[],
      input: Value,
      output: Value,
    ): void => {
      const bytes = collective === 'reduce-scatter' ? input.bytes : output.bytes;
      const name = `${collective} ${out.name}`;
      this.ops.push({
        kind: 'collective',
        name,
        collective,
        meshAxes,
        inputs: [input],
        output,
        bytes,
        parameter: false,
      });
    };
    if (scattered.length > 0) {
      const result = reduced.length > 0 ? { ...afterScatter, name: `${out.name} scattered` } : afterScatter;
      reduce('reduce-scatter', scattered, partial, result);
      if (reduced.length > 0) reduce('all-reduce', reduced, result, afterScatter);
    } else {
      reduce('all-reduce', reduced, partial, afterScatter);
    }
  }

  private tensor(name: string): Tensor {
    return assertDefined(this.graph.tensors.get(name), `tensor ${name}`);
  }

  private layoutOf(tensor: Tensor): Layout {
    const entries = Object.entries(tensor.sharding).map(
      ([dim, axes]) => [dim, effectiveAxes(this.mesh, axes)] as const,
    );
    return new Map(entries.filter(([, axes]) => axes.length > 0));
  }

  private dimOf(tensor: Tensor, axis: string): string | undefined {
    return Object.entries(tensor.sharding).find(([, axes]) => axes.includes(axis))?.[0];
  }

  private globalBytes(tensor: Tensor): number {
    return tensor.dims.reduce((bytes, dim) => bytes * dim.size, tensor.bytesPerElement);
  }

  private localSize(dim: Dim, axes: readonly string[]): number {
    const ways = axesProduct(this.mesh, axes);
    assert(dim.size % ways === 0, `${dim.name} = ${dim.size} is split ${ways} ways`);
    return dim.size / ways;
  }

  private transient(tensor: Tensor, layout: Layout, name: string): Value {
    return { ...this.value(tensor, layout), name, role: 'transient' };
  }

  private value(tensor: Tensor, layout: Layout): Value {
    const shape = tensor.dims.map((dim) => this.localSize(dim, layout.get(dim.name) ?? []));
    const elements = shape.reduce((count, size) => count * size, 1);
    return {
      name: tensor.name,
      shape,
      elements,
      bytes: elements * tensor.bytesPerElement,
      role: tensor.role,
    };
  }
}
