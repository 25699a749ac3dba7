import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/result.ts';
import { uniformLoads } from '../../src/ici/distances.ts';
import { PortOrder, WorkList } from '../../src/ici/flit-queues.ts';
import { afterStep, packSteps, stepsAlong } from '../../src/ici/flit-word.ts';
import { RouteTable } from '../../src/ici/route-table.ts';
import { minimalSteps } from '../../src/ici/routing.ts';
import { Torus } from '../../src/ici/topology.ts';
import { runTraffic } from '../../src/ici/traffic.ts';
import { destinations, TRAFFIC_PATTERNS } from '../../src/ici/traffic-pattern.ts';
import type { TrafficRequest } from '../../src/ici/traffic-request.ts';
import { TrafficRun } from '../../src/ici/traffic-run.ts';
import { RANDOM_STREAMS } from '../../src/ici/traffic-stream.ts';
import { tori, twistedTori } from './arbitrary-torus.ts';
import { readCases } from './cases.ts';

const torusOf = (...shape: number[]): Torus => new Torus({ shape, wraps: shape.map(() => true) });

const request = (change: Partial<TrafficRequest> = {}): TrafficRequest => ({
  pattern: 'uniform',
  rate: 0.1,
  packetFlits: 1,
  virtualChannels: 2,
  bufferFlits: 8,
  seed: 1,
  measuredCycles: 10_000,
  ...change,
});

const published = readCases('booksim-torus-4x4.csv').map((row) => ({
  type: row.sim_type,
  pattern: TRAFFIC_PATTERNS.find((each) => each === row.traffic) ?? ('bit-complement' as const),
  rate: Number(row.offered_flits_per_node_cycle),
  stable: row.stable === '1',
  latency: Number(row.pkt_latency_avg),
  accepted: Number(row.accepted_flits_avg),
}));
const saturation = new Map(
  published.filter(({ type }) => type === 'throughput').map(({ pattern, accepted }) => [pattern, accepted]),
);

describe('flit words', () => {
  it('keep signed steps of three axes apart', () => {
    const step = fc.integer({ min: -127, max: 127 });
    fc.assert(
      fc.property(fc.tuple(step, step, step), (steps) => {
        const word = packSteps(steps) | (1 << 26);
        expect([0, 1, 2].map((axis) => stepsAlong(word, axis))).toEqual(steps);
        for (const axis of [0, 1, 2].filter((each) => steps[each] !== 0)) {
          const next = afterStep(word, axis, steps[axis] < 0 ? 1 : 0);
          expect(stepsAlong(next, axis)).toBe(steps[axis] - Math.sign(steps[axis]));
          expect(next & (1 << 26)).toBe(1 << 26);
        }
      }),
    );
  });

  it('are looked up by where one node lies from another', () => {
    fc.assert(
      fc.property(
        fc.oneof(tori, twistedTori).filter((torus) => torus.symmetric),
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 7 }),
        (torus, a, b, ties) => {
          const table = new RouteTable(torus);
          const [source, target] = [a % torus.nodes, b % torus.nodes];
          const entry = table.entry(source, target, ties);
          let node = source;
          for (let axis = 0; axis < torus.axes; axis++) {
            const steps = stepsAlong(table.steps(entry), axis);
            for (let count = Math.abs(steps); count > 0; count--) {
              node = torus.targets[torus.link(node, axis, steps > 0 ? 0 : 1)];
            }
          }
          expect(node).toBe(target);
          const shortest = minimalSteps(torus, source, target).reduce(
            (hops, each) => hops + Math.abs(each),
            0,
          );
          expect(table.hops(entry)).toBe(shortest);
        },
      ),
    );
  });
});

describe('PortOrder', () => {
  it('takes what is due in the order of ports, however it was put', () => {
    const portOf = Int32Array.from({ length: 400 }, (_, channel) => channel >> 1);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 199 })), (ports) => {
        const order = new PortOrder(portOf, 200);
        for (const due of [ports, [], ports]) {
          const list = new WorkList(new Int32Array(200));
          for (const port of due) list.push(2 * port + (port % 2));
          order.sort(list);
          const found = [...list.items].map((channel) => portOf[channel]);
          expect(found).toEqual([...due].sort((a, b) => a - b));
        }
      }),
    );
  });
});

describe('runTraffic with dice of its own on the published 4x4 torus', () => {
  it.each(published.filter(({ type, rate }) => type === 'latency' && rate === 0.01))(
    '$pattern: latency without load',
    ({ pattern, rate, latency }) => {
      const result = runTraffic(torusOf(4, 4), request({ pattern, rate }));
      expect(Math.abs(result.packetLatencyCycles - latency)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(result.packetLatencyCycles - (7 + 6 * result.meanHops))).toBeLessThanOrEqual(0.1);
    },
  );

  // The published run of transpose at 0.2 is one seed of a mean that a pair of chips near its own limit spreads
  // from 31 to 44 cycles in the peer itself; booksim.test.ts has that seed.
  it.each(
    published.filter(
      ({ type, pattern, rate, stable }) =>
        type === 'latency' &&
        stable &&
        rate <= 0.85 * (saturation.get(pattern) ?? 0) &&
        !(pattern === 'transpose' && rate === 0.2),
    ),
  )('$pattern at $rate: latency $latency', ({ pattern, rate, latency }) => {
    const result = runTraffic(torusOf(4, 4), request({ pattern, rate, measuredCycles: 20_000 }));
    expect(result.stable).toBe(true);
    expect(Math.abs(result.packetLatencyCycles / latency - 1)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(result.acceptedFlitsPerNodePerCycle - rate)).toBeLessThan(0.05 * rate);
  });

  it.each([...saturation])('%s: accepts %d when offered more', (pattern, accepted) => {
    const result = runTraffic(torusOf(4, 4), request({ pattern, rate: 1 }));
    expect(result.stable).toBe(false);
    expect(Math.abs(result.acceptedFlitsPerNodePerCycle / accepted - 1)).toBeLessThanOrEqual(0.05);
  });

  it('saturates single-flit neighbour traffic at a third: route, channel and switch take a cycle each', () => {
    for (const random of RANDOM_STREAMS) {
      const result = runTraffic(torusOf(4, 4), request({ pattern: 'neighbor', rate: 1, random }));
      expect(result.acceptedFlitsPerNodePerCycle).toBeCloseTo(1 / 3, 4);
    }
  });
});

describe('runTraffic', () => {
  it.each(RANDOM_STREAMS)('takes 7 + 6 hops + the rest of the packet without load: %s', (random) => {
    for (const packetFlits of [1, 4, 16]) {
      const traffic = request({ pattern: 'neighbor', rate: 0.001, packetFlits, random });
      const result = runTraffic(torusOf(8, 8), traffic);
      expect(result.packetLatencyCycles).toBeCloseTo(7 + 12 + packetFlits - 1, 1);
    }
  });

  it.each(RANDOM_STREAMS)('loads channels by what routes send over them: %s', (random) => {
    for (const torus of [torusOf(4, 8), torusOf(4, 4, 4)]) {
      const rate = 0.1;
      const { channelUtilization } = runTraffic(torus, request({ rate, measuredCycles: 20_000, random }));
      const { perLink } = uniformLoads(torus);
      for (let port = 0; port < 2 * torus.axes; port++) {
        const same = channelUtilization.filter((_, link) => link % (2 * torus.axes) === port);
        const mean = same.reduce((total, each) => total + each, 0) / same.length;
        expect(Math.abs(mean / ((perLink[port] / torus.nodes) * rate) - 1)).toBeLessThan(0.02);
      }
    }
  });

  it('lets adaptive packets around what dimension order crowds, on minimal ways', () => {
    const run = (routing: 'dimension-order' | 'adaptive', rate: number) =>
      runTraffic(
        torusOf(8, 8),
        request({
          pattern: 'transpose',
          rate,
          virtualChannels: 6,
          packetFlits: 4,
          routing,
          measuredCycles: 3000,
        }),
      );
    expect(run('adaptive', 1).acceptedFlitsPerNodePerCycle).toBeGreaterThan(
      1.1 * run('dimension-order', 1).acceptedFlitsPerNodePerCycle,
    );
    const [free, ordered] = [run('adaptive', 0.02), run('dimension-order', 0.02)];
    expect(free.meanHops).toBe(ordered.meanHops);
    expect(Math.abs(free.packetLatencyCycles - ordered.packetLatencyCycles)).toBeLessThan(1);
    expect(() => runTraffic(torusOf(4), request({ routing: 'adaptive' }))).toThrow(InputError);
  });

  it('gives the same for the same seed and something else for another', () => {
    const run = (seed: number): number =>
      runTraffic(torusOf(4, 4), request({ rate: 0.3, seed })).packetLatencyCycles;
    expect(run(5)).toBe(run(5));
    expect(run(5)).not.toBe(run(6));
  });

  it('counts the same however its cycles are cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        cuts,
        fc.nat(),
        fc.constantFrom(...RANDOM_STREAMS),
        fc.constantFrom(0.01, 0.2, 1),
        fc.constantFrom(1, 3),
        (pieces, seed, random, rate, packetFlits) => {
          const traffic = request({ rate, seed, random, packetFlits, bufferFlits: 2 });
          const [whole, cut] = [0, 1].map(() => new TrafficRun(torusOf(4, 3), traffic));
          for (const run of [whole, cut]) {
            run.advance(50);
            run.beginMeasuring();
          }
          whole.advance(pieces.reduce((total, each) => total + each, 0));
          for (const piece of pieces) cut.advance(piece);
          expect(cut.counters()).toEqual(whole.counters());
          expect(cut.endMeasuring()).toBe(whole.endMeasuring());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never blocks for good: packets on shallow buffers keep moving past saturation', () => {
    const shapes = fc.constantFrom<readonly [readonly number[], boolean]>(
      [[5, 5], false],
      [[6], false],
      [[4, 4, 4], false],
      [[2, 3], false],
      [[4, 8], true],
      [[4, 4, 8], true],
      [[2, 4, 4], true],
      [[8, 8], false],
    );
    const routings = fc.constantFrom('dimension-order' as const, 'adaptive' as const);
    fc.assert(
      fc.property(
        shapes,
        fc.integer(),
        fc.constantFrom(1, 2, 3),
        fc.constantFrom(1, 2, 5),
        routings,
        ([shape, twisted], seed, bufferFlits, packetFlits, routing) => {
          const torus = new Torus({ shape, wraps: shape.map(() => true), twisted });
          const virtualChannels = routing === 'adaptive' ? 4 : 2;
          const run = new TrafficRun(
            torus,
            request({ rate: 1, packetFlits, bufferFlits, seed, routing, virtualChannels }),
          );
          run.advance(2000);
          run.beginMeasuring();
          run.advance(300);
          expect(run.acceptedFlits).toBeGreaterThan(torus.nodes);
        },
      ),
      {
        numRuns: 30,
        // Within 3000 cycles these blocked where the ordered channels of adaptive packets were not theirs alone.
        examples: [
          [[[8, 8], false], 1, 1, 1, 'adaptive'],
          [[[8, 8], false], 2, 2, 2, 'adaptive'],
        ],
      },
    );
  });

  it('delivers every packet to its node and loses none', () => {
    const torus = new Torus({ shape: [4, 8], wraps: [true, true], twisted: true });
    const run = new TrafficRun(torus, request({ rate: 0.2, packetFlits: 3 }));
    run.beginMeasuring();
    run.advance(2000);
    run.endMeasuring();
    run.advance(2000);
    expect(run.drained).toBe(true);
    expect(run.deliveredPackets).toBeGreaterThan(3000);
  });

  it('accepts more on a twisted torus', () => {
    const accepted = (twisted: boolean): number => {
      const torus = new Torus({ shape: [4, 4, 8], wraps: [true, true, true], twisted });
      return runTraffic(torus, request({ rate: 1, measuredCycles: 2000 })).acceptedFlitsPerNodePerCycle;
    };
    expect(accepted(true)).toBeGreaterThan(1.1 * accepted(false));
  });

  it('refuses what it cannot hold', () => {
    const cases: readonly (readonly [Torus, Partial<TrafficRequest>])[] = [
      [torusOf(4, 4).withoutCables([0]), {}],
      [torusOf(300), {}],
      [torusOf(4, 4), { virtualChannels: 3 }],
      [torusOf(4, 4), { bufferFlits: 0 }],
      [torusOf(4, 4), { rate: 0 }],
      [torusOf(4, 4), { rate: Number.NaN }],
      [torusOf(4, 4), { packetFlits: 0.5 }],
      [torusOf(4, 4), { seed: 0.5 }],
      [torusOf(4, 4), { measuredCycles: 0 }],
      [torusOf(4, 4), { samplePeriodCycles: 0 }],
      [torusOf(4, 4), { random: 'booksim', rate: 2 }],
      [torusOf(4, 6), { pattern: 'transpose' }],
      [torusOf(24, 24, 24), { virtualChannels: 16, bufferFlits: 64 }],
    ];
    for (const [torus, change] of cases) expect(() => runTraffic(torus, request(change))).toThrow(InputError);
  });

  it('has patterns that are permutations', () => {
    for (const pattern of TRAFFIC_PATTERNS.filter((each) => each !== 'uniform')) {
      for (const torus of [torusOf(4, 4), torusOf(5, 5), torusOf(4, 4, 4)]) {
        expect(new Set(destinations(torus, pattern)).size).toBe(torus.nodes);
      }
    }
    expect(destinations(torusOf(4, 4), 'transpose')?.[1]).toBe(4);
    expect(destinations(torusOf(4, 4), 'tornado')?.[0]).toBe(5);
    expect(destinations(torusOf(8), 'tornado')?.[0]).toBe(3);
    expect(destinations(torusOf(4, 4), 'bit-complement')?.[0]).toBe(15);
  });
});
