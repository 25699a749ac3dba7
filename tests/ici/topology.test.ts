import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/result.ts';
import { distancesFrom } from '../../src/ici/distances.ts';
import { minimalSteps, routeOf, routesAround } from '../../src/ici/routing.ts';
import { Torus } from '../../src/ici/topology.ts';
import { tori } from './arbitrary-torus.ts';

const ring = (extent: number): Torus => new Torus({ shape: [extent], wraps: [true] });

describe('Torus', () => {
  it('numbers chips with x fastest and names links by their source', () => {
    const torus = new Torus({ shape: [4, 4, 8], wraps: [true, true, true] });
    expect(torus.nodeAt([1, 2, 3])).toBe(1 + 4 * (2 + 4 * 3));
    expect(torus.coordinates(57)).toEqual([1, 2, 3]);
    const link = torus.link(57, 2, 1);
    expect(torus.linkName(link)).toBe('(1,2,3) -z');
    expect([torus.linkSource(link), torus.linkAxis(link), torus.linkDirection(link)]).toEqual([57, 2, 1]);
    expect(torus.targets[link]).toBe(torus.nodeAt([1, 2, 2]));
  });

  it('shifts wrap links of a twisted torus by k along every 2k axis', () => {
    const wraps = [true, true, true];
    const one = new Torus({ shape: [4, 4, 8], wraps, twisted: true });
    expect(one.targets[one.link(one.nodeAt([3, 1, 2]), 0, 0)]).toBe(one.nodeAt([0, 1, 6]));
    expect(one.targets[one.link(one.nodeAt([2, 0, 7]), 1, 1)]).toBe(one.nodeAt([2, 3, 3]));
    expect(one.targets[one.link(one.nodeAt([2, 0, 7]), 2, 0)]).toBe(one.nodeAt([2, 0, 0]));
    const two = new Torus({ shape: [4, 8, 8], wraps, twisted: true });
    expect(two.targets[two.link(two.nodeAt([0, 1, 2]), 0, 1)]).toBe(two.nodeAt([3, 5, 6]));
    expect(two.targets[two.link(two.nodeAt([1, 7, 2]), 1, 0)]).toBe(two.nodeAt([1, 0, 2]));
  });

  it('joins two chips by one link in a mesh and by two in a torus, and one chip by none', () => {
    expect(new Torus({ shape: [2], wraps: [false] }).linkCount).toBe(2);
    expect(ring(2).linkCount).toBe(4);
    expect(ring(1).linkCount).toBe(0);
    expect([...ring(1).targets]).toEqual([-1, -1]);
  });

  it('has a way back for each link, and as many links as it counts', () => {
    fc.assert(
      fc.property(tori, (torus) => {
        let count = 0;
        const faults: number[] = [];
        torus.targets.forEach((target, link) => {
          if (target < 0) return;
          count += 1;
          const back = torus.reverseLink(link);
          const returns = torus.linkSource(back) === target && torus.targets[back] === torus.linkSource(link);
          if (!returns || torus.reverseLink(back) !== link) faults.push(link);
        });
        expect(faults).toEqual([]);
        expect(torus.linkCount).toBe(count);
      }),
    );
  });

  it('refuses shapes and twists that no torus has', () => {
    for (const shape of [[], [0], [4, Number.NaN], [1e308], [2, 2, 2, 2], [129, 128], [2.5]]) {
      expect(() => new Torus({ shape, wraps: shape.map(() => true) })).toThrow(InputError);
    }
    for (const shape of [[4], [4, 4], [4, 12], [4, 4, 16], [1, 2]]) {
      expect(() => new Torus({ shape, wraps: shape.map(() => true), twisted: true })).toThrow(InputError);
    }
    expect(() => new Torus({ shape: [4, 8], wraps: [true, false], twisted: true })).toThrow(
      /every axis wrapped/,
    );
    expect(() => ring(4).withoutCables([8])).toThrow(InputError);
    expect(() => ring(4).withoutChips([-1])).toThrow(InputError);
  });

  it('loses both directions of a cable, and all links of a chip', () => {
    const torus = new Torus({ shape: [4, 4], wraps: [true, true] });
    const cut = torus.withoutCables([torus.link(0, 0, 0)]);
    expect(cut.linkCount).toBe(torus.linkCount - 2);
    expect(cut.targets[torus.link(1, 0, 1)]).toBe(-1);
    expect(torus.withoutChips([5]).linkCount).toBe(torus.linkCount - 8);
  });
});

describe('routes', () => {
  it('are as short as a search finds, over links that are there', () => {
    fc.assert(
      fc.property(tori, fc.nat(), fc.nat(), (torus, a, b) => {
        const [source, target] = [a % torus.nodes, b % torus.nodes];
        const route = routeOf(torus, source, target);
        let node = source;
        for (const link of route) {
          expect(torus.linkSource(link)).toBe(node);
          node = torus.targets[link];
        }
        expect(node).toBe(target);
        expect(route.length).toBe(distancesFrom(torus, source).hops[target]);
      }),
      { numRuns: 300 },
    );
  });

  it('go both ways round half a ring, by the parity of the source', () => {
    expect([0, 1, 2, 3].map((node) => minimalSteps(ring(4), node, (node + 2) % 4)[0])).toEqual([
      2, -2, 2, -2,
    ]);
  });

  it('go around what is missing, and say so when there is no way', () => {
    const torus = ring(6);
    const cut = torus.withoutCables([torus.link(0, 0, 0)]);
    expect(routeOf(cut, 0, 1).length).toBe(5);
    const apart = cut.withoutCables([torus.link(3, 0, 0)]);
    expect(() => routeOf(apart, 0, 1)).toThrow(/no way/);
  });

  it('divide what a missing link carried over all shortest detours, none of them on the same link', () => {
    const torus = new Torus({ shape: [8, 8, 8], wraps: [true, true, true] });
    const cut = torus.withoutCables([torus.link(0, 0, 0)]);
    const around = routesAround(cut, 0, 1);
    expect(around.map((route) => route.length)).toEqual([3, 3, 3, 3]);
    expect(new Set(around.flat()).size).toBe(12);
    // The other order of axes avoids it without a detour.
    const target = torus.nodeAt([1, 1, 0]);
    expect(routesAround(cut, 0, target)).toEqual([[torus.link(0, 1, 0), torus.link(8, 0, 0)]]);
    expect(routesAround(torus, 0, 1)).toEqual([[torus.link(0, 0, 0)]]);
    const alone = ring(6)
      .withoutCables([0])
      .withoutCables([ring(6).link(3, 0, 0)]);
    expect(() => routesAround(alone, 0, 1)).toThrow(/no way/);
  });
});
