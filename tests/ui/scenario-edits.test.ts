import { describe, expect, it } from 'vitest';
import { product } from '../../src/base/integers.ts';
import { CHIPS } from '../../src/hardware/presets.ts';
import { resolveSlice } from '../../src/hardware/slice.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import {
  fitMesh,
  meshesFor,
  nearestShape,
  offeredShapes,
  withChip,
  withSlice,
  withSlices,
} from '../../src/ui/scenario-edits.ts';
import { parseMeshText } from '../../src/ui/scenario-text.ts';

describe('edits of a scenario', () => {
  it.each(CHIPS.map(({ chip }) => chip))('$id offers only slices that it has', (chip) => {
    const shapes = offeredShapes(chip);
    expect(shapes.length).toBeGreaterThan(0);
    for (const shape of shapes) expect(resolveSlice(chip, { shape }).ok).toBe(true);
  });

  it('moves to a chip with other axes, and the slice and the sharding follow', () => {
    const { scenario, remark } = withChip(EMBEDDED_SCENARIO, 'v5e');
    expect(scenario.chip).toBe('v5e');
    expect(scenario.slice.shape).toEqual([8, 8]);
    expect(remark).toContain('8×8');
    expect(() => createEvaluator().evaluate(scenario)).not.toThrow();
  });

  it('keeps a slice that the other chip has too', () => {
    const { scenario, remark } = withChip(EMBEDDED_SCENARIO, 'v4');
    expect(scenario.slice).toEqual(EMBEDDED_SCENARIO.slice);
    expect(remark).toBeUndefined();
  });

  it('leaves an unknown chip for the engine to refuse', () => {
    const { scenario } = withChip(EMBEDDED_SCENARIO, 'v99');
    expect(() => createEvaluator().evaluate(scenario)).toThrow(/v99/);
  });

  it('joins slices, and the sharding follows', () => {
    const four = withSlices(EMBEDDED_SCENARIO, 4);
    expect(four.slice).toEqual({ shape: [4, 4, 4], slices: 4 });
    expect(withSlices(four, 1)).toEqual(EMBEDDED_SCENARIO);
    const meshes = meshesFor(four);
    expect(meshes).toContain('data 4 · fsdp 16 · tensor 4');
    expect(meshes).toContain('fsdp 64 · tensor 4');
    const { workload } = four;
    if (workload.kind !== 'decoder-training') throw new Error('a training step');
    for (const text of meshes) {
      const mesh = parseMeshText(text);
      if (!mesh.ok) throw mesh.error;
      const scenario = { ...four, workload: { ...workload, mesh: mesh.value } };
      expect(() => createEvaluator().evaluate(scenario)).not.toThrow();
      expect(() => createEvaluator().evaluate(withSlices(scenario, 2))).not.toThrow();
    }
    const cut = withSlices({ ...four, slice: { ...four.slice, without: ['0,0,0+x'] } }, 2);
    expect(cut.slice).toEqual({ shape: [4, 4, 4], slices: 2, without: ['0,0,0+x'] });
    expect(withChip(four, 'v5e').scenario.slice).toEqual({ shape: [8, 8], slices: 4 });
  });

  it('fits the mesh to more chips by growing what is not tensor parallel', () => {
    const mesh = [
      { name: 'fsdp', size: 16 },
      { name: 'tensor', size: 4 },
    ] as const;
    expect(fitMesh([...mesh], 512)?.map((axis) => axis.size)).toEqual([128, 4]);
    expect(fitMesh([...mesh], 2)).toBeUndefined();
    expect(fitMesh([{ name: 'tensor', size: 4 }], 8)).toBeUndefined();
  });

  it('runs after the slice is changed', () => {
    const scenario = withSlice(EMBEDDED_SCENARIO, { shape: [8, 8, 8] });
    expect(createEvaluator().evaluate(scenario).slice.chips).toBe(512);
  });

  it.each([
    [4, 4, 4],
    [2, 2, 1],
    [4, 8, 8],
  ])('suggests only meshes that run on %i x %i x %i', (...shape) => {
    const scenario = withSlice(EMBEDDED_SCENARIO, { shape });
    const { workload } = scenario;
    if (workload.kind !== 'decoder-training') throw new Error('the embedded workload trains');
    const meshes = meshesFor(scenario);
    expect(meshes.length).toBeGreaterThan(0);
    for (const text of meshes) {
      const mesh = parseMeshText(text);
      if (!mesh.ok) throw mesh.error;
      const run = () =>
        createEvaluator().evaluate({ ...scenario, workload: { ...workload, mesh: mesh.value } });
      expect(run, text).not.toThrow();
    }
  });

  it('finds the nearest number of chips, the squarest of those', () => {
    const v5p = CHIPS.find(({ chip }) => chip.id === 'v5p')?.chip;
    if (v5p === undefined) throw new Error('v5p is a preset');
    expect(nearestShape(v5p, 64)).toEqual([4, 4, 4]);
    expect(product(nearestShape(v5p, 130))).toBe(128);
  });
});
