import { describe, expect, it } from 'vitest';
import { Torus } from '../../src/ici/topology.ts';
import { runTraffic, type TrafficResult } from '../../src/ici/traffic.ts';
import type { TrafficPattern } from '../../src/ici/traffic-pattern.ts';
import { readCases } from './cases.ts';

interface Peer {
  readonly shape: readonly number[];
  readonly pattern: TrafficPattern;
  readonly rate: number;
  readonly packetFlits: number;
  readonly virtualChannels: number;
  readonly bufferFlits: number;
  readonly saturated: boolean;
  readonly latencies: number[];
  readonly accepted: number[];
}

const PATTERNS: Readonly<Record<string, TrafficPattern>> = {
  uniform: 'uniform',
  neighbor: 'neighbor',
  tornado: 'tornado',
  transpose: 'transpose',
  bitcomp: 'bit-complement',
};

/** One entry for each configuration, with what each seed of the peer gave. */
function peers(): readonly (readonly [name: string, peer: Peer])[] {
  const all = new Map<string, Peer>();
  for (const row of readCases('booksim-other-tori.csv')) {
    const shape = Array.from({ length: Number(row.n) }, () => Number(row.k));
    const rate = Number(row.offered_flits_per_node_cycle);
    const name =
      `${shape.join('x')} ${row.traffic} ${rate}, ${row.packet_size} flits, ` +
      `${row.num_vcs} channels of ${row.vc_buf_size}`;
    const peer = all.get(name) ?? {
      shape,
      pattern: PATTERNS[row.traffic],
      rate,
      packetFlits: Number(row.packet_size),
      virtualChannels: Number(row.num_vcs),
      bufferFlits: Number(row.vc_buf_size),
      saturated: row.sim_type === 'throughput',
      latencies: [],
      accepted: [],
    };
    peer.latencies.push(Number(row.pkt_latency_avg));
    peer.accepted.push(Number(row.accepted_flits_avg));
    all.set(name, peer);
  }
  return [...all];
}

const mean = (values: readonly number[]): number =>
  values.reduce((total, each) => total + each, 0) / values.length;

function run(peer: Peer, seed: number, measuredCycles: number): TrafficResult {
  const torus = new Torus({ shape: peer.shape, wraps: peer.shape.map(() => true) });
  return runTraffic(torus, { ...peer, seed, measuredCycles });
}

const several = peers().filter(([, { latencies }]) => latencies.length > 3);
const others = peers().filter(([, { latencies }]) => latencies.length === 3);

describe('the flit model beside BookSim 2 on other tori', () => {
  it.each(others.filter(([, { saturated }]) => !saturated))('%s: latency', (_, peer) => {
    const result = run(peer, 1, 3000);
    expect(result.stable).toBe(true);
    expect(Math.abs(result.packetLatencyCycles / mean(peer.latencies) - 1)).toBeLessThanOrEqual(0.02);
  });

  it.each(others.filter(([, { saturated }]) => saturated))('%s: accepted at saturation', (_, peer) => {
    const result = run(peer, 1, 3000);
    expect(Math.abs(result.acceptedFlitsPerNodePerCycle / mean(peer.accepted) - 1)).toBeLessThanOrEqual(0.02);
  });

  it.each(several)('%s: seeds spread alike', (_, peer) => {
    const own = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => run(peer, seed, 6000).packetLatencyCycles);
    expect(Math.abs(mean(own) / mean(peer.latencies) - 1)).toBeLessThanOrEqual(0.1);
    expect(Math.max(...own)).toBeGreaterThan(Math.min(...peer.latencies));
    expect(Math.min(...own)).toBeLessThan(Math.max(...peer.latencies));
  });
});
