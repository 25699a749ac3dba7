import { describe, expect, it } from 'vitest';
import { type BookSimMode, measureAsBookSim } from '../../src/ici/booksim-measure.ts';
import { Torus } from '../../src/ici/topology.ts';
import { runTraffic } from '../../src/ici/traffic.ts';
import { TRAFFIC_PATTERNS } from '../../src/ici/traffic-pattern.ts';
import type { TrafficRequest } from '../../src/ici/traffic-request.ts';
import { TrafficRun } from '../../src/ici/traffic-run.ts';
import { trafficStream } from '../../src/ici/traffic-stream.ts';
import { readCases } from './cases.ts';
import { expectPrinted } from './printed.ts';

const BATCH_PACKETS = 512;

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly mode: string;
  readonly request: TrafficRequest;
  readonly stable: boolean;
  readonly latency: number;
  readonly accepted: number;
  /** Ports of the way, that to the node included; not a number where none was printed. */
  readonly hops: number;
  readonly batchCycles: number;
}

function casesOf(file: string): Case[] {
  return readCases(file).map((row) => {
    const shape = new Array<number>(Number(row.n)).fill(Number(row.k));
    const seed = Number(row.seed ?? 1);
    const hops = row.hops_avg ?? (row.hops_minus1 === '' ? '' : `${Number(row.hops_minus1) + 1}`);
    return {
      name: `${shape.join('x')}, ${row.num_vcs} channels of ${row.vc_buf_size}, ${row.packet_size}-flit ${row.traffic} at ${row.offered_flits_per_node_cycle}, ${row.sim_type}, seed ${seed}`,
      shape,
      mode: row.sim_type,
      request: {
        pattern: TRAFFIC_PATTERNS.find((each) => each === row.traffic) ?? 'bit-complement',
        rate: Number(row.offered_flits_per_node_cycle),
        packetFlits: Number(row.packet_size),
        virtualChannels: Number(row.num_vcs),
        bufferFlits: Number(row.vc_buf_size),
        seed,
        random: 'booksim',
      },
      stable: row.stable === '1',
      latency: Number(row.pkt_latency_avg),
      accepted: Number(row.accepted_flits_avg),
      hops: hops === '' ? Number.NaN : Number(hops),
      batchCycles: Number(row.batch_cycles ?? 0),
    };
  });
}

const torusOf = (shape: readonly number[]): Torus => new Torus({ shape, wraps: shape.map(() => true) });

const published = casesOf('booksim-torus-4x4.csv');

describe.each([
  ['booksim-torus-4x4.csv', published],
  ['booksim-torus-other.csv', casesOf('booksim-torus-other.csv')],
] as const)('%s, to the last digit', (_, cases) => {
  it.each(cases.filter(({ mode }) => mode !== 'batch'))('$name', ({ shape, mode, request, ...printed }) => {
    const asMode: BookSimMode = mode === 'throughput' ? 'throughput' : 'latency';
    const figures = measureAsBookSim(torusOf(shape), request, asMode);
    expect(figures.stable).toBe(printed.stable);
    expectPrinted(figures.packetLatencyCycles, printed.latency);
    expectPrinted(figures.acceptedFlitsPerNodePerCycle, printed.accepted);
    if (!Number.isNaN(printed.hops)) expectPrinted(figures.meanHops + 1, printed.hops);
  });
});

describe('batches of 512 packets a node, to the last digit', () => {
  it.each(published.filter(({ mode }) => mode === 'batch'))('$name', ({ shape, request, ...printed }) => {
    const torus = torusOf(shape);
    const stream = trafficStream(torus, request);
    const next = (_: number, cycle: number, end: number): number => (cycle < BATCH_PACKETS ? cycle : end);
    const run = new TrafficRun(torus, request, { ...stream, next });
    run.beginMeasuring();
    while (run.network.cycle < BATCH_PACKETS || !run.empty) run.advance(1);
    expect(run.network.cycle).toBe(printed.batchCycles);
    expectPrinted(run.deliveredLatency, printed.latency);
    expectPrinted(run.acceptedFlits / torus.nodes / run.network.cycle, printed.accepted);
    expectPrinted(run.meanHops + 1, printed.hops);
  });
});

describe("runTraffic with BookSim's stream", () => {
  const request = (change: Partial<TrafficRequest> = {}): TrafficRequest => ({
    pattern: 'uniform',
    rate: 0.1,
    packetFlits: 1,
    virtualChannels: 2,
    bufferFlits: 8,
    seed: 1,
    random: 'booksim',
    ...change,
  });

  it.each(published.filter(({ mode }) => mode === 'throughput'))(
    'past saturation gives the accepted rate of the throughput mode: $request.pattern',
    ({ shape, request, accepted }) => {
      const result = runTraffic(torusOf(shape), request);
      expect(result).toMatchObject({ stable: false, acceptedMode: 'throughput' });
      expectPrinted(result.acceptedFlitsPerNodePerCycle, accepted);
    },
  );

  it.each(published.filter(({ mode, stable }) => mode === 'latency' && !stable))(
    'past saturation gives the latency of the latency mode, and a rate within 5 %: $request.pattern at $request.rate',
    ({ shape, request, latency, accepted }) => {
      const result = runTraffic(torusOf(shape), request);
      expect(result.stable).toBe(false);
      expectPrinted(result.packetLatencyCycles, latency);
      expect(Math.abs(result.acceptedFlitsPerNodePerCycle / accepted - 1)).toBeLessThan(0.05);
    },
  );

  it('counts the load of channels for longer, and changes nothing else by it', () => {
    const [short, long] = [1, 30_000].map((measuredCycles) =>
      runTraffic(torusOf([4, 4]), request({ measuredCycles })),
    );
    expect({ ...long, cycles: 0, channelUtilization: [] }).toEqual({
      ...short,
      cycles: 0,
      channelUtilization: [],
    });
    expect(long.cycles).toBe(33_000);
    const off = (loads: Float64Array): number => loads.reduce((sum, load) => sum + (load / 0.05 - 1) ** 2, 0);
    expect(off(long.channelUtilization)).toBeLessThan(off(short.channelUtilization) / 2);
  });

  it.each([
    ['twisted', new Torus({ shape: [4, 8], wraps: [true, true], twisted: true }), request({ rate: 0.2 })],
    ['adaptive', torusOf([4, 4]), request({ rate: 0.3, virtualChannels: 4, routing: 'adaptive' })],
    ['unequal axes', torusOf([4, 6, 2]), request({ rate: 0.3, packetFlits: 3 })],
  ])('takes what BookSim has not, and agrees with the other stream: %s', (_, torus, traffic) => {
    const [like, counter] = [
      runTraffic(torus, traffic),
      runTraffic(torus, { ...traffic, random: 'counter', measuredCycles: 20_000 }),
    ];
    expect(like.stable).toBe(true);
    expect(Math.abs(like.packetLatencyCycles / counter.packetLatencyCycles - 1)).toBeLessThan(0.05);
  });

  it('comes to an end whatever it is asked', () => {
    const extremes: readonly Partial<TrafficRequest>[] = [
      { rate: 1, packetFlits: 4096, bufferFlits: 1 },
      { rate: 1e-6, packetFlits: 4096 },
      { rate: 1, samplePeriodCycles: 1 },
      { rate: 1, seed: 2 ** 32 - 1, bufferFlits: 1, virtualChannels: 16 },
    ];
    for (const extreme of extremes) {
      const result = runTraffic(torusOf([3, 3]), request({ measuredCycles: 1, ...extreme }));
      expect(Number.isFinite(result.packetLatencyCycles)).toBe(true);
    }
  });
});
