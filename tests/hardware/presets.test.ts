import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/base/result.ts';
import { parseChip } from '../../src/hardware/chip-schema.ts';
import { matrixUnitCount, peakFlops } from '../../src/hardware/peak.ts';
import { CHIPS, findChip } from '../../src/hardware/presets.ts';
import { SOURCES } from '../../src/hardware/sources.ts';
import { isNumeric, leavesOf } from './leaves.ts';

const chipCalled = (id: string) => unwrap(findChip(id)).chip;

describe('presets', () => {
  it('are the eleven chips, oldest first', () => {
    const ids = CHIPS.map((preset) => preset.chip.id);
    expect(ids).toEqual(['v1', 'v2', 'v3', 'v4i', 'v4', 'v5e', 'v5p', 'v6e', '7x', '8t', '8i']);
    const announced = CHIPS.filter((preset) => preset.chip.status === 'announced');
    expect(announced.map((preset) => preset.chip.id)).toEqual(['8t', '8i']);
  });

  it.each(CHIPS)('$chip.id passes the schema that files must pass', ({ chip }) => {
    expect(parseChip(JSON.parse(JSON.stringify(chip)), 'chip')).toEqual({ ok: true, value: chip });
  });

  it.each(CHIPS)('$chip.id cites every number it holds, and nothing else', ({ chip, citations }) => {
    const numeric = leavesOf(chip)
      .filter((leaf) => isNumeric(leaf.value))
      .map((leaf) => leaf.path);
    expect(Object.keys(citations).sort()).toEqual(numeric.sort());
  });

  it.each(CHIPS)('$chip.id says why, wherever a value is not simply published', ({ citations }) => {
    for (const [path, citation] of Object.entries(citations)) {
      expect(SOURCES[citation.source], path).toBeDefined();
      if (citation.trust !== 'public') expect(citation.note, path).toMatch(/\S/);
    }
  });

  it('has only sources that some value or alternative names', () => {
    const named = CHIPS.flatMap((preset) => Object.values(preset.citations)).flatMap((citation) => [
      citation.source,
      ...(citation.others ?? []).map((other) => other.source),
    ]);
    expect(Object.keys(SOURCES).filter((key) => !named.some((source) => source === key))).toEqual([]);
  });
});

describe('peak rates', () => {
  // Published bf16 peaks: Google Cloud's pages for v4 to 7x, ISCA papers for v3 and v4i, JAX for the others.
  it.each([
    ['v2', 46e12],
    ['v3', 123e12],
    ['v4i', 138e12],
    ['v4', 275e12],
    ['v5e', 197e12],
    ['v5p', 459e12],
    ['v6e', 918e12],
    ['7x', 2307e12],
    ['8t', 996e12],
    ['8i', 1101e12],
  ])('of %s in bf16 are within 1 % of the published one', (id, published) => {
    expect(Math.abs((peakFlops(chipCalled(id), 'bf16') ?? 0) / published - 1)).toBeLessThan(0.01);
  });

  it.each(['v2', 'v3', 'v4i', 'v4', 'v5e', 'v5p'])('of %s are units x rows x columns x 2 x clock', (id) => {
    const chip = chipCalled(id);
    const macs = matrixUnitCount(chip) * chip.mxu.rows * chip.mxu.columns;
    expect(peakFlops(chip, 'bf16')).toBe(macs * 2 * chip.clockHz);
  });

  it('is 92 int8 TOPS for v1, which has no bf16', () => {
    expect(Math.abs((peakFlops(chipCalled('v1'), 'int8') ?? 0) / 92e12 - 1)).toBeLessThan(0.01);
    expect(peakFlops(chipCalled('v1'), 'bf16')).toBeUndefined();
  });

  it('takes two rows a cycle only where that is said to be inferred', () => {
    for (const { chip, citations } of CHIPS) {
      if (chip.mxu.rowsPerCycle > 1) expect(citations['mxu.rowsPerCycle']?.trust).toBe('inferred');
    }
  });

  // Published rates of other formats, per chip.
  it.each([
    ['v4', 'int8', 275e12],
    ['v5e', 'int8', 393e12],
    ['v5e', 'int4', 788e12],
    ['v5p', 'int8', 918e12],
    ['v6e', 'int8', 1836e12],
    ['7x', 'fp8', 4614e12],
    ['8t', 'fp8', 5.98e15],
    ['8t', 'int4', 11.95e15],
    ['8i', 'fp8', 8.81e15],
  ] as const)('of %s in %s are within 1 %% of the published one', (id, dtype, published) => {
    expect(Math.abs((peakFlops(chipCalled(id), dtype) ?? 0) / published - 1)).toBeLessThan(0.01);
  });
});

describe('findChip', () => {
  it.each(['v5p', 'V5P', ' tpu-v5p', 'TPU v5p', 'tpuv5p', 'tpu_v5p'])('understands "%s"', (id) => {
    expect(chipCalled(id).id).toBe('v5p');
  });

  it('understands tpu7x', () => {
    expect(chipCalled('tpu7x').id).toBe('7x');
  });

  it.each(['', 'v9', 'v5', '__proto__', 'h100', 'v5p x'])('refuses "%s" and lists what there is', (id) => {
    const found = findChip(id);
    expect(found.ok).toBe(false);
    if (!found.ok) expect(found.error.message).toContain('v1, v2, v3, v4i, v4, v5e, v5p, v6e, 7x, 8t, 8i');
  });
});
