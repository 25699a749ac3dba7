import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/base/result.ts';
import { parseChip } from '../../src/hardware/chip-schema.ts';
import { CHIPS, findChip } from '../../src/hardware/presets.ts';
import { parseQuantity } from '../../src/hardware/quantity.ts';
import { applySet, applySets, settableFields } from '../../src/hardware/variant.ts';

const v5p = unwrap(findChip('v5p')).chip;
const v4 = unwrap(findChip('v4')).chip;

describe('applySet', () => {
  it.each([
    ['mxu.rows=256', 256],
    ['mxu.formatRates.fp8=2', 2],
    ['vmem.bytesPerCore=128MiB', 128 * 2 ** 20],
    ['hbm.bytesPerSecond=2.8TB/s', 2.8e12],
    ['clockHz=2.1GHz', 2.1e9],
    ['clockHz = 2.1e9', 2.1e9],
    ['kernelOverheadSeconds=1.1us', 1.1e-6],
    ['ici.topology.maxShape.1=20', 20],
    ['ici.topology.twistable=false', false],
    ['name=A larger v5p', 'A larger v5p'],
  ])('%s', (assignment, value) => {
    const path = assignment.slice(0, assignment.indexOf('=')).trim();
    expect(settableFields(unwrap(applySet(v5p, assignment))).get(path)).toBe(value);
  });

  it('leaves the chip it is given and every other field alone', () => {
    const before = JSON.stringify(v5p);
    const changed = unwrap(applySet(v5p, 'mxu.rows=256'));
    expect(JSON.stringify(v5p)).toBe(before);
    expect({ ...changed, mxu: { ...changed.mxu, rows: 128 } }).toEqual(v5p);
  });

  it('takes away what a chip may do without', () => {
    expect(unwrap(applySet(v4, 'cmem=none')).cmem).toBeUndefined();
    expect(unwrap(applySet(v5p, 'mxu.formatRates.fp8=none')).mxu.formatRates.fp8).toBeUndefined();
  });

  it.each([
    ['rows=3', 'set: rows is not a field, did you mean mxu.rows, mxu.rowsPerCycle?'],
    ['mxu.rowz=3', 'set: mxu.rowz is not a field, mxu has perCore, rows, columns, rowsPerCycle, formatRates'],
    ['mxu=3', 'set: mxu is a group, set one of perCore, rows, columns, rowsPerCycle, formatRates'],
    ['mxu.rows.x=2', 'set: mxu.rows.x is not a field, mxu.rows has no fields'],
    [
      'ici.topology.maxShape.3=8',
      'set: ici.topology.maxShape.3 is not a field, ici.topology.maxShape has 0, 1, 2',
    ],
    ['mxu.rows=0', 'set: mxu.rows: expected >=1, found 0'],
    ['mxu.rows=NaN', 'set: mxu.rows: expected a number, found "NaN"'],
    ['clockHz=1e308', 'set: clockHz: expected <=100000000000, found 1e+308'],
    ['clockHz=3s', 'set: clockHz: expected a number of Hz, found "3s"'],
    ['hbm.bytes=16', undefined],
    ['ici.topology.twistable=yes', 'set: ici.topology.twistable: expected true or false, found "yes"'],
    ['cmem.bytes=1GiB', 'set: cmem.readBytesPerSecond: is missing'],
    ['hbm=none', 'set: hbm is a group, set one of bytes, bytesPerSecond, efficiency, latencySeconds, pools'],
    ['mxu.rows', 'set: expected path=value, as in mxu.rows=256, found "mxu.rows"'],
    ['=1', 'set: expected path=value, as in mxu.rows=256, found "=1"'],
  ])('%s', (assignment, message) => {
    const outcome = applySet(v5p, assignment);
    expect(outcome.ok ? undefined : outcome.error.message).toBe(message);
  });

  it.each([
    '__proto__.rows=1',
    'mxu.__proto__.rows=1',
    'constructor.name=x',
    'mxu.constructor=1',
    'mxu.toString=1',
  ])('reaches nothing that is inherited: %s', (assignment) => {
    expect(applySet(v5p, assignment).ok).toBe(false);
    expect(({} as Record<string, unknown>).rows).toBeUndefined();
  });

  it('never makes a chip that the schema would refuse', () => {
    const values = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.integer().map(String),
      fc.constantFrom('none', '1e308', '0', '128MiB', '1.5GHz', 'true', '-0'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...CHIPS), fc.nat(), values, ({ chip }, index, value) => {
        const paths = [...settableFields(chip).keys(), 'cmem', '__proto__', 'mxu.formatRates.int4'];
        const outcome = applySet(chip, `${paths[index % paths.length]}=${value}`);
        if (!outcome.ok) expect(outcome.error.message).toMatch(/^set: /);
        else expect(parseChip(JSON.parse(JSON.stringify(outcome.value)), '').ok).toBe(true);
      }),
    );
  });
});

describe('applySets', () => {
  it('checks the outcome, not the steps to it', () => {
    const cmem = ['cmem.bytes=64MiB', 'cmem.readBytesPerSecond=2TB/s', 'cmem.writeBytesPerSecond=1TB/s'];
    expect(unwrap(applySets(v5p, cmem)).cmem).toEqual({
      bytes: 64 * 2 ** 20,
      readBytesPerSecond: 2e12,
      writeBytesPerSecond: 1e12,
    });
  });

  it('stops at the first that cannot be read', () => {
    expect(applySets(v5p, ['mxu.rows=256', 'foo=1']).ok).toBe(false);
  });
});

describe('parseQuantity', () => {
  it('reads a decimal prefix as exactly the number written out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999 }),
        fc.constantFrom('k', 'M', 'G', 'T'),
        (digits, prefix) => {
          const zeros = { k: 3, M: 6, G: 9, T: 12 }[prefix] ?? 0;
          expect(parseQuantity(`${digits / 1000}${prefix}`, '')).toBe(Number(`${digits / 1000}e${zeros}`));
        },
      ),
    );
  });

  it.each(['', 'x', '1x', '1 2', '0x10', '1e', 'Infinity', '1GHz/s', '--1', '1KiKi'])(
    'refuses "%s"',
    (text) => {
      expect(parseQuantity(text, 'Hz')).toBeUndefined();
    },
  );
});
