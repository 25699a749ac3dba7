import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planCollective } from '../../src/ici/collective.ts';
import { runFlows } from '../../src/ici/flow.ts';
import { ringParts, ringTransfers } from '../../src/ici/flow-schedules.ts';
import { FoldedTorus } from '../../src/ici/folded-torus.ts';
import { groupOf } from '../../src/ici/group.ts';
import { UnfoldedTorus } from '../../src/ici/schedule-layout.ts';
import { unfoldedTransfers } from '../../src/ici/unfolded-transfers.ts';
import { axesOf, regularTori, twistedTori, v5pRates } from './arbitrary-torus.ts';

const small = fc.oneof(
  regularTori(4),
  twistedTori.filter((torus) => torus.nodes <= 128),
);
const cases = small.chain((torus) => fc.tuple(fc.constant(torus), axesOf(torus)));

it('every chip by itself takes as long as one that stands for all', () => {
  fc.assert(
    fc.property(
      cases,
      fc.constantFrom('all-gather', 'reduce-scatter', 'all-reduce'),
      fc.constantFrom(1, 3),
      ([torus, axes], kind, chunks) => {
        const group = groupOf(torus, axes);
        fc.pre(group !== undefined);
        const parts = ringParts(
          kind,
          group.orders.map((order, index) => ({ order, share: group.streamedShares[index] })),
          1e9,
        );
        const seconds = (layout: FoldedTorus | UnfoldedTorus, links: number): number => {
          const capacities = new Float64Array(links).fill(9e10);
          return runFlows(capacities, ringTransfers(layout, parts, chunks, 1e-6).flatten()).seconds;
        };
        const folded = new FoldedTorus(group);
        const whole = seconds(new UnfoldedTorus(torus, group.axes), torus.linkSlots);
        expect(whole / seconds(folded, folded.linkSlots)).toBeCloseTo(1, 9);
      },
    ),
    { numRuns: 40 },
  );
});

it('carries as many bytes as the model that folds, and is not faster than the bound', () => {
  fc.assert(
    fc.property(
      cases,
      fc.constantFrom('all-gather', 'all-reduce', 'all-to-all', 'collective-permute'),
      ([torus, axes], kind) => {
        const request = { kind, axes, bytes: 1e9 };
        const report = planCollective(torus, request, v5pRates, 'flow');
        const transfers = unfoldedTransfers(torus, request, v5pRates).flatten();
        const result = runFlows(new Float64Array(torus.linkSlots).fill(9e10), transfers);
        expect(result.seconds).toBeGreaterThanOrEqual(report.lowerBoundSeconds * (1 - 1e-9));
        let carried = 0;
        for (let transfer = 0; transfer < transfers.count; transfer++) {
          const links = transfers.linkOffsets[transfer + 1] - transfers.linkOffsets[transfer];
          carried += links * transfers.bytes[transfer];
        }
        const folded = report.linkBytes().reduce((total, each) => total + each, 0);
        expect(Math.abs(carried - folded)).toBeLessThanOrEqual(1e-9 * folded);
      },
    ),
    { numRuns: 40 },
  );
});
