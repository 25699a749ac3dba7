import { clamp } from '../base/integers.ts';
import type { Torus } from './topology.ts';
import { runTraffic } from './traffic.ts';
import { type TrafficBound, trafficBound } from './traffic-bound.ts';
import type { TrafficRequest } from './traffic-request.ts';

/** One run of a sweep: what was offered and what came of it. */
export interface SweepPoint {
  /** Flits that each node offers a cycle, and that it takes. */
  readonly offered: number;
  readonly accepted: number;
  readonly stable: boolean;
  readonly latencyCycles: number;
}

/** Latency against offered load. */
export interface TrafficSweep {
  readonly bound: TrafficBound;
  /** By offered load. */
  readonly points: readonly SweepPoint[];
  /** The largest load tried that was stable, and the least one that was not; undefined where there is none. */
  readonly lastStable: number | undefined;
  readonly firstUnstable: number | undefined;
}

/** Shares of the ideal throughput that are tried first. */
const SHARES = [0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];
/** Then the gap between the last stable load and the next is halved so often. */
const HALVINGS = 3;
/** Less than a single run: a curve of some fifteen points in some seconds. */
const ROUTER_CYCLES = 400_000;
const LEAST_CYCLES = 2000;
const MOST_CYCLES = 20_000;

/**
 * Runs the traffic at growing loads up to saturation, point by point, so that whoever watches sees each at once;
 * returns all of it at the end. Throws an `InputError` for what the model cannot hold.
 */
export function* sweepTraffic(
  torus: Torus,
  request: Omit<TrafficRequest, 'rate' | 'measuredCycles'>,
): Generator<TrafficSweep, TrafficSweep> {
  const bound = trafficBound(torus, request);
  const measuredCycles = clamp(Math.round(ROUTER_CYCLES / torus.nodes), LEAST_CYCLES, MOST_CYCLES);
  let points: readonly SweepPoint[] = [];
  const run = (rate: number): SweepPoint => {
    const result = runTraffic(torus, { ...request, rate, measuredCycles });
    const point = {
      offered: rate,
      accepted: result.acceptedFlitsPerNodePerCycle,
      stable: result.stable,
      latencyCycles: result.packetLatencyCycles,
    };
    points = [...points, point].sort((a, b) => a.offered - b.offered);
    return point;
  };
  const sweep = (): TrafficSweep => ({
    bound,
    points,
    lastStable: points.findLast(({ stable }) => stable)?.offered,
    firstUnstable: points.find(({ stable }) => !stable)?.offered,
  });
  for (const share of SHARES) {
    const point = run(share * bound.flitsPerNodePerCycle);
    yield sweep();
    if (!point.stable) break;
  }
  for (let halving = 0; halving < HALVINGS; halving++) {
    const { lastStable = 0, firstUnstable } = sweep();
    if (firstUnstable === undefined) break;
    run((lastStable + firstUnstable) / 2);
    yield sweep();
  }
  // What is still accepted where far more is offered.
  if (!points.some(({ offered }) => offered >= bound.flitsPerNodePerCycle)) run(bound.flitsPerNodePerCycle);
  return sweep();
}
