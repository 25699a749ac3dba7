import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCollective } from '../../src/ici/collective.ts';
import { distancesFrom } from '../../src/ici/distances.ts';
import { leastCongestion } from '../../src/ici/least-congestion.ts';
import { minimise } from '../../src/ici/linear-program.ts';
import { classLoads, PairOrbits, type Pairs } from '../../src/ici/pair-orbits.ts';
import { permute } from '../../src/ici/permute.ts';
import { boundOfPairs } from '../../src/ici/permute-bound.ts';
import { routeOf } from '../../src/ici/routing.ts';
import { Torus } from '../../src/ici/topology.ts';
import { rates, regularTori, tori, twistedTori, v5pRates } from './arbitrary-torus.ts';

const wrapped = (...shape: number[]): Torus => new Torus({ shape, wraps: shape.map(() => true) });
const twisted = (...shape: number[]): Torus =>
  new Torus({ shape, wraps: shape.map(() => true), twisted: true });
const mesh = (...shape: number[]): Torus => new Torus({ shape, wraps: shape.map(() => false) });

/** Each chip to the next of the whole torus, x first: what a permute without pairs does. */
const shift = (torus: Torus): Pairs =>
  permute(torus, { kind: 'collective-permute', axes: [...torus.shape.keys()], bytes: 1 }, v5pRates).pairs;

/**
 * The least load of the busiest link when pairs of one byte each may go in parts over any ways: flows on links,
 * one set for each source, kept apart from the paths and classes of the engine.
 */
function optimum(torus: Torus, pairs: Pairs): number {
  const links = [...torus.targets.keys()].filter((link) => torus.targets[link] >= 0);
  const sources = [...new Set(pairs.map(([source]) => source))];
  const flows = sources.length * links.length;
  // Columns: flow of each source on each link, L, one slack a link, right-hand side.
  const width = flows + 1 + links.length + 1;
  const rows: number[][] = [];
  const basis: number[] = [];
  const start = new Float64Array(flows);
  sources.forEach((source, index) => {
    const first = index * links.length;
    const wanted = new Float64Array(torus.nodes);
    for (const [from, to] of pairs) if (from === source && to !== source) wanted[to] += 1;
    const { reached } = distancesFrom(torus, source);
    const inLink = new Int32Array(torus.nodes).fill(-1);
    const carried = wanted.slice();
    for (const node of [...reached].slice(1)) {
      inLink[node] = links.findIndex(
        (link) =>
          torus.targets[link] === node &&
          reached.indexOf(torus.linkSource(link)) < reached.indexOf(node) &&
          reached.includes(torus.linkSource(link)),
      );
    }
    for (const node of [...reached].slice(1).reverse()) {
      start[first + inLink[node]] = carried[node];
      carried[torus.linkSource(links[inLink[node]])] += carried[node];
    }
    for (const node of [...reached].slice(1)) {
      const row = new Array<number>(width).fill(0);
      links.forEach((link, place) => {
        if (torus.targets[link] === node) row[first + place] += 1;
        if (torus.linkSource(link) === node) row[first + place] -= 1;
      });
      row[width - 1] = wanted[node];
      rows.push(row);
      basis.push(first + inLink[node]);
    }
  });
  const loads = links.map((_, place) =>
    sources.reduce((sum, _source, index) => sum + start[index * links.length + place], 0),
  );
  const busiest = loads.indexOf(Math.max(...loads));
  links.forEach((_, place) => {
    const row = new Array<number>(width).fill(0);
    sources.forEach((_source, index) => {
      row[index * links.length + place] = 1;
    });
    row[flows] = -1;
    row[flows + 1 + place] = 1;
    rows.push(row);
    basis.push(place === busiest ? flows : flows + 1 + place);
  });
  const cost = new Array<number>(width - 1).fill(0);
  cost[flows] = 1;
  return minimise(rows, cost, basis)[flows];
}

/** Small enough for the flows above; a few links may be missing where all chips still reach each other. */
const tiny: fc.Arbitrary<Torus> = fc
  .tuple(
    fc.oneof(
      regularTori(4),
      twistedTori.filter((torus) => torus.nodes === 8),
    ),
    fc.array(fc.nat(), { maxLength: 2 }),
  )
  .filter(([torus]) => torus.nodes > 1 && torus.nodes <= 9)
  .map(([torus, cuts]) => {
    const there = [...torus.targets.keys()].filter((link) => torus.targets[link] >= 0);
    return torus.withoutCables(cuts.map((cut) => there[cut % there.length]));
  })
  .filter((torus) => distancesFrom(torus, 0).reached.length === torus.nodes);

const pairsOf = (torus: Torus, most: number): fc.Arbitrary<[number, number][]> =>
  fc.array(fc.tuple(fc.nat(torus.nodes - 1), fc.nat(torus.nodes - 1)), { minLength: 1, maxLength: most });

const cheapBound = (torus: Torus, pairs: Pairs): number => {
  const hops = pairs.map(([source, target]) => distancesFrom(torus, source).hops[target]);
  const total = hops.reduce((sum, each) => sum + each, 0);
  return boundOfPairs(torus, pairs, total, Math.max(...hops)).bytesPerByte;
};

const seeds = (orbits: PairOrbits) =>
  orbits.representatives.map(({ source, target }) => [
    { links: routeOf(orbits.torus, source, target), share: 1 },
  ]);

describe('the bound of a permute', () => {
  it('is not above the least load that any routing has, and the spread not far above', () => {
    const cases = tiny.chain((torus) => fc.tuple(fc.constant(torus), pairsOf(torus, 5)));
    fc.assert(
      fc.property(cases, ([torus, all]) => {
        const pairs = all.filter(([source, target]) => source !== target);
        fc.pre(pairs.length > 0);
        const best = optimum(torus, pairs);
        const cheap = cheapBound(torus, pairs);
        expect(cheap).toBeLessThanOrEqual(best + 1e-9);
        const orbits = new PairOrbits(torus, pairs);
        const { bound, spread } = leastCongestion(orbits, seeds(orbits), cheap, 1e8);
        expect(bound).toBeLessThanOrEqual(best + 1e-9);
        const largest = Math.max(0, ...classLoads(orbits, spread));
        expect(largest).toBeGreaterThanOrEqual(best - 1e-9);
        expect(largest).toBeLessThanOrEqual(best * 1.002 + 1e-9);
        expect(bound).toBeGreaterThanOrEqual(best * 0.998 - 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a ring of 5', wrapped(5), 4 / 5],
    ['3x3', wrapped(3, 3), 2 / 3],
    ['2x4 twisted', twisted(2, 4), 1 / 2],
    ['2x4 of a mesh', mesh(2, 4), 1],
  ])('of a shift on %s is what flows on single links give', (_, torus, expected) => {
    const pairs = shift(torus);
    const best = optimum(torus, pairs);
    expect(best).toBeCloseTo(expected, 9);
    const request = { kind: 'collective-permute', axes: [...torus.shape.keys()], bytes: 9e12 } as const;
    const { seconds, lowerBoundSeconds } = planCollective(torus, request, v5pRates, 'closed-form');
    expect(lowerBoundSeconds / (100 * best)).toBeCloseTo(1, 2);
    expect(seconds / (100 * best)).toBeCloseTo(1, 2);
  });
});

describe('a permute of much', () => {
  it.each([
    [wrapped(8), 1.001],
    [wrapped(7), 1.001],
    [wrapped(4, 4), 1.001],
    [wrapped(4, 8), 1.002],
    [wrapped(8, 8, 8), 1.002],
    [wrapped(16, 24, 24), 1.01],
    [mesh(8, 8), 1.002],
    [twisted(4, 8), 1.002],
    [twisted(8, 16), 1.002],
    [twisted(4, 4, 8), 1.002],
    [twisted(4, 8, 8), 1.01],
  ] as const)('shifts near the bound: case %#', (torus, most) => {
    const request = { kind: 'collective-permute', axes: [...torus.shape.keys()], bytes: 4e9 } as const;
    for (const model of ['closed-form', 'flow'] as const) {
      const { seconds, lowerBoundSeconds } = planCollective(torus, request, v5pRates, model);
      expect(seconds / lowerBoundSeconds).toBeLessThan(most);
    }
  });

  it('from one chip to another takes all links of the chip with fewest', () => {
    fc.assert(
      fc.property(
        tori.chain((torus) => fc.tuple(fc.constant(torus), pairsOf(torus, 1))),
        ([torus, pairs]) => {
          fc.pre(pairs[0][0] !== pairs[0][1]);
          const request = { kind: 'collective-permute', axes: [0], bytes: 4e10, pairs } as const;
          const { seconds, lowerBoundSeconds } = planCollective(torus, request, v5pRates, 'closed-form');
          expect(seconds / lowerBoundSeconds).toBeLessThan(1.01);
        },
      ),
    );
  });

  it('takes fewer and shorter ways the less there is to send', () => {
    const ways = [1e3, 1e6, 3e6, 1e9].map((bytes) => {
      const request = { kind: 'collective-permute', axes: [0], bytes, pairs: [[0, 1]] } as const;
      const { steps, algorithm } = planCollective(wrapped(8, 8), request, v5pRates, 'closed-form');
      return [steps, algorithm];
    });
    expect(ways).toEqual([
      [1, 'direct, minimal routes in dimension order'],
      [3, 'in 3 parts over ways that share no link'],
      [3, 'in 3 parts over ways that share no link'],
      [7, 'in 4 parts over ways that share no link'],
    ]);
  });

  it('leads every byte from its source to its target over links that are there', () => {
    const few = fc.oneof(
      tori.filter((torus) => torus.nodes <= 64),
      tiny,
    );
    const cases = few.chain((torus) =>
      fc.record({
        torus: fc.constant(torus),
        pairs: fc.option(pairsOf(torus, 8), { nil: undefined }),
        bytes: fc.integer({ min: 1, max: 40 }).map((exponent) => 2 ** exponent),
        rates,
      }),
    );
    fc.assert(
      fc.property(cases, ({ torus, pairs, bytes, rates: given }) => {
        const axes = [...torus.shape.keys()];
        const request = { kind: 'collective-permute', axes, bytes } as const;
        const { fastest, bound, ...plan } = permute(
          torus,
          { ...request, ...(pairs === undefined ? {} : { pairs }) },
          given,
        );
        const { paths, candidate } = fastest;
        const open = new Map<string, number>();
        for (const [source, target] of plan.pairs) {
          if (source !== target) open.set(`${source}:${target}`, (open.get(`${source}:${target}`) ?? 0) + 1);
        }
        const perLink = new Float64Array(torus.linkSlots);
        for (const { links, share } of paths) {
          links.forEach((link, place) => {
            expect(torus.targets[link]).toBeGreaterThanOrEqual(0);
            if (place > 0) expect(torus.targets[links[place - 1]]).toBe(torus.linkSource(link));
            perLink[link] += share;
          });
          const key = `${torus.linkSource(links[0])}:${torus.targets[links[links.length - 1]]}`;
          open.set(key, (open.get(key) ?? 0) - share);
        }
        for (const left of open.values()) expect(Math.abs(left)).toBeLessThan(1e-9);
        const promised = candidate.linkBytes(torus);
        perLink.forEach((each, link) => {
          expect(Math.abs(each - promised[link] / bytes)).toBeLessThan(1e-9);
        });
        expect(candidate.largestLinkBytes / bytes).toBeGreaterThanOrEqual(bound.bytesPerByte * (1 - 1e-9));
      }),
      { numRuns: 100 },
    );
  });

  it('is the same again, whatever has been asked in between', () => {
    const torus = twisted(4, 8);
    const ask = (bytes: number): unknown => {
      const { linkBytes, ...report } = planCollective(
        torus,
        { kind: 'collective-permute', axes: [0, 1], bytes },
        v5pRates,
        'flow',
      );
      return [report, linkBytes()];
    };
    const [small, large] = [ask(1e4), ask(1e10)];
    expect(ask(1e4)).toEqual(small);
    expect(ask(1e10)).toEqual(large);
  });
});
