import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundOf, diameterOf } from '../../src/ici/bounds.ts';
import { groupOf } from '../../src/ici/group.ts';
import { type SpanningTrees, spanningTrees, type TreeFamily } from '../../src/ici/spanning-trees.ts';
import { Torus } from '../../src/ici/topology.ts';
import { regularTori, tori, twistedTori } from './arbitrary-torus.ts';

const FAMILIES: readonly TreeFamily[] = ['one', 'outward', 'round'];

const wrapped = (...shape: number[]): Torus => new Torus({ shape, wraps: shape.map(() => true) });

/** The torus of the group along all axes: those of one chip are left out, which have no links. */
const ownTorus = (torus: Torus): Torus | undefined => groupOf(torus, [...torus.shape.keys()])?.torus;

function expectArcDisjointAndSpanning(torus: Torus, trees: SpanningTrees): void {
  const { count, inLinks, hops } = trees;
  const links = inLinks.filter((link) => link >= 0);
  expect(new Set(links).size).toBe(links.length);
  expect(links.length).toBe(count * (torus.nodes - 1));
  for (let node = 1; node < torus.nodes; node++) {
    for (let tree = 0; tree < count; tree++) {
      const link = inLinks[node * count + tree];
      expect(torus.targets[link]).toBe(node);
      // One hop more than where it comes from: chip 0 is at the end of every such way.
      expect(hops[node * count + tree]).toBe(hops[torus.linkSource(link) * count + tree] + 1);
    }
  }
  expect(trees.depth).toBe(Math.max(...hops));
}

/** Ways from chip 0 to `target` that share no link, as many as there are: augmenting paths, one at a time. */
function separateWays(torus: Torus, target: number): number {
  const used = new Set<number>();
  for (let ways = 0; ; ways++) {
    const cameBy = new Map<number, number>([[0, -1]]);
    for (const node of cameBy.keys()) {
      for (let link = 0; link < torus.linkSlots; link++) {
        if (torus.targets[link] < 0) continue;
        const [from, to] = used.has(link)
          ? [torus.targets[link], torus.linkSource(link)]
          : [torus.linkSource(link), torus.targets[link]];
        if (from === node && !cameBy.has(to)) cameBy.set(to, link);
      }
    }
    let node = target;
    if (!cameBy.has(node)) return ways;
    while (node !== 0) {
      const link = cameBy.get(node) ?? 0;
      if (used.delete(link)) {
        node = torus.targets[link];
      } else {
        used.add(link);
        node = torus.linkSource(link);
      }
    }
  }
}

const fewestWays = (torus: Torus): number =>
  Math.min(...Array.from({ length: torus.nodes - 1 }, (_, index) => separateWays(torus, index + 1)));

describe('spanningTrees', () => {
  it('span the torus from chip 0 and share no link', () => {
    fc.assert(
      fc.property(tori, fc.constantFrom(...FAMILIES), (whole, family) => {
        const torus = ownTorus(whole);
        fc.pre(torus !== undefined);
        const trees = spanningTrees(torus, family);
        if (trees !== undefined) expectArcDisjointAndSpanning(torus, trees);
      }),
      { numRuns: 300 },
    );
  });

  it('are as many as there can be: by Edmonds, the separate ways to the chip that has fewest', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          regularTori(4),
          twistedTori.filter((torus) => torus.nodes <= 64),
        ),
        (whole) => {
          const torus = ownTorus(whole);
          fc.pre(torus !== undefined);
          const most = fewestWays(torus);
          expect(boundOf('broadcast', { torus } as never).bytesPerByte).toBeCloseTo(1 / most, 12);
          // Two closed chips have two cables between them: open axes beside them may be too thin.
          const thin = torus.shape.some((extent, axis) => extent === 2 && torus.wraps[axis]);
          const trees = spanningTrees(torus, 'round');
          if (trees === undefined) expect(thin && !torus.wraps.every(Boolean)).toBe(true);
          else expect(trees.count).toBe(most);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that go outward are hardly deeper than the diameter, those that go round once round', () => {
    fc.assert(
      fc.property(regularTori(7), (whole) => {
        const torus = ownTorus(whole);
        fc.pre(torus?.shape.every((extent) => extent > 2) ?? false);
        if (torus === undefined) return;
        expect(spanningTrees(torus, 'one')?.depth).toBe(diameterOf(torus));
        const outward = spanningTrees(torus, 'outward');
        expect(outward?.count).toBe(torus.axes);
        expect(outward?.depth).toBeLessThanOrEqual(diameterOf(torus) + 1);
        const round = torus.shape.reduce((total, extent) => total + extent - 1, 0);
        expect(spanningTrees(torus, 'round')?.depth).toBeLessThanOrEqual(round);
      }),
    );
  });

  it.each([
    [[4, 8], true, 11],
    [[8, 16], true, 23],
    [[4, 4, 8], true, 13],
    [[4, 8, 8], true, 18],
    [[8, 4, 8], true, 18],
    [[8, 8, 16], true, 29],
    [[16, 16, 32], true, 61],
    [[16, 24, 24], false, 61],
    [[4, 8, 16], false, 25],
  ] as const)(
    'of %j, twisted %s, use every link of the first chip and are %i deep',
    (shape, twisted, depth) => {
      const torus = new Torus({ shape, wraps: shape.map(() => true), twisted });
      const trees = spanningTrees(torus, 'round');
      if (trees === undefined) throw new Error('no trees found');
      expect(trees.count).toBe(2 * shape.length);
      expect(trees.depth).toBe(depth);
      expectArcDisjointAndSpanning(torus, trees);
    },
  );

  it('are kept with the torus and always the same', () => {
    const torus = wrapped(4, 5);
    expect(spanningTrees(torus, 'round')).toBe(spanningTrees(torus, 'round'));
    expect(spanningTrees(wrapped(4, 5), 'round')?.inLinks).toEqual(spanningTrees(torus, 'round')?.inLinks);
  });
});
