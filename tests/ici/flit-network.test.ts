import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouterConfig } from '../../src/ici/flit-config.ts';
import { Torus } from '../../src/ici/topology.ts';
import { destinations, TRAFFIC_PATTERNS } from '../../src/ici/traffic-pattern.ts';
import type { TrafficRequest } from '../../src/ici/traffic-request.ts';
import { TrafficRun } from '../../src/ici/traffic-run.ts';
import { RANDOM_STREAMS, trafficStream } from '../../src/ici/traffic-stream.ts';
import { regularTori, twistedTori } from './arbitrary-torus.ts';
import { BothNetworks, type Load } from './both-networks.ts';
import { readCases } from './cases.ts';
import { PLAIN_RULES, type PlainRules } from './plain-router.ts';
import { PlainTraffic } from './plain-traffic.ts';
import { expectPrinted } from './printed.ts';

const MOST_NODES = 32;
const BATCH_PACKETS = 512;

/** Tori whose routers often have to choose between two ways as short. */
const evenTori = fc
  .array(fc.constantFrom(2, 4), { minLength: 1, maxLength: 3 })
  .map((shape) => new Torus({ shape, wraps: shape.map(() => true) }));

/** Of one to three axes, any of them wrapped or not, some twisted. */
const smallTori = fc
  .oneof({ arbitrary: regularTori(6), weight: 3 }, twistedTori, evenTori)
  .filter(({ nodes }) => nodes <= MOST_NODES);

const configs: fc.Arbitrary<RouterConfig> = fc
  .record({
    virtualChannels: fc.constantFrom(2, 4, 6),
    bufferFlits: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 9 })),
    localPorts: fc.constantFrom('one' as const, 'one-a-link' as const),
    routing: fc.constantFrom('dimension-order' as const, 'adaptive' as const),
  })
  .filter(({ virtualChannels, routing }) => routing === 'dimension-order' || virtualChannels >= 4);

const anyLoad: fc.Arbitrary<Load> = fc
  .record({
    torus: smallTori,
    config: configs,
    longestPacketFlits: fc.constantFrom(1, 2, 5, 12),
    meanCyclesBetweenPackets: fc.constantFrom(1, 3, 10, 40),
    coin: fc.boolean(),
    seed: fc.nat(),
  })
  .map((load) => {
    const { torus, config } = load;
    const mayToss = torus.symmetric && !torus.twisted && config.routing !== 'adaptive';
    return { ...load, coin: load.coin && mayToss };
  });

const suits = (torus: Torus, pattern: TrafficRequest['pattern']): boolean => {
  try {
    destinations(torus, pattern);
    return true;
  } catch {
    return false;
  }
};

const anyTraffic: fc.Arbitrary<readonly [Torus, TrafficRequest]> = fc
  .tuple(
    smallTori.filter(({ symmetric }) => symmetric),
    configs,
    fc.record({
      pattern: fc.constantFrom(...TRAFFIC_PATTERNS),
      rate: fc.constantFrom(0.02, 0.1, 0.3, 1),
      packetFlits: fc.constantFrom(1, 2, 4, 9),
      random: fc.constantFrom(...RANDOM_STREAMS),
      seed: fc.integer(),
    }),
  )
  .filter(([torus, _, { pattern }]) => suits(torus, pattern))
  .map(([torus, config, stream]) => [torus, { ...config, ...stream }]);

describe('a flit network and its slow reference', () => {
  it('agree on every flit and cycle, on what links carried and on all that routers hold', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 });
    let ejected = 0;
    fc.assert(
      fc.property(anyLoad, pieces, (load, cuts) => {
        const both = new BothNetworks(load);
        for (const cycles of cuts) {
          for (let cycle = 0; cycle < cycles; cycle++) both.advance();
          both.compareInside();
        }
        ejected += both.ejectedFlits;
      }),
      { numRuns: 25 },
    );
    expect(ejected).toBeGreaterThan(1000);
  });
});

describe('traffic and its slow reference', () => {
  it('agree on every counter after any number of cycles, in every phase', () => {
    const piece = fc.integer({ min: 1, max: 60 });
    let delivered = 0;
    fc.assert(
      fc.property(anyTraffic, fc.tuple(piece, piece, piece, piece, piece), ([torus, request], cuts) => {
        const fast = new TrafficRun(torus, request);
        const plain = new PlainTraffic(torus, request);
        const phases = ['clear', 'beginMeasuring', 'clear', 'endMeasuring', 'stopMaking'] as const;
        for (const [index, phase] of phases.entries()) {
          for (const cycles of [cuts[index], 1]) {
            fast.advance(cycles);
            plain.advance(cycles);
            expect(fast.counters()).toEqual(plain.counters());
            expect(fast.meanWait).toEqual(plain.meanWait);
          }
          fast[phase]();
          plain[phase]();
        }
        fast.advance(100);
        plain.advance(100);
        expect(fast.counters()).toEqual(plain.counters());
        delivered += plain.packets.filter(({ arrivals, flits }) => arrivals.length === flits).length;
      }),
      { numRuns: 30 },
    );
    expect(delivered).toBeGreaterThan(1000);
  });
});

describe("the slow reference and BookSim's batches", () => {
  const rows = readCases('booksim-torus-4x4.csv').filter((row) => row.sim_type === 'batch');
  it.each(rows)('agree to the last digit: $traffic', (row) => {
    const torus = new Torus({ shape: [4, 4], wraps: [true, true] });
    const request: TrafficRequest = {
      pattern: TRAFFIC_PATTERNS.find((each) => each === row.traffic) ?? 'bit-complement',
      rate: 1,
      packetFlits: Number(row.packet_size),
      virtualChannels: Number(row.num_vcs),
      bufferFlits: Number(row.vc_buf_size),
      seed: 1,
      random: 'booksim',
    };
    const stream = trafficStream(torus, request);
    const next = (_: number, cycle: number, end: number): number => (cycle < BATCH_PACKETS ? cycle : end);
    const plain = new PlainTraffic(torus, request, { ...stream, next });
    plain.beginMeasuring();
    plain.advance(Number(row.batch_cycles));
    const { packets } = plain;
    const arrivals = packets.flatMap((packet) => packet.arrivals);
    expect(packets.length).toBe(BATCH_PACKETS * torus.nodes);
    expect(arrivals.length).toBe(packets.length);
    expect(arrivals.reduce((last, each) => Math.max(last, each), 0)).toBe(Number(row.batch_cycles) - 1);
    const { latencySum, hopSum } = plain.counters();
    expectPrinted(latencySum / packets.length, Number(row.pkt_latency_avg));
    expectPrinted(hopSum / packets.length, Number(row.hops_minus1));
  });
});

describe('a reference with one wrong rule', () => {
  // Between them they show in which order packets join and leave each queue of a router, as loads seldom do.
  const crowded = { torus: new Torus({ shape: [2, 2, 4], wraps: [true, true, true] }), coin: true };
  const loads: readonly Load[] = [
    {
      ...crowded,
      config: { virtualChannels: 4, bufferFlits: 2 },
      longestPacketFlits: 2,
      meanCyclesBetweenPackets: 1,
      seed: 2,
    },
    {
      ...crowded,
      config: { virtualChannels: 2, bufferFlits: 4 },
      longestPacketFlits: 4,
      meanCyclesBetweenPackets: 2,
      seed: 9,
    },
  ];
  const run = (rules: PlainRules): void => {
    for (const load of loads) {
      const both = new BothNetworks(load, rules);
      for (let cycle = 0; cycle < 200; cycle++) both.advance();
      both.compareInside();
    }
  };

  it('agrees as long as none is', () => {
    expect(() => run(PLAIN_RULES)).not.toThrow();
  });

  const wrong: readonly (readonly [string, Partial<PlainRules>])[] = [
    ['flits a cycle early on links', { linkCycles: 1 }],
    ['credits a cycle early on links', { linkCreditCycles: 1 }],
    ['credits a cycle late on links', { linkCreditCycles: 3 }],
    ['flits a cycle late to and from nodes', { nodeCycles: 2 }],
    ['credits a cycle late to and from nodes', { nodeCreditCycles: 2 }],
    ['a switch that takes no time', { switchCycles: 0 }],
    ['turns that stay with the winner', { nextTurn: (winner) => winner }],
    ['the dateline of both directions the other way round', { upperHalf: (from, to) => from < to }],
    ['those that wait before newcomers', { join: (newcomers, waiting) => [...waiting, ...newcomers] }],
  ];
  it.each(wrong)('is told apart: %s', (_, change) => {
    expect(() => run({ ...PLAIN_RULES, ...change })).toThrow(/to deeply equal/);
  });
});
