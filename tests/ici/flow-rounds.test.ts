import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planCollective } from '../../src/ici/collective.ts';
import { runFlows } from '../../src/ici/flow.ts';
import { flowRounds, roundsSeconds, roundTransfers } from '../../src/ici/flow-rounds.ts';
import { ringParts } from '../../src/ici/flow-schedules.ts';
import { FoldedTorus } from '../../src/ici/folded-torus.ts';
import { groupOf } from '../../src/ici/group.ts';
import { Torus } from '../../src/ici/topology.ts';
import { TransferList } from '../../src/ici/transfers.ts';
import { axesOf, rates, regularTori, v5pRates } from './arbitrary-torus.ts';

const KINDS = ['all-gather', 'reduce-scatter', 'all-reduce'] as const;

const mesh = (...shape: number[]): Torus => new Torus({ shape, wraps: shape.map(() => false) });

it('counts one round in the middle for all of them: as long as running every round', () => {
  const cases = regularTori(4).chain((torus) =>
    fc.record({
      torus: fc.constant(torus),
      axes: axesOf(torus),
      kind: fc.constantFrom(...KINDS),
      more: fc.integer({ min: 0, max: 4 }),
      rates,
    }),
  );
  fc.assert(
    fc.property(cases, ({ torus, axes, kind, more, rates: given }) => {
      const group = groupOf(torus, axes);
      fc.pre(group !== undefined);
      const layout = new FoldedTorus(group);
      const orders = group.orders.map((order, index) => ({ order, share: group.steppedShares[index] }));
      const parts = ringParts(kind, orders, 1e9);
      const phases = parts[0].phases.length;
      const chunks = phases + more;
      const list = new TransferList();
      let gate = list.add({ bytes: 0, links: [], latencySeconds: 0 });
      for (let round = 0; round < chunks + phases - 1; round++) {
        const first = Math.max(0, round - chunks + 1);
        const last = Math.min(phases - 1, round);
        const added = list.append(roundTransfers(layout, parts, chunks, first, last, given), 0, gate);
        gate = list.add({ bytes: 0, links: [], latencySeconds: 0, after: added });
      }
      const capacities = new Float64Array(layout.linkSlots).fill(given.linkBytesPerSecond);
      const whole = runFlows(capacities, list.flatten()).seconds;
      expect(roundsSeconds(layout, parts, chunks, given) / whole).toBeCloseTo(1, 9);
    }),
    { numRuns: 60 },
  );
});

it('has nothing to overlap where there is one phase', () => {
  const group = groupOf(mesh(8), [0]);
  if (group === undefined) throw new Error('a group of eight');
  const parts = ringParts('all-gather', [{ order: group.orders[0], share: 1 }], 1e9);
  expect(flowRounds(new FoldedTorus(group), parts, v5pRates)).toBeUndefined();
});

it.each([
  [mesh(16), 1.04],
  [mesh(4, 8), 1.05],
  [mesh(8, 8), 1.06],
  [mesh(2, 4, 4), 1.05],
] as const)('brings an all-reduce on lines near its bound: case %#', (torus, most) => {
  const request = { kind: 'all-reduce', axes: [...torus.shape.keys()], bytes: 4e9 } as const;
  const { seconds, lowerBoundSeconds, algorithm } = planCollective(torus, request, v5pRates, 'flow');
  expect(seconds / lowerBoundSeconds).toBeLessThan(most);
  expect(algorithm).toMatch(/chunks in step$/);
});
