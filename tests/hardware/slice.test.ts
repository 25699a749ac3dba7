import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { product } from '../../src/base/integers.ts';
import { unwrap } from '../../src/base/result.ts';
import { CHIPS, findChip } from '../../src/hardware/presets.ts';
import { parseSlice, resolveSlice, type Slice } from '../../src/hardware/slice.ts';

const chipCalled = (id: string) => unwrap(findChip(id)).chip;

function slice(id: string, shape: string, options: { twisted?: boolean; beyond?: boolean } = {}): Slice {
  const request = { ...unwrap(parseSlice(shape)), twisted: options.twisted ?? false };
  return unwrap(resolveSlice(chipCalled(id), request, { allowBeyondPod: options.beyond ?? false }));
}

const wraps = (id: string, shape: string): string =>
  slice(id, shape)
    .wraps.map((wrap) => (wrap ? 'o' : '-'))
    .join('');

describe('parseSlice', () => {
  it.each([
    ['4x4x8', [4, 4, 8]],
    ['16X16', [16, 16]],
    ['4×4', [4, 4]],
    ['1', [1]],
  ])('reads %s', (text, shape) => {
    expect(unwrap(parseSlice(text)).shape).toEqual(shape);
  });

  it.each(['', '0x4', '4x', 'x4', '-4x4', '4.5x4', '1e3', 'NaN', '4x4x4x4', '999999x1', 'axb', '4 4'])(
    'refuses "%s" and shows how a slice is written',
    (text) => {
      expect(() => unwrap(parseSlice(text))).toThrow(/expected one to three extents from 1 up, as in 4x4x8/);
    },
  );

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseSlice(text).ok === 'boolean'));
  });
});

describe('slices of the two-axis pods', () => {
  it.each(['v5e', 'v6e', 'v2'])('%s wraps an axis of 16 and no other', (id) => {
    expect(wraps(id, '4x4')).toBe('--');
    expect(wraps(id, '8x16')).toBe('-o');
    expect(wraps(id, '16x8')).toBe('o-');
    expect(wraps(id, '16x16')).toBe('oo');
  });

  it('v3 wraps an axis of 32 and says that this is inferred', () => {
    expect(wraps('v3', '16x16')).toBe('--');
    expect(wraps('v3', '16x32')).toBe('-o');
    expect(slice('v3', '32x32').notes.join()).toMatch(/inferred/);
    expect(slice('v5e', '16x16').notes).toEqual([]);
  });

  it('v4i has boards of four that do not wrap', () => {
    expect(wraps('v4i', '2x2')).toBe('--');
    expect(slice('v4i', '2x2').notes.join()).toMatch(/inferred/);
    expect(() => slice('v4i', '4x1')).toThrow(/its slices are 1x1 1x2 2x2/);
  });

  it('lists the shapes when asked for another', () => {
    expect(() => slice('v5e', '3x5')).toThrow(
      /its slices are 1x1 2x2 2x4 4x4 4x8 8x8 8x16 16x16; nearest: 2x4/,
    );
    expect(() => slice('v5e', '16x32')).toThrow(/512 chips are more than 256/);
    expect(() => slice('v5e', '4x4x4')).toThrow(/slices of v5e have 2 axes, found 4x4x4; nearest: 4x4/);
  });
});

describe('slices of cubes', () => {
  it.each(['v4', 'v5p', '7x', '8t'])('%s wraps all axes from a cube up, and none below', (id) => {
    expect(wraps(id, '2x2x4')).toBe('---');
    expect(wraps(id, '4x2x4')).toBe('---');
    expect(wraps(id, '4x4x4')).toBe('ooo');
    expect(wraps(id, '12x4x8')).toBe('ooo');
  });

  it('refuses other shapes and names the nearest', () => {
    expect(() => slice('v5p', '3x4x8')).toThrow(
      /extents are multiples of 4, or one of 1x1x1 .*nearest: 4x4x8/,
    );
    expect(() => slice('v5p', '2x4x8')).toThrow(/extents are multiples of 4/);
    expect(() => slice('v5p', '4x4')).toThrow(/slices of v5p have 3 axes, found 4x4; nearest: 2x4x4/);
  });

  it('goes up to the pod, and beyond it only when that is asked for', () => {
    expect(slice('v5p', '16x20x28').chips).toBe(8960);
    expect(slice('8t', '4x4x600').chips).toBe(9600);
    expect(() => slice('v5p', '16x24x24')).toThrow(/9216 chips are more than 8960/);
    const large = slice('v5p', '16x24x24', { beyond: true });
    expect(large.wraps).toEqual([true, true, true]);
    expect(large.notes.join()).toMatch(/more than any pod of v5p has \(8960\)/);
    expect(() => slice('v5p', '20x24x24', { beyond: true })).toThrow(/more than 9216/);
    expect(() => slice('v5e', '16x32', { beyond: true })).toThrow(/more than 256/);
  });

  it.each(['4x4x8', '4x8x8', '8x8x16', '8x16x16', '12x12x24'])('twists %s', (shape) => {
    expect(slice('v4', shape, { twisted: true }).twisted).toBe(true);
  });

  it.each(['4x4x4', '8x4x4', '4x8x4', '4x4x12', '4x8x16', '2x2x4', '2x4x4'])('does not twist %s', (shape) => {
    expect(() => slice('v4', shape, { twisted: true })).toThrow(/short axes first, as in 4x4x8 or 4x8x8/);
  });

  it('twists no generation without optical switches', () => {
    expect(() => slice('v5e', '8x16', { twisted: true })).toThrow(/no twisted slices/);
  });
});

describe('single chips', () => {
  it.each(CHIPS)('$chip.id has one, however it is written', ({ chip }) => {
    for (const shape of [[1], [1, 1], [1, 1, 1]]) {
      const one = unwrap(resolveSlice(chip, { shape }));
      expect([one.chips, product(one.shape), one.wraps.includes(true)]).toEqual([1, 1, false]);
    }
  });

  it('are all that v1 and 8i offer, for the reason given', () => {
    expect(() => slice('v1', '2x1')).toThrow(/v1 has no interconnect/);
    expect(() => slice('8i', '2x2')).toThrow(/boardfly network, which is not modelled as a torus/);
  });

  it('cannot be twisted', () => {
    expect(() => slice('v4', '1x1x1', { twisted: true })).toThrow(/single chip/);
  });
});

describe('resolveSlice', () => {
  it('refuses or accepts, and what it accepts is within the pod', () => {
    const extents = fc.oneof(
      fc.integer({ min: -1, max: 40 }),
      fc.double(),
      fc.constantFrom(1e308, Number.NaN),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...CHIPS.map((preset) => preset.chip)),
        fc.array(extents, { maxLength: 4 }),
        fc.boolean(),
        (chip, shape, twisted) => {
          const resolved = resolveSlice(chip, { shape, twisted });
          if (!resolved.ok) {
            expect(resolved.error.message).toMatch(/^slice: ./);
            return;
          }
          const { topology } = chip.ici;
          const limit = topology.kind === 'none' ? 1 : topology.maxChips;
          expect(resolved.value.chips).toBeLessThanOrEqual(limit);
          expect(resolved.value.wraps).toHaveLength(resolved.value.shape.length);
        },
      ),
    );
  });

  it('gives every order of axes the same chips and the same wraparound', () => {
    const multiples = fc.integer({ min: 1, max: 4 }).map((cubes) => cubes * 4);
    fc.assert(
      fc.property(multiples, multiples, multiples, (x, y, z) => {
        const chip = chipCalled('v4');
        expect(unwrap(resolveSlice(chip, { shape: [x, y, z] })).chips).toBe(
          unwrap(resolveSlice(chip, { shape: [z, x, y] })).chips,
        );
      }),
    );
  });
});
