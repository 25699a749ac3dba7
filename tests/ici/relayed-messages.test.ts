import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planCollective } from '../../src/ici/collective.ts';
import { permute } from '../../src/ici/permute.ts';
import { relayedMessages } from '../../src/ici/relayed-messages.ts';
import { Torus } from '../../src/ici/topology.ts';
import { tori, v5pRates } from './arbitrary-torus.ts';

const FLIT_BYTES = 15_000;

it('brings all of every path to its end, each hop after the one before', () => {
  const few = tori.filter((torus) => torus.nodes <= 64);
  fc.assert(
    fc.property(few, fc.integer({ min: 10, max: 32 }), (torus, exponent) => {
      const bytes = 2 ** exponent;
      const request = { kind: 'collective-permute', axes: [...torus.shape.keys()], bytes } as const;
      for (const { paths } of [permute(torus, request, v5pRates)].flatMap((plan) => [
        plan.fastest,
        plan.direct,
      ])) {
        const sent = new Float64Array(torus.linkSlots);
        const { items } = relayedMessages(torus, paths, bytes, FLIT_BYTES);
        for (const { links, bytes: piece, after = [] } of items) {
          for (const link of links) sent[link] += piece;
          for (const other of after) {
            expect(torus.targets[items[other].links.at(-1) ?? -1]).toBe(torus.linkSource(links[0]));
          }
        }
        const expected = new Float64Array(torus.linkSlots);
        for (const { links, share } of paths) for (const link of links) expected[link] += share * bytes;
        sent.forEach((each, link) => {
          expect(Math.abs(each - expected[link])).toBeLessThanOrEqual(1e-9 * bytes);
        });
      }
    }),
    { numRuns: 25 },
  );
});

it('by flits comes near the flow of a ring, both ways round, and goes direct where parts are short', () => {
  const torus = new Torus({ shape: [8], wraps: [true] });
  const plan = (bytes: number, model: 'flow' | 'flit') =>
    planCollective(torus, { kind: 'collective-permute', axes: [0], bytes }, v5pRates, model);
  expect(plan(1e8, 'flit').algorithm).toMatch(/^in parts, both ways round/);
  expect(plan(1e8, 'flow').seconds / plan(1e8, 'flit').seconds).toBeGreaterThan(0.95);
  expect(plan(1e8, 'flow').seconds / plan(1e8, 'flit').seconds).toBeLessThan(1.05);
  expect(plan(1e6, 'flit').algorithm).toMatch(/^direct/);
});
