import type { Torus } from './topology.ts';
import type { TrafficRequest } from './traffic-request.ts';
import { TrafficRun } from './traffic-run.ts';

/** How BookSim measures: `latency` waits for what it counts and may call a run unstable, `throughput` does not. */
export type BookSimMode = 'latency' | 'throughput';

/** What a run comes to; by BookSim's protocol, the figures of its last report. */
export interface TrafficFigures {
  /** False when packets wait longer and longer: mean latency passes 500 cycles or sources fall behind. */
  readonly stable: boolean;
  /**
   * Mean over packets made in the cycles that count, of an unstable run over those that had arrived: from when
   * one is made, time in its source's queue included, to its last flit.
   */
  readonly packetLatencyCycles: number;
  readonly acceptedFlitsPerNodePerCycle: number;
  /** Mean links of a delivered packet's way; BookSim prints one more, the port to the node. */
  readonly meanHops: number;
  readonly packets: number;
  /** Flits a cycle on each directed link, [linkSlots]. */
  readonly channelUtilization: Float64Array;
  readonly cycles: number;
}

const SAMPLE_PERIOD_CYCLES = 1000;
const WARM_UP_SAMPLES = 3;
const MAX_SAMPLES = 10;
const SETTLED_SAMPLES = 3;
const SETTLED_CHANGE = 0.05;
const LATENCY_LIMIT_CYCLES = 500;
const DRAIN_CHECK_CYCLES = 1000;
/** Beyond BookSim: packets that wait for each other for good would else hold the run up for good. */
const MAX_DRAIN_CYCLES = 1_000_000;

/**
 * BookSim's protocol with its default settings (its `TrafficManager`, 28f4329). After three samples of warm-up
 * the run is over when neither accepted rate nor, in latency mode, mean latency has changed by more than 5 %
 * in three samples on end, or after ten samples in all. In latency mode the packets made in those samples are
 * then waited for under unchanged load, and the run is unstable as soon as mean latency, flits under way with
 * their age included, passes 500 cycles. In throughput mode the network runs empty.
 *
 * Where cycles for the load of channels are given, a stable latency run goes on until it has as many.
 */
export function measureAsBookSim(
  torus: Torus,
  request: TrafficRequest,
  mode: BookSimMode,
  channelCycles = 0,
): TrafficFigures {
  const run = new TrafficRun(torus, request);
  const settled = sample(run, request.samplePeriodCycles ?? SAMPLE_PERIOD_CYCLES, mode);
  const acceptedFlitsPerNodePerCycle = run.acceptedFlits / run.countedCycles / torus.nodes;
  const figures = (stable: boolean, packetLatencyCycles: number): TrafficFigures => ({
    stable,
    packetLatencyCycles,
    acceptedFlitsPerNodePerCycle,
    meanHops: run.meanHops,
    packets: run.deliveredPackets,
    channelUtilization: run.network.linkFlits().map((flits) => flits / run.countedCycles),
    cycles: run.network.cycle,
  });
  if (!settled) return figures(false, run.deliveredLatency);
  const reported = run.deliveredLatency;
  run.endMeasuring();
  if (mode === 'throughput') {
    const { channelUtilization } = figures(true, reported);
    run.stopMaking();
    for (let left = MAX_DRAIN_CYCLES; left > 0 && !run.empty; left--) run.advance(1);
    return { ...figures(true, run.deliveredLatency), channelUtilization };
  }
  if (!drain(run)) return figures(false, reported);
  const { packets, packetLatencyCycles } = figures(true, run.deliveredLatency);
  run.advance(Math.max(0, channelCycles - run.countedCycles));
  return { ...figures(true, packetLatencyCycles), packets };
}

/** Returns whether latency stayed within its limit. */
function sample(run: TrafficRun, period: number, mode: BookSimMode): boolean {
  let warm = false;
  let settled = 0;
  let latency = 0;
  let accepted = 0;
  for (let count = 0; count < MAX_SAMPLES && settled < SETTLED_SAMPLES; count++) {
    // During warm-up the second sample adds to the first, the third begins afresh.
    if (!warm && count % 2 === 0) run.clear();
    run.advance(period);
    const latencyNow = run.deliveredPackets === 0 ? Number.NaN : run.deliveredLatency;
    const acceptedNow = run.acceptedFlits / run.countedCycles / run.network.torus.nodes;
    const latencyChange = change(latency, latencyNow);
    const acceptedChange = change(accepted, acceptedNow);
    latency = latencyNow;
    accepted = acceptedNow;
    if (mode === 'latency' && run.meanWait > LATENCY_LIMIT_CYCLES) return false;
    if (!warm) {
      warm = count + 1 >= WARM_UP_SAMPLES;
      if (warm) run.beginMeasuring();
    } else if (acceptedChange > SETTLED_CHANGE || (mode === 'latency' && latencyChange > SETTLED_CHANGE)) {
      settled = 0;
    } else {
      settled += 1;
    }
  }
  return true;
}

/** Where there is nothing yet it is not a number, and so exceeds no limit, as in BookSim. */
function change(before: number, now: number): number {
  return Math.abs((now - before) / now);
}

function drain(run: TrafficRun): boolean {
  for (let cycle = 1; !run.drained; cycle++) {
    run.advance(1);
    if (cycle % DRAIN_CHECK_CYCLES === 0 && run.meanWait > LATENCY_LIMIT_CYCLES) return false;
    if (cycle === MAX_DRAIN_CYCLES) return false;
  }
  return true;
}
