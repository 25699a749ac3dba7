import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { InputError } from '../../src/base/result.ts';
import { planCollective } from '../../src/ici/collective.ts';
import { axesOfGroups } from '../../src/ici/group.ts';
import { COLLECTIVE_KINDS } from '../../src/ici/request.ts';
import { Torus } from '../../src/ici/topology.ts';
import { rates, tori, v5pRates } from './arbitrary-torus.ts';

const KINDS = COLLECTIVE_KINDS.filter((kind) => kind !== 'collective-permute');

const cube = new Torus({ shape: [4, 4, 4], wraps: [true, true, true] });

/** Chips that share their coordinates along all axes but these. */
function groupsAlong(torus: Torus, axes: readonly number[]): number[][] {
  const groups = new Map<string, number[]>();
  for (let node = 0; node < torus.nodes; node++) {
    const key = torus
      .coordinates(node)
      .filter((_, axis) => !axes.includes(axis))
      .join();
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups.values()];
}

describe('replica groups', () => {
  it('that axes span are planned along them, in whatever order their chips are named', () => {
    for (const axes of [[0], [1, 2], [0, 1, 2]]) {
      const groups = groupsAlong(cube, axes).map((group) => [...group].reverse());
      expect(axesOfGroups(cube, groups)).toEqual(axes);
      const request = { kind: 'all-reduce', bytes: 2 ** 30 } as const;
      const along = planCollective(cube, { ...request, axes }, v5pRates, 'flow');
      const grouped = planCollective(cube, { ...request, axes: [], groups }, v5pRates, 'flow');
      expect(grouped.seconds).toBe(along.seconds);
      expect(grouped.algorithm).toBe(along.algorithm);
    }
  });

  it('of other chips are routed: eight chips of two rows have a ring of their own', () => {
    const rows = Array.from({ length: 8 }, (_, pair) => {
      const first = [0, 1, 2, 3].map((x) => x + 8 * pair);
      return [...first, ...[3, 2, 1, 0].map((x) => x + 8 * pair + 4)];
    });
    expect(axesOfGroups(cube, rows)).toBeUndefined();
    const request = { kind: 'all-gather', axes: [], groups: rows, bytes: 8e9 } as const;
    const report = planCollective(cube, request, v5pRates, 'closed-form');
    // All neighbours of the ring are joined by a link, which passes on half of what the others have.
    expect(report.seconds).toBeCloseTo(3.5e9 / 9e10, 9);
    expect(report.seconds).toBeGreaterThan(report.lowerBoundSeconds);
  });

  it('are not below their bound and load no link beyond its rate', () => {
    const cases = tori.chain((torus) =>
      fc.record({
        torus: fc.constant(torus),
        size: fc.integer({ min: 1, max: torus.nodes }),
        seed: fc.integer(),
        kind: fc.constantFrom(...KINDS),
        bytes: fc.integer({ min: 0, max: 2 ** 40 }),
        rates,
      }),
    );
    fc.assert(
      fc.property(cases, ({ torus, size, seed, kind, bytes, rates: given }) => {
        const random = createRandom(seed);
        const nodes = Array.from({ length: torus.nodes }, (_, node) => node);
        for (let index = nodes.length - 1; index > 0; index--) {
          const other = random.nextBelow(index + 1);
          [nodes[index], nodes[other]] = [nodes[other], nodes[index]];
        }
        const groups = Array.from({ length: Math.floor(torus.nodes / size) }, (_, group) =>
          nodes.slice(group * size, (group + 1) * size),
        );
        const report = planCollective(torus, { kind, axes: [], groups, bytes }, given, 'closed-form');
        expect(report.seconds).toBeGreaterThanOrEqual(report.lowerBoundSeconds * (1 - 1e-9));
        expect(report.maxUtilization).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('refuse chips that are not there, twice there, or in groups of several sizes', () => {
    const attempt = (groups: number[][]) => () =>
      planCollective(cube, { kind: 'all-gather', axes: [], groups, bytes: 1 }, v5pRates, 'closed-form');
    for (const groups of [
      [[64]],
      [[-1, 0]],
      [
        [0, 1],
        [1, 2],
      ],
      [[0, 1], [2]],
      [[0.5]],
    ]) {
      expect(attempt(groups)).toThrow(InputError);
    }
    expect(attempt([[0, 1]])).not.toThrow();
    expect(attempt([])).not.toThrow();
  });
});
