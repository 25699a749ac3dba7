import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChip } from '../../src/hardware/chip-schema.ts';
import { CHIPS } from '../../src/hardware/presets.ts';
import { leavesOf } from './leaves.ts';

const presets = fc.constantFrom(...CHIPS.map((preset) => preset.chip));

/** A copy of `tree` with the value at `path` replaced; `undefined` takes it away. */
function replaced(tree: unknown, path: string, value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(tree));
  const segments = path.split('.');
  let node = copy as Record<string, unknown>;
  for (const segment of segments.slice(0, -1)) node = node[segment] as Record<string, unknown>;
  const last = segments.at(-1) ?? '';
  if (value === undefined) delete node[last];
  else node[last] = value;
  return copy;
}

function messageOf(value: unknown): string {
  const parsed = parseChip(value, 'chip');
  return parsed.ok ? 'accepted' : parsed.error.message;
}

const v5p = CHIPS.find((preset) => preset.chip.id === 'v5p')?.chip;

describe('parseChip', () => {
  it('refuses junk with one short line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (junk) => {
        const parsed = parseChip(junk, 'chip');
        expect(parsed.ok).toBe(false);
        if (!parsed.ok) expect(parsed.error.message).toMatch(/^chip.{1,400}$/);
      }),
    );
  });

  it('names the field whose number is out of any range', () => {
    const bad = fc.constantFrom(-1, Number.NaN, Number.POSITIVE_INFINITY, 1e308, '12', null, true, {});
    fc.assert(
      fc.property(presets, fc.nat(), bad, (chip, index, value) => {
        const numeric = leavesOf(chip).filter((leaf) => typeof leaf.value === 'number');
        const leaf = numeric[index % numeric.length];
        const path = leaf?.path ?? '';
        // JSON has no NaN and no infinity, so put these in after the copy is made.
        expect(messageOf(replaced(chip, path, value))).toMatch(
          new RegExp(`^chip\\.${path.replaceAll('.', '\\.')}: `),
        );
      }),
    );
  });

  it('names a field that is missing', () => {
    const optional = [
      /formatRates|loadRowsPerCycle|windowBytesPerCore|dcnLatencySeconds|blockOverheadSeconds/,
      /^ici\.topology\.(note|shapes|kind|wrap\.kind)/,
    ];
    fc.assert(
      fc.property(presets, fc.nat(), (chip, index) => {
        const needed = leavesOf(chip).filter((leaf) => !optional.some((field) => field.test(leaf.path)));
        const path = needed[index % needed.length]?.path ?? '';
        expect(messageOf(replaced(chip, path, undefined))).toBe(`chip.${path}: is missing`);
      }),
    );
  });

  it.each(['mxu.rowz', 'extra', 'ici.topology.wrap.extra', 'hbm.constructor', 'toString'])(
    'refuses the unknown field %s',
    (path) => {
      expect(messageOf(replaced(v5p, path, 1))).toBe(`chip.${path}: is not a known field`);
    },
  );

  it('refuses __proto__ as any other unknown field', () => {
    const text = JSON.stringify(v5p).replace('{"id"', '{"__proto__":{"id":"x"},"id"');
    expect(messageOf(JSON.parse(text))).toBe('chip.__proto__: is not a known field');
  });

  it.each([
    ['mxu.rows', 4097, 'chip.mxu.rows: expected <=4096, found 4097'],
    ['mxu.rows', 1.5, 'chip.mxu.rows: expected a whole number, found 1.5'],
    ['mxu.perCore', 1025, 'chip.mxu.perCore: expected <=1024, found 1025'],
    ['clockHz', 0.5, 'chip.clockHz: expected >=1, found 0.5'],
    ['clockHz', 2e11, 'chip.clockHz: expected <=100000000000, found 200000000000'],
    ['name', 'a\nb', 'chip.name: expected text without control characters, found "a b"'],
    ['id', '<b>', 'chip.id: expected up to 40 letters, digits, dots and dashes, found "<b>"'],
    ['status', 'sold', 'chip.status: expected ("shipped" | "announced"), found "sold"'],
  ])('checks %s = %s', (path, value, message) => {
    expect(messageOf(replaced(v5p, path, value))).toBe(message);
  });

  it.each([
    [
      'mxu.formatRates',
      {},
      'chip.mxu.formatRates: expected a rate for at least one of bf16, fp8, int8, int4',
    ],
    ['ici.linkBytesPerSecond', 0, 'chip.ici.linkBytesPerSecond: expected >=1 for links that carry something'],
    ['ici.topology', { kind: 'none' }, 'chip.ici.links: expected 0 without a topology'],
    ['ici.topology.maxShape', [4, 4], /^chip\.ici\.links: expected 4, one for each direction of the 2 axes/],
    ['ici.topology.shapes', [[1, 1, 1], [2]], /^chip\.ici\.topology\.shapes\.1: expected 3 extents/],
    [
      'ici.topology.wrap',
      { kind: 'full-axis', extents: [4] },
      /^chip\.ici\.topology\.wrap\.extents: expected 3/,
    ],
  ])('checks that %s agrees with the rest', (path, value, message) => {
    expect(messageOf(replaced(v5p, path, value))).toMatch(message);
  });

  it('keeps the message short however long the value is', () => {
    expect(messageOf(replaced(v5p, 'status', 'x'.repeat(1e6))).length).toBeLessThan(160);
  });
});
