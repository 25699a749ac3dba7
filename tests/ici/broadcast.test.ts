import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastestTreePlan } from '../../src/ici/broadcast.ts';
import { chunkedTransfers, spanningEdges, streamedTransfers } from '../../src/ici/broadcast-transfers.ts';
import { planCollective } from '../../src/ici/collective.ts';
import { runFlows } from '../../src/ici/flow.ts';
import { groupOf } from '../../src/ici/group.ts';
import { Torus } from '../../src/ici/topology.ts';
import { unfoldedTransfers } from '../../src/ici/unfolded-transfers.ts';
import { axesOf, rates, regularTori, tori, twistedTori, v5pRates } from './arbitrary-torus.ts';

const wrapped = (...shape: number[]): Torus => new Torus({ shape, wraps: shape.map(() => true) });
const axesOfAll = (torus: Torus): number[] => [...torus.shape.keys()];

const small = fc.oneof(
  regularTori(4),
  twistedTori.filter((torus) => torus.nodes <= 64),
);

describe('broadcast', () => {
  it.each([
    [[4, 4, 4], 1.002],
    [[8, 8, 8], 1.004],
    [[4, 8, 16], 1.004],
    [[16, 24, 24], 1.01],
  ] as const)('of 4 GB over %j is within %d of the bytes that leave the first chip', (shape, most) => {
    const torus = wrapped(...shape);
    const request = { kind: 'broadcast', axes: axesOfAll(torus), bytes: 4e9 } as const;
    const leaving = 4e9 / (6 * 9e10);
    const closed = planCollective(torus, request, v5pRates, 'closed-form');
    expect(closed.seconds / leaving).toBeLessThanOrEqual(most);
    expect(closed.lowerBoundSeconds).toBeGreaterThan(leaving);
    expect(closed.algorithm).toMatch(/^down 6 trees without a common link along x, y and z/);
    const flow = planCollective(torus, request, v5pRates, 'flow');
    expect(flow.seconds).toBeGreaterThanOrEqual(closed.seconds);
    expect(flow.seconds / leaving).toBeLessThanOrEqual(1.02);
  });

  it('of large messages is near its bound on meshes, tori that wrap in part and twisted ones too', () => {
    fc.assert(
      fc.property(
        tori.chain((torus) => fc.tuple(fc.constant(torus), axesOf(torus))),
        ([torus, axes]) => {
          const own = groupOf(torus, axes)?.torus;
          // Two closed chips beside an open axis: see the spanning trees.
          const thin = own?.shape.some((extent, axis) => extent === 2 && own.wraps[axis]) ?? false;
          fc.pre(own !== undefined && !(thin && !own.wraps.every(Boolean)));
          const report = planCollective(
            torus,
            { kind: 'broadcast', axes, bytes: 2e10 },
            v5pRates,
            'closed-form',
          );
          expect(report.seconds / report.lowerBoundSeconds).toBeLessThan(1.01);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of any size takes at most a half more than its bound', () => {
    for (const torus of [wrapped(16), wrapped(8, 8), wrapped(4, 8, 16), wrapped(8, 8, 8)]) {
      for (let bytes = 1; bytes < 1e10; bytes *= 3) {
        const request = { kind: 'broadcast', axes: axesOfAll(torus), bytes } as const;
        const { seconds, lowerBoundSeconds } = planCollective(torus, request, v5pRates, 'closed-form');
        expect(seconds / lowerBoundSeconds).toBeLessThan(1.5);
      }
    }
  });

  it('brings every byte once to every chip of every group', () => {
    fc.assert(
      fc.property(
        small.chain((torus) => fc.tuple(fc.constant(torus), axesOf(torus))),
        fc.constantFrom(1e3, 1e7, 1e9),
        ([torus, axes], bytes) => {
          fc.pre(groupOf(torus, axes) !== undefined);
          const request = { kind: 'broadcast', axes, bytes } as const;
          const transfers = unfoldedTransfers(torus, request, v5pRates).flatten();
          const received = new Float64Array(torus.nodes);
          const perLink = new Float64Array(torus.linkSlots);
          for (let transfer = 0; transfer < transfers.count; transfer++) {
            const link = transfers.links[transfers.linkOffsets[transfer]];
            received[torus.targets[link]] += transfers.bytes[transfer];
            perLink[link] += transfers.bytes[transfer];
          }
          received.forEach((each, node) => {
            const isRoot = axes.every((axis) => torus.coordinate(node, axis) === 0);
            expect(Math.abs(each - (isRoot ? 0 : bytes))).toBeLessThanOrEqual(1e-9 * bytes);
          });
          const flow = planCollective(torus, request, v5pRates, 'flow').linkBytes();
          perLink.forEach((each, link) => {
            expect(Math.abs(each - flow[link])).toBeLessThanOrEqual(1e-9 * bytes);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('streams in one transfer a link what chunk after chunk would take as long for', () => {
    fc.assert(
      fc.property(
        small,
        rates,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 1e9 }),
        (torus, given, chunks, bytes) => {
          const group = groupOf(torus, axesOfAll(torus));
          fc.pre(group !== undefined);
          const { trees } = fastestTreePlan(group, bytes, given);
          const edges = spanningEdges(trees, group.torus);
          const capacities = new Float64Array(group.torus.linkSlots).fill(given.linkBytesPerSecond);
          const [whole, cut] = [streamedTransfers, chunkedTransfers].map(
            (transfers) =>
              runFlows(capacities, transfers(edges, bytes, chunks, given.hopLatencySeconds).flatten())
                .seconds,
          );
          expect(whole / cut).toBeCloseTo(1, 9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('chooses by size, and says why', () => {
    const reason = (torus: Torus, bytes: number): string =>
      planCollective(torus, { kind: 'broadcast', axes: axesOfAll(torus), bytes }, v5pRates, 'closed-form')
        .reason;
    expect(reason(wrapped(8, 8, 8), 1000)).toMatch(/hops cost more than bytes/);
    expect(reason(wrapped(8, 8, 8), 1e6)).toMatch(/3 trees leave/);
    expect(reason(new Torus({ shape: [8], wraps: [false] }), 1e9)).toMatch(/one link, and one tree/);
    expect(reason(wrapped(16), 1e6)).toMatch(/pieces need fewer hops/);
    expect(reason(wrapped(8, 8, 8), 1e9)).toMatch(/bytes decide/);
  });

  it('goes down the same trees flit by flit, where each chunk pays for its way through the routers', () => {
    const request = { kind: 'broadcast', axes: [0, 1], bytes: 1e8 } as const;
    const flow = planCollective(wrapped(4, 4), request, v5pRates, 'flow');
    const flit = planCollective(wrapped(4, 4), request, v5pRates, 'flit');
    expect(Math.abs(flit.seconds / flow.seconds - 1)).toBeLessThan(0.2);
    expect(flit.seconds).toBeGreaterThanOrEqual(flit.lowerBoundSeconds);
  });
});
