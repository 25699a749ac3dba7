import { clamp } from '../base/integers.ts';
import { type BookSimMode, measureAsBookSim, type TrafficFigures } from './booksim-measure.ts';
import type { Torus } from './topology.ts';
import { checkTraffic, type TrafficRequest } from './traffic-request.ts';
import { TrafficRun } from './traffic-run.ts';

export interface TrafficResult extends TrafficFigures {
  /**
   * The run that accepted rate, hops and load of channels are of. An unstable run with BookSim's stream is
   * done again in its throughput mode, which gives them in the steady state; latency is what its latency mode
   * last said. Runs with the counter's dice are all of one kind, called latency.
   */
  readonly acceptedMode: BookSimMode;
}

/** Three sample periods, as BookSim 2 waits. */
const WARM_UP_CYCLES = 3000;
/** By default this many router-cycles count, about half a second of computing: enough that noise is small. */
const DEFAULT_ROUTER_CYCLES = 1_600_000;
const LEAST_DEFAULT_CYCLES = 2000;
const MOST_DEFAULT_CYCLES = 100_000;
const LATENCY_LIMIT_CYCLES = 500;
/** Sources of a network that keeps up lag by no more than a queue's length, not by a part of the time. */
const LEAST_PROGRESS = 0.97;
const DRAIN_CHECK_CYCLES = 1000;

/**
 * Warms up, measures, and then runs on under load until every packet that counts has arrived; with BookSim's
 * stream, by its protocol. The same request gives the same result everywhere. Throws an `InputError` for what
 * the model cannot hold.
 */
export function runTraffic(torus: Torus, request: TrafficRequest): TrafficResult {
  checkTraffic(torus, request);
  return request.random === 'booksim' ? likeBookSim(torus, request) : atLength(torus, request);
}

function likeBookSim(torus: Torus, request: TrafficRequest): TrafficResult {
  const channelCycles = request.measuredCycles ?? defaultCycles(torus);
  const latency = measureAsBookSim(torus, request, 'latency', channelCycles);
  if (latency.stable) return { ...latency, acceptedMode: 'latency' };
  return {
    ...measureAsBookSim(torus, request, 'throughput'),
    stable: false,
    packetLatencyCycles: latency.packetLatencyCycles,
    packets: latency.packets,
    acceptedMode: 'throughput',
  };
}

function atLength(torus: Torus, request: TrafficRequest): TrafficResult {
  const run = new TrafficRun(torus, request);
  const measuredCycles = request.measuredCycles ?? defaultCycles(torus);
  run.advance(WARM_UP_CYCLES);
  run.beginMeasuring();
  run.advance(measuredCycles);
  const accepted = run.acceptedFlits / (torus.nodes * measuredCycles);
  const channelUtilization = run.network.linkFlits().map((flits) => flits / measuredCycles);
  const keepsUp = run.endMeasuring() >= LEAST_PROGRESS;
  while (!run.drained && run.meanLatency <= LATENCY_LIMIT_CYCLES) run.advance(DRAIN_CHECK_CYCLES);
  return {
    stable: keepsUp && run.drained && run.meanLatency <= LATENCY_LIMIT_CYCLES,
    packetLatencyCycles: run.deliveredLatency,
    acceptedFlitsPerNodePerCycle: accepted,
    acceptedMode: 'latency',
    meanHops: run.meanHops,
    channelUtilization,
    packets: run.deliveredPackets,
    cycles: run.network.cycle,
  };
}

function defaultCycles(torus: Torus): number {
  return clamp(Math.round(DEFAULT_ROUTER_CYCLES / torus.nodes), LEAST_DEFAULT_CYCLES, MOST_DEFAULT_CYCLES);
}
