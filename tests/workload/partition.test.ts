import { describe, expect, it } from 'vitest';
import { decoderTrainingGraph } from '../../src/workload/decoder-training.ts';
import { LLAMA_3_8B } from '../../src/workload/models.ts';
import { partition } from '../../src/workload/partition.ts';
import type { LocalCollective, LocalOp, PartitionedGraph } from '../../src/workload/partitioned.ts';
import type { DecoderTrainingSpec } from '../../src/workload/spec.ts';

const spec: DecoderTrainingSpec = { kind: 'decoder-training', model: LLAMA_3_8B, batch: 64, sequence: 8192 };
const TOKEN_ROWS = 64 * 8192;
const BF16 = 2;

function partitioned(axes: Readonly<Record<string, number>>): PartitionedGraph {
  const mesh = { axes: Object.entries(axes).map(([name, size]) => ({ name, size })) };
  return partition(decoderTrainingGraph(spec, false), mesh);
}

function ops(graph: PartitionedGraph, section: string): readonly LocalOp[] {
  return graph.sections.find((each) => each.name === section)?.ops ?? [];
}

function collectives(graph: PartitionedGraph, section: string): readonly LocalCollective[] {
  return ops(graph, section).filter((op) => op.kind === 'collective');
}

function bytesOver(graph: PartitionedGraph, section: string, axis: string): number {
  return collectives(graph, section)
    .filter((op) => op.meshAxes.includes(axis))
    .reduce((bytes, op) => bytes + op.bytes, 0);
}

const layerWeights = (4096 * (32 + 16) * 128 + 4096 * 4096 + 3 * 4096 * 14_336) * BF16;

describe('partition of a training step', () => {
  it('on one chip communicates nothing', () => {
    const graph = partitioned({});
    expect(graph.sections.flatMap((section) => section.ops).filter((op) => op.kind === 'collective')).toEqual(
      [],
    );
  });

  it('by data alone only sums gradients', () => {
    const graph = partitioned({ data: 8 });
    const kinds = graph.sections
      .flatMap((section) => collectives(graph, section.name))
      .map((op) => op.collective);
    expect(new Set(kinds)).toEqual(new Set(['all-reduce']));
    expect(collectives(graph, 'layer forward')).toEqual([]);
    expect(bytesOver(graph, 'layer backward', 'data')).toBe(layerWeights);
  });

  it('fully sharded gathers every weight forward, again backward, and scatters its gradient', () => {
    const graph = partitioned({ fsdp: 16 });
    expect(bytesOver(graph, 'layer forward', 'fsdp')).toBe(layerWeights);
    expect(bytesOver(graph, 'layer backward', 'fsdp')).toBe(2 * layerWeights);
    const backward = collectives(graph, 'layer backward').map((op) => op.collective);
    expect(backward.filter((kind) => kind === 'reduce-scatter')).toHaveLength(4);
    expect(backward.filter((kind) => kind === 'all-gather')).toHaveLength(4);
  });

  it('by tensor gathers and scatters activations around each block, as the scaling book has it', () => {
    const graph = partitioned({ tensor: 4 });
    const activation = TOKEN_ROWS * 4096 * BF16;
    const forward = collectives(graph, 'layer forward');
    expect(forward.map((op) => op.collective)).toEqual([
      'all-gather',
      'reduce-scatter',
      'all-gather',
      'reduce-scatter',
    ]);
    expect(forward.every((op) => op.bytes === activation)).toBe(true);
  });

  it('keeps weights of one kind whole along the other axis', () => {
    const graph = partitioned({ fsdp: 16, tensor: 4 });
    expect(bytesOver(graph, 'layer forward', 'fsdp')).toBe(layerWeights / 4);
    expect(bytesOver(graph, 'layer forward', 'tensor')).toBe((4 * TOKEN_ROWS * 4096 * BF16) / 16);
  });

  it('divides the multiplications of each op evenly', () => {
    const flops = (graph: PartitionedGraph): number =>
      graph.sections
        .flatMap((section) => section.ops)
        .reduce(
          (sum, op) => sum + (op.kind === 'matmul' ? op.batch * op.gemm.m * op.gemm.k * op.gemm.n : 0),
          0,
        );
    expect(flops(partitioned({ fsdp: 16, tensor: 4 })) * 64).toBe(flops(partitioned({})));
  });

  it('refuses a mesh that does not divide the model', () => {
    expect(() => partitioned({ fsdp: 128 })).toThrow(/fsdp = 128 does not divide batch = 64/);
    expect(() => partitioned({ tensor: 16 })).toThrow(/does not divide the 8 key-value heads/);
  });
});
