import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/result.ts';
import { planCollective } from '../../src/ici/collective.ts';
import { COLLECTIVE_KINDS } from '../../src/ici/request.ts';
import { Torus } from '../../src/ici/topology.ts';
import { rates, v5pRates } from './arbitrary-torus.ts';

const cube = new Torus({ shape: [8, 8, 8], wraps: [true, true, true] });
const axes = [0, 1, 2];

describe('collectives where something is missing', () => {
  it.each(COLLECTIVE_KINDS)('%s completes on 8x8x8 without one link, slower and with a reason', (kind) => {
    const cut = cube.withoutCables([cube.link(cube.nodeAt([2, 5, 1]), 0, 0)]);
    const request = { kind, axes, bytes: 2 ** 30 };
    const whole = planCollective(cube, request, v5pRates, 'closed-form');
    const report = planCollective(cut, request, v5pRates, 'closed-form');
    expect(report.seconds).toBeGreaterThanOrEqual(whole.seconds * (kind === 'broadcast' ? 0.5 : 1));
    expect(report.seconds).toBeLessThan(8 * whole.seconds);
    expect(report.reason).not.toBe('');
    const bytes = report.linkBytes();
    for (const link of cut.missingLinks) expect(bytes[link]).toBe(0);
  });

  it('all-reduces over what is left: one axis of three at half its rate', () => {
    const cut = cube.withoutCables([cube.link(0, 1, 0)]);
    const request = { kind: 'all-reduce', axes, bytes: 4e9 } as const;
    const whole = planCollective(cube, request, v5pRates, 'closed-form').seconds;
    const report = planCollective(cut, request, v5pRates, 'closed-form');
    // Five sixths of the rate are left when the axis counts once.
    expect(report.seconds / whole).toBeGreaterThan(1.19);
    expect(report.seconds / whole).toBeLessThan(1.35);
    expect(report.reason).toContain('missing along y');
  });

  it('lets a neighbour play the part of a missing chip: links beside it carry about twice', () => {
    const cut = cube.withoutChips([cube.nodeAt([1, 2, 3])]);
    const request = { kind: 'all-reduce', axes, bytes: 4e9 } as const;
    const whole = planCollective(cube, request, v5pRates, 'closed-form').seconds;
    const report = planCollective(cut, request, v5pRates, 'closed-form');
    expect(report.seconds / whole).toBeLessThan(2.3);
    expect(report.reason).toMatch(/play the part of missing chips: that crowds \(\d,\d,\d\) [+-][xyz]/);
    // All neighbours missing as well: one ring through what is left.
    const hole = cube.withoutChips([cube.nodeAt([1, 2, 3]), ...neighbours(cube, cube.nodeAt([1, 2, 3]))]);
    expect(planCollective(hole, request, v5pRates, 'closed-form').algorithm).toMatch(/^one two-way ring/);
  });

  it.each([
    ['all-to-all', 1.2501],
    // Messages that go both ways round have a part of their own that passes the missing link.
    ['collective-permute', 1.27],
  ] as const)('%s loses a quarter, not half: four detours have a part each', (kind, most) => {
    const cut = cube.withoutCables([cube.link(0, 0, 0)]);
    const seconds = (torus: Torus): number =>
      planCollective(torus, { kind, axes, bytes: 1e9 }, v5pRates, 'closed-form').seconds;
    expect(seconds(cut) / seconds(cube)).toBeGreaterThan(1.2);
    expect(seconds(cut) / seconds(cube)).toBeLessThan(most);
  });

  it('uses no missing link and is not below its bound, whatever is missing', () => {
    const cases = fc.record({
      shape: fc.constantFrom([4], [4, 4], [3, 5], [2, 3, 4], [4, 4, 4], [4, 8]),
      wraps: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      some: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      model: fc.constantFrom('closed-form', 'flow'),
      links: fc.array(fc.nat(), { maxLength: 3 }),
      chips: fc.array(fc.nat(), { maxLength: 2 }),
      kind: fc.constantFrom(...COLLECTIVE_KINDS),
      bytes: fc.integer({ min: 1, max: 2 ** 40 }),
      rates,
    });
    let planned = 0;
    fc.assert(
      fc.property(cases, ({ shape, wraps, some, links, chips, kind, bytes, model, rates: given }) => {
        const twisted = shape[1] === 8;
        const full = new Torus({ shape, wraps: shape.map((_, axis) => twisted || wraps[axis]), twisted });
        const cables = links.map((link) => link % full.linkSlots).filter((link) => full.targets[link] >= 0);
        const torus = full.withoutCables(cables).withoutChips(chips.map((chip) => chip % full.nodes));
        const all = [...shape.keys()];
        const along = all.filter((axis) => some[axis]);
        const request = { kind, axes: along.length === 0 ? all : along, bytes };
        try {
          const report = planCollective(torus, request, given, model);
          planned += 1;
          expect(report.seconds).toBeGreaterThanOrEqual(report.lowerBoundSeconds * (1 - 1e-9));
          expect(report.maxUtilization).toBeLessThanOrEqual(1 + 1e-9);
          report.linkBytes().forEach((each, link) => {
            if (torus.targets[link] < 0) expect(each).toBe(0);
          });
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 300 },
    );
    expect(planned).toBeGreaterThan(150);
  });

  it('bounds a broadcast by the way from the chip that sends, not from another end of its row', () => {
    const torus = new Torus({ shape: [4, 4], wraps: [true, true] });
    const cut = torus.withoutCables([torus.link(torus.nodeAt([2, 1]), 0, 0)]);
    const request = { kind: 'broadcast', axes: [0], bytes: 1 } as const;
    for (const model of ['closed-form', 'flow'] as const) {
      // From (0,1) two hops reach all of its row; from (3,1) it would be three to (2,1).
      expect(planCollective(cut, request, v5pRates, model).lowerBoundSeconds).toBeCloseTo(2e-6, 12);
    }
  });

  it('says so when chips are cut off', () => {
    const ring = new Torus({ shape: [4], wraps: [true] });
    const apart = ring.withoutCables([ring.link(0, 0, 0), ring.link(2, 0, 0)]);
    for (const kind of COLLECTIVE_KINDS) {
      expect(() => planCollective(apart, { kind, axes: [0], bytes: 1 }, v5pRates, 'closed-form')).toThrow(
        InputError,
      );
    }
  });
});

function neighbours(torus: Torus, node: number): number[] {
  return torus.shape.flatMap((_, axis) =>
    ([0, 1] as const).map((direction) => torus.targets[torus.link(node, axis, direction)]),
  );
}
