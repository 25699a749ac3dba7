import { describe, expect, it } from 'vitest';
import { WORKLOADS } from '../../src/study/catalog.ts';
import {
  meshText,
  parseMeshText,
  parseSliceText,
  sizeText,
  sliceText,
  withSizes,
} from '../../src/ui/scenario-text.ts';
import type { WorkloadSpec } from '../../src/workload/spec.ts';

const gemm: WorkloadSpec = { kind: 'gemm', m: 16, k: 8192, n: 200 };

describe('words of a scenario', () => {
  it.each(WORKLOADS.map((workload) => workload.scenario))(
    'reads back what it writes for $name',
    (scenario) => {
      const sized = withSizes(scenario.workload, sizeText(scenario.workload));
      expect(sized).toEqual({ ok: true, value: scenario.workload });
      const slice = parseSliceText(sliceText(scenario.slice));
      expect(slice).toEqual({ ok: true, value: scenario.slice });
      if (scenario.workload.kind !== 'decoder-training') return;
      expect(parseMeshText(meshText(scenario.workload.mesh))).toEqual({
        ok: true,
        value: scenario.workload.mesh,
      });
    },
  );

  it('understands sizes with x, × and thousands', () => {
    expect(withSizes(gemm, '4,096 x 8_192 × 16')).toEqual({
      ok: true,
      value: { kind: 'gemm', m: 4096, k: 8192, n: 16 },
    });
  });

  it.each([
    '',
    '1 x 2',
    '1 x 2 x 3 x 4',
    '0 x 1 x 1',
    '-1 x 1 x 1',
    'NaN x 1 x 1',
    '1e308 x 1 x 1',
    '1.5 x 1 x 1',
  ])('refuses "%s" as sizes of a matrix product', (text) => {
    const sized = withSizes(gemm, text);
    expect(sized.ok).toBe(false);
    if (!sized.ok) expect(sized.error.message).toContain('M × K × N');
  });

  it('understands twisted slices and nothing else after the shape', () => {
    expect(parseSliceText('4x4x8 twisted')).toEqual({ ok: true, value: { shape: [4, 4, 8], twisted: true } });
    expect(parseSliceText('4x4x8 sideways').ok).toBe(false);
    expect(parseSliceText('0x4').ok).toBe(false);
  });

  it('understands several slices, and reads back what it writes of them', () => {
    const several = { shape: [4, 4, 8], twisted: true, slices: 4 };
    expect(sliceText(several)).toBe('4 slices of 4×4×8 twisted');
    expect(parseSliceText(sliceText(several))).toEqual({ ok: true, value: several });
    expect(parseSliceText('2 slices 4x4x4')).toEqual({ ok: true, value: { shape: [4, 4, 4], slices: 2 } });
    expect(parseSliceText('1 slice of 4x4x4')).toEqual({ ok: true, value: { shape: [4, 4, 4] } });
    for (const wrong of ['slices of 4x4x4', '4 slices of', 'two slices of 4x4', '4 slices of 4x4 sideways']) {
      expect(parseSliceText(wrong).ok).toBe(false);
    }
    const mesh = [
      { name: 'data', size: 4, torusAxes: 'dcn' },
      { name: 'fsdp', size: 64, torusAxes: 'xyz+dcn' },
    ] as const;
    expect(parseMeshText(meshText(mesh))).toEqual({ ok: true, value: mesh });
  });

  it('understands meshes with pinned axes, and an open choice', () => {
    expect(parseMeshText('fsdp 16 on yz, tensor 4 on x')).toEqual({
      ok: true,
      value: [
        { name: 'fsdp', size: 16, torusAxes: 'yz' },
        { name: 'tensor', size: 4, torusAxes: 'x' },
      ],
    });
    expect(parseMeshText('as it fits')).toEqual({ ok: true, value: undefined });
    expect(parseMeshText('pipeline 4').ok).toBe(false);
    expect(parseMeshText('fsdp four').ok).toBe(false);
  });
});
