import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/base/result.ts';
import { mapMesh } from '../../src/compiler/mesh-mapping.ts';
import { findChip } from '../../src/hardware/presets.ts';
import { resolveSlice } from '../../src/hardware/slice.ts';
import { LLAMA_3_8B } from '../../src/workload/models.ts';
import type { MeshSpec, WorkloadSpec } from '../../src/workload/spec.ts';

function map(chip: string, shape: readonly number[], mesh?: MeshSpec) {
  const workload: WorkloadSpec = {
    kind: 'decoder-training',
    model: LLAMA_3_8B,
    batch: 64,
    sequence: 8192,
    mesh,
  };
  return mapMesh(workload, unwrap(resolveSlice(unwrap(findChip(chip)).chip, { shape })));
}

describe('mesh over torus', () => {
  it('puts tensor parallelism on the last axis and weights on the others', () => {
    expect(map('v5p', [4, 4, 4])).toEqual([
      { name: 'fsdp', size: 16, torusAxes: [0, 1] },
      { name: 'tensor', size: 4, torusAxes: [2] },
    ]);
  });

  it('shards weights only where every axis is too long to split tensors over', () => {
    expect(map('v5e', [16, 16])).toEqual([{ name: 'fsdp', size: 256, torusAxes: [0, 1] }]);
  });

  it('finds the axes that a given mesh fits', () => {
    const mesh = map(
      'v5p',
      [4, 4, 8],
      [
        { name: 'fsdp', size: 32 },
        { name: 'tensor', size: 4 },
      ],
    );
    expect(mesh.map((axis) => axis.torusAxes)).toEqual([[0, 2], [1]]);
  });

  it('takes the axes it is told', () => {
    const mesh = map(
      'v5p',
      [4, 4, 4],
      [
        { name: 'fsdp', size: 16 },
        { name: 'tensor', size: 4, torusAxes: 'x' },
      ],
    );
    expect(mesh.map((axis) => axis.torusAxes)).toEqual([[1, 2], [0]]);
  });

  it('refuses a mesh that does not fill the slice or whole axes of it', () => {
    expect(() => map('v5p', [4, 4, 4], [{ name: 'fsdp', size: 32 }])).toThrow(
      /fsdp 32 = 32 does not fill the 64 chips/,
    );
    expect(() =>
      map(
        'v5p',
        [8, 8, 8],
        [
          { name: 'fsdp', size: 128 },
          { name: 'tensor', size: 4 },
        ],
      ),
    ).toThrow(/does not fit whole torus axes of 8x8x8/);
  });

  it('refuses a GEMM on several chips', () => {
    const slice = unwrap(resolveSlice(unwrap(findChip('v5p')).chip, { shape: [4, 4, 4] }));
    expect(() => mapMesh({ kind: 'gemm', m: 1, k: 1, n: 1 }, slice)).toThrow(/runs on one chip/);
  });
});
