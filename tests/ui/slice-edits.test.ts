import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/machine/report.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import type { Scenario } from '../../src/study/scenario.ts';
import {
  baselineName,
  cutCables,
  torusOf,
  withAllCables,
  withCableCut,
  withCableRepaired,
  withOtherTwist,
} from '../../src/ui/slice-edits.ts';

const sliceOf = ({ slice }: Scenario): RunReport['slice'] => ({
  shape: slice.shape,
  wraps: slice.shape.map(() => true),
  twisted: slice.twisted ?? false,
  without: slice.without ?? [],
  chips: 64,
});
const torusFor = (scenario: Scenario) => torusOf(sliceOf(scenario));
const whole = EMBEDDED_SCENARIO;
const torus = torusFor(whole);
const link = torus.link(torus.nodeAt([0, 0, 3]), 2, 0);
const shaped = (shape: number[], chip = 'v5p'): Scenario => ({ ...whole, chip, slice: { shape } });

describe('cables', () => {
  it('are named once, whichever of their two links is cut', () => {
    const up = withCableCut(whole, torus, link);
    expect(up.slice.without).toEqual(['0,0,3+z']);
    expect(withCableCut(whole, torus, torus.reverseLink(link))).toEqual(up);
    expect(withCableCut(up, torusFor(up), link)).toEqual(up);
  });

  it('come back one by one, under either of their names, and leave no trace', () => {
    const other = torus.link(5, 0, 1);
    const two = withCableCut(
      withCableCut(whole, torus, link),
      torusFor(withCableCut(whole, torus, link)),
      other,
    );
    expect(cutCables(torusFor(two))).toHaveLength(2);
    const downwards: Scenario = { ...whole, slice: { ...whole.slice, without: ['0,0,0-z'] } };
    expect(withCableRepaired(downwards, torusFor(downwards), link)).toEqual(whole);
    const one = withCableRepaired(two, torusFor(two), other);
    expect(one.slice.without).toEqual(['0,0,3+z']);
    expect(withCableRepaired(one, torusFor(one), link)).toEqual(whole);
    expect(withAllCables(two)).toEqual(whole);
  });
});

describe('the other twist', () => {
  it('is there for k x k x 2k and k x 2k x 2k and goes back', () => {
    for (const shape of [
      [4, 4, 8],
      [4, 8, 8],
    ]) {
      const twisted = withOtherTwist(shaped(shape));
      expect(twisted?.slice).toEqual({ shape, twisted: true });
      expect(twisted && withOtherTwist(twisted)).toEqual(shaped(shape));
    }
  });

  it('is not there for other shapes and generations', () => {
    expect(withOtherTwist(shaped([4, 4, 4]))).toBeUndefined();
    expect(withOtherTwist(shaped([4, 8], 'v5e'))).toBeUndefined();
    expect(withOtherTwist(shaped([4, 4, 8], 'no such chip'))).toBeUndefined();
  });
});

describe('the name of what a run is compared with', () => {
  const cut = withCableCut(whole, torus, link);
  it('says what differs', () => {
    expect(baselineName(whole, cut)).toBe('every cable in order');
    expect(baselineName(cut, whole)).toBe('1 cable cut');
    const regular = shaped([4, 4, 8]);
    const twisted = withOtherTwist(regular);
    expect(twisted && baselineName(regular, twisted)).toBe('the regular torus');
    expect(twisted && baselineName(twisted, regular)).toBe('the twisted torus');
    expect(baselineName(whole, { ...cut, set: ['ici.linkBytesPerSecond=1e12'] })).toBe('the baseline');
  });

  it('is none where nothing differs or the work does', () => {
    expect(baselineName(cut, structuredClone(cut))).toBeUndefined();
    expect(baselineName({ ...whole, workload: { kind: 'gemm', m: 8, k: 8, n: 8 } }, cut)).toBeUndefined();
  });
});
