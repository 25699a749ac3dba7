import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/base/result.ts';
import { mapMesh } from '../../src/compiler/mesh-mapping.ts';
import { findChip } from '../../src/hardware/presets.ts';
import { resolveSlice } from '../../src/hardware/slice.ts';
import { LLAMA_3_8B } from '../../src/workload/models.ts';
import type { MeshSpec, WorkloadSpec } from '../../src/workload/spec.ts';

function map(chip: string, shape: readonly number[], mesh?: MeshSpec, slices = 1) {
  const workload: WorkloadSpec = {
    kind: 'decoder-training',
    model: LLAMA_3_8B,
    batch: 64,
    sequence: 8192,
    mesh,
  };
  return mapMesh(workload, unwrap(resolveSlice(unwrap(findChip(chip)).chip, { shape, slices })));
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

  it('gives every slice data of its own, and the axes of a slice to all else', () => {
    expect(map('v5p', [4, 4, 4], undefined, 4)).toEqual([
      { name: 'data', size: 4, torusAxes: [], dcn: true },
      { name: 'fsdp', size: 16, torusAxes: [0, 1] },
      { name: 'tensor', size: 4, torusAxes: [2] },
    ]);
  });

  it('lets the axis span the slices that is told to, else data, fsdp or tensor', () => {
    const spanning = (mesh: MeshSpec, slices = 4): string =>
      map('v5p', [4, 4, 4], mesh, slices)
        .filter((axis) => axis.dcn)
        .map((axis) => `${axis.name} ${axis.torusAxes.join('')}`)
        .join();
    const [data, fsdp, tensor] = (['data', 'fsdp', 'tensor'] as const).map(
      (name) => (size: number, on?: string) => ({
        name,
        size,
        ...(on === undefined ? {} : { torusAxes: on }),
      }),
    );
    expect(spanning([fsdp(64), tensor(4)])).toBe('fsdp 01');
    expect(spanning([fsdp(16), tensor(16)])).toBe('fsdp 0');
    expect(spanning([fsdp(4, 'x'), tensor(64)])).toBe('tensor 12');
    expect(spanning([fsdp(16), data(16)])).toBe('data 2');
    expect(spanning([data(4), fsdp(64, 'xy+dcn')])).toBe('fsdp 01');
    expect(spanning([data(4, 'dcn'), fsdp(64)])).toBe('data ');
    expect(spanning([tensor(256, 'xyz+dcn')])).toBe('tensor 012');
  });

  it('refuses in one line a mesh that does not fit the slices', () => {
    expect(() => map('v5p', [4, 4, 4], [{ name: 'fsdp', size: 64 }], 4)).toThrow(
      /^mesh: fsdp 64 = 64 does not fill the 256 chips of 4 slices of 4x4x4$/,
    );
    const spread = [
      { name: 'data', size: 2 },
      { name: 'fsdp', size: 128 },
    ] as const;
    expect(() => map('v5p', [4, 4, 4], [...spread], 4)).toThrow(
      /^mesh: data 2, fsdp 128 does not fit whole torus axes of 4 slices of 4x4x4 \(x 4, y 4, z 4, dcn 4 for one of them\)$/,
    );
    expect(() => map('v5p', [4, 4, 4], [{ name: 'fsdp', size: 64, torusAxes: 'dcn' }])).toThrow(
      /needs several slices/,
    );
    const twice = [
      { name: 'data', size: 4, torusAxes: 'dcn' },
      { name: 'fsdp', size: 64, torusAxes: 'xyz+dcn' },
    ] as const;
    expect(() => map('v5p', [4, 4, 4], [...twice], 4)).toThrow(/only one axis can be along dcn/);
  });
});
