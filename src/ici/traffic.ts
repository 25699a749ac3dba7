import { clamp } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import { counterRandom } from './counter-random.ts';
import type { RouterConfig } from './flit-config.ts';
import { FlitNetwork } from './flit-network.ts';
import { HEAD, MEASURED, TAIL } from './flit-word.ts';
import { RouteTable } from './route-table.ts';
import type { Torus } from './topology.ts';
import { destinations, type TrafficPattern } from './traffic-pattern.ts';

/** Synthetic traffic: every node makes packets at random and sends them where the pattern says. */
export interface TrafficRequest extends RouterConfig {
  readonly pattern: TrafficPattern;
  /** Flits that each node offers a cycle, in (0, 1]. */
  readonly rate: number;
  readonly packetFlits: number;
  readonly seed: number;
  /** Cycles that count, after the warm-up; left out, more on smaller networks. */
  readonly measuredCycles?: number;
}

export interface TrafficResult {
  /** False when packets wait longer and longer: mean latency passes 500 cycles or sources fall behind. */
  readonly stable: boolean;
  /** Mean over packets made while measuring: from when it is made, time in its source's queue included, to its last flit. */
  readonly packetLatencyCycles: number;
  readonly acceptedFlitsPerNodePerCycle: number;
  /** Mean links of a delivered packet's way. */
  readonly meanHops: number;
  /** Flits a cycle on each directed link, [linkSlots]. */
  readonly channelUtilization: Float64Array;
  readonly packets: number;
  readonly cycles: number;
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
const TWO_TO_32 = 2 ** 32;

/**
 * Warms up, measures, and then runs on under load until every packet that counts has arrived. The same
 * request gives the same result everywhere. Throws an `InputError` for what the model cannot hold.
 */
export function runTraffic(torus: Torus, request: TrafficRequest): TrafficResult {
  const run = new TrafficRun(torus, request);
  const measuredCycles = request.measuredCycles ?? defaultCycles(torus);
  run.advance(WARM_UP_CYCLES);
  run.beginMeasuring();
  run.advance(measuredCycles);
  const accepted = run.acceptedFlits / (torus.nodes * measuredCycles);
  const channelUtilization = run.network.linkFlits.map((flits) => flits / measuredCycles);
  const keepsUp = run.endMeasuring() >= LEAST_PROGRESS;
  while (!run.drained && run.meanLatency <= LATENCY_LIMIT_CYCLES) run.advance(DRAIN_CHECK_CYCLES);
  return {
    stable: keepsUp && run.drained && run.meanLatency <= LATENCY_LIMIT_CYCLES,
    packetLatencyCycles: run.deliveredLatency,
    acceptedFlitsPerNodePerCycle: accepted,
    meanHops: run.meanHops,
    channelUtilization,
    packets: run.deliveredPackets,
    cycles: run.network.cycle,
  };
}

function defaultCycles(torus: Torus): number {
  return clamp(Math.round(DEFAULT_ROUTER_CYCLES / torus.nodes), LEAST_DEFAULT_CYCLES, MOST_DEFAULT_CYCLES);
}

/** What a run has counted so far, on a CPU or a GPU. */
export interface TrafficCounters {
  readonly cycle: number;
  readonly acceptedFlits: number;
  /** Packets that count and have arrived, the sum of their latencies. */
  readonly deliveredPackets: number;
  readonly latencySum: number;
  /** Packets that count and are under way, the sum of the cycles in which they were made. */
  readonly openPackets: number;
  readonly openCreatedSum: number;
  /** Hops of all packets that count. */
  readonly hopSum: number;
  /** The cycle whose dice each source throws next, [nodes]. */
  readonly sourceCycles: Int32Array;
  /** Flits sent on each directed link since measuring began, [linkSlots]. */
  readonly linkFlits: Float64Array;
}

/** One run under way: sources, network and what has been counted. */
export class TrafficRun {
  readonly network: FlitNetwork;
  acceptedFlits = 0;
  deliveredPackets = 0;
  readonly #torus: Torus;
  readonly #request: TrafficRequest;
  readonly #targets: Int32Array | undefined;
  /** A packet is made where a random word is below this. */
  readonly #threshold: number;
  /** The cycle whose dice each source throws next: it lags while a packet waits. */
  readonly #nextCycle: Int32Array;
  /** Flits of its packet that a source has yet to send. */
  readonly #waiting: Int32Array;
  readonly #word: Int32Array;
  readonly #created: Int32Array;
  readonly #vc: Int32Array;
  readonly #routes: RouteTable;
  #phase: 'warming' | 'measuring' | 'draining' = 'warming';
  #measureCycle = 0;
  #madeBefore = 0;
  #drainCycle = Number.POSITIVE_INFINITY;
  #latencySum = 0;
  #hopSum = 0;
  /** Measured packets under way and the sum of the cycles in which they were made. */
  #open = 0;
  #openCreated = 0;

  constructor(torus: Torus, request: TrafficRequest) {
    checkTraffic(torus, request);
    this.#torus = torus;
    this.#request = request;
    this.#routes = new RouteTable(torus);
    this.#targets = destinations(torus, request.pattern);
    this.#threshold = packetThreshold(request);
    this.#nextCycle = new Int32Array(torus.nodes);
    this.#waiting = new Int32Array(torus.nodes);
    this.#word = new Int32Array(torus.nodes);
    this.#created = new Int32Array(torus.nodes);
    this.#vc = new Int32Array(torus.nodes).fill(request.virtualChannels - 1);
    this.network = new FlitNetwork(torus, request, (_, word, created) => this.#retire(word, created));
  }

  advance(cycles: number): void {
    for (let count = 0; count < cycles; count++) {
      this.network.beginCycle();
      for (let node = 0; node < this.#torus.nodes; node++) {
        if (this.#waiting[node] === 0) this.#make(node);
        if (this.#waiting[node] > 0) this.#inject(node);
      }
      this.network.endCycle();
    }
  }

  beginMeasuring(): void {
    this.#phase = 'measuring';
    this.#measureCycle = this.network.cycle;
    this.#madeBefore = this.#nextCycle.reduce((total, cycle) => total + cycle, 0);
    this.acceptedFlits = 0;
    this.network.linkFlits.fill(0);
  }

  /** Returns the part of the measured cycles whose packets sources have made: less than 1 when they queue up. */
  endMeasuring(): number {
    this.#phase = 'draining';
    this.#drainCycle = this.network.cycle;
    const made = this.#nextCycle.reduce((total, cycle) => total + cycle, 0) - this.#madeBefore;
    return made / (this.#torus.nodes * (this.#drainCycle - this.#measureCycle));
  }

  /** Every packet that counts has been made and has arrived. */
  get drained(): boolean {
    return this.#open === 0 && this.#nextCycle.every((cycle) => cycle > this.#drainCycle);
  }

  /** Over packets that count, those under way with their age so far. */
  get meanLatency(): number {
    const packets = this.deliveredPackets + this.#open;
    const age = this.#open * this.network.cycle - this.#openCreated;
    return packets === 0 ? 0 : (this.#latencySum + age) / packets;
  }

  get deliveredLatency(): number {
    return this.deliveredPackets === 0 ? 0 : this.#latencySum / this.deliveredPackets;
  }

  get meanHops(): number {
    return this.deliveredPackets === 0 ? 0 : this.#hopSum / this.deliveredPackets;
  }

  counters(): TrafficCounters {
    return {
      cycle: this.network.cycle,
      acceptedFlits: this.acceptedFlits,
      deliveredPackets: this.deliveredPackets,
      latencySum: this.#latencySum,
      openPackets: this.#open,
      openCreatedSum: this.#openCreated,
      hopSum: this.#hopSum,
      sourceCycles: this.#nextCycle.slice(),
      linkFlits: this.network.linkFlits.slice(),
    };
  }

  /** Throws the dice of the cycles up to now until they make a packet. */
  #make(node: number): void {
    const { seed, packetFlits } = this.#request;
    const now = this.network.cycle;
    while (this.#nextCycle[node] <= now) {
      const cycle = this.#nextCycle[node]++;
      if (counterRandom(seed, node, cycle, 0) >= this.#threshold) continue;
      const target =
        this.#targets === undefined
          ? counterRandom(seed, node, cycle, 1) % this.#torus.nodes
          : this.#targets[node];
      const route = this.#routes.entry(node, target, counterRandom(seed, node, cycle, 2) & 7);
      const measured =
        this.#phase === 'measuring' || (this.#phase === 'draining' && cycle < this.#drainCycle);
      this.#created[node] = cycle;
      this.#word[node] = this.#routes.steps(route) | HEAD | (measured ? MEASURED : 0);
      this.#waiting[node] = packetFlits;
      if (measured) {
        this.#open += 1;
        this.#openCreated += cycle;
        this.#hopSum += this.#routes.hops(route);
      }
      return;
    }
  }

  /** A head takes the next virtual channel in turn that has room, its body follows. */
  #inject(node: number): void {
    const { virtualChannels } = this.#request;
    let word = this.#word[node];
    if ((word & HEAD) !== 0) {
      let vc = this.#vc[node];
      let tried = 0;
      do {
        vc = (vc + 1) % virtualChannels;
        tried += 1;
      } while (tried < virtualChannels && this.network.injectionCredits(node, vc) === 0);
      if (this.network.injectionCredits(node, vc) === 0) return;
      this.#vc[node] = vc;
    } else if (this.network.injectionCredits(node, this.#vc[node]) === 0) {
      return;
    }
    this.#word[node] = word & ~HEAD;
    this.#waiting[node] -= 1;
    if (this.#waiting[node] === 0) word |= TAIL;
    this.network.inject(node, this.#vc[node], this.#created[node], word);
  }

  #retire(word: number, created: number): void {
    this.acceptedFlits += 1;
    if ((word & TAIL) === 0 || (word & MEASURED) === 0) return;
    this.deliveredPackets += 1;
    this.#open -= 1;
    this.#openCreated -= created;
    this.#latencySum += this.network.cycle - created;
  }
}

/** A source makes a packet in a cycle where a random 32-bit word is below this. */
export function packetThreshold({ rate, packetFlits }: TrafficRequest): number {
  return Math.round((rate / packetFlits) * TWO_TO_32);
}

/** Refuses with an `InputError` a rate, a packet, a seed or a time that cannot be. */
export function checkTraffic(torus: Torus, request: TrafficRequest): void {
  const { rate, packetFlits, seed, measuredCycles = 1 } = request;
  if (!torus.symmetric) {
    throw new InputError('torus', 'synthetic traffic needs every axis wrapped and nothing missing');
  }
  if (!(rate > 0 && rate <= 1))
    throw new InputError('rate', `expected more than 0 and at most 1, found ${rate}`);
  if (!Number.isSafeInteger(packetFlits) || packetFlits < 1 || packetFlits > 4096) {
    throw new InputError('packet-flits', `expected a whole number from 1 to 4096, found ${packetFlits}`);
  }
  if (!Number.isSafeInteger(seed)) throw new InputError('seed', `expected a whole number, found ${seed}`);
  if (!Number.isSafeInteger(measuredCycles) || measuredCycles < 1 || measuredCycles > 1e7) {
    throw new InputError('cycles', `expected a whole number from 1 to 10000000, found ${measuredCycles}`);
  }
}
