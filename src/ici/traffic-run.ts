import { FlitNetwork } from './flit-network.ts';
import { HEAD, MEASURED, TAIL } from './flit-word.ts';
import { RouteTable } from './route-table.ts';
import type { Torus } from './topology.ts';
import { checkTraffic, type TrafficRequest } from './traffic-request.ts';
import { type TrafficStream, trafficStream } from './traffic-stream.ts';

/** Later than any cycle. */
const NEVER = 0x7fff_ffff;

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

/**
 * One run under way: sources, network and what has been counted. Packets made while measuring count; of those
 * that arrive during the warm-up, latencies are there until `clear`.
 */
export class TrafficRun {
  readonly network: FlitNetwork;
  acceptedFlits = 0;
  deliveredPackets = 0;
  readonly #torus: Torus;
  readonly #request: TrafficRequest;
  readonly #stream: TrafficStream;
  /** Routers break ties, as the stream can and dimension order lets them; else sources do. */
  readonly #tiesAtRouters: boolean;
  /** The cycle in which each source makes its next packet, as far as it knows: it lags while one waits. */
  readonly #nextCycle: Int32Array;
  /** When each source next has something to do. */
  readonly #dueCycle: Int32Array;
  /** When each last sent a flit. */
  readonly #sentCycle: Int32Array;
  /** A source without a credit may leave it for later to look for its next packet. */
  readonly #mayLag: boolean;
  /** Flits of its packet that a source has yet to send. */
  readonly #waiting: Int32Array;
  readonly #word: Int32Array;
  readonly #created: Int32Array;
  readonly #vc: Int32Array;
  readonly #routes: RouteTable;
  #phase: 'warming' | 'measuring' | 'draining' = 'warming';
  #stopCycle = Number.POSITIVE_INFINITY;
  #clearCycle = 0;
  #madeBefore = 0;
  #drainCycle = Number.POSITIVE_INFINITY;
  #latencySum = 0;
  #hopSum = 0;
  /** Measured packets under way and the sum of the cycles in which they were made. */
  #open = 0;
  #openCreated = 0;
  /** Flits made and not yet arrived, of whatever packets, and the sum of the cycles in which they were made. */
  #underWay = 0;
  #underWayCreated = 0;

  constructor(torus: Torus, request: TrafficRequest, stream?: TrafficStream) {
    checkTraffic(torus, request);
    this.#torus = torus;
    this.#request = request;
    this.#stream = stream ?? trafficStream(torus, request);
    this.#routes = new RouteTable(torus);
    this.#nextCycle = new Int32Array(torus.nodes);
    this.#dueCycle = new Int32Array(torus.nodes);
    this.#sentCycle = new Int32Array(torus.nodes);
    this.#mayLag = this.#stream.cyclesAhead > 1;
    this.#waiting = new Int32Array(torus.nodes);
    this.#word = new Int32Array(torus.nodes);
    this.#created = new Int32Array(torus.nodes);
    this.#vc = new Int32Array(torus.nodes).fill(request.virtualChannels - 1);
    const ordered = request.routing !== 'adaptive' && !torus.twisted;
    this.#tiesAtRouters = ordered && this.#stream.coin !== undefined;
    this.network = new FlitNetwork(torus, request, {
      onEject: (word, created) => this.#retire(word, created),
      onRoom: (node) => this.#wake(node),
      coin: this.#tiesAtRouters ? this.#stream.coin : undefined,
    });
  }

  advance(cycles: number): void {
    const { nodes } = this.#torus;
    const { network } = this;
    const dueCycle = this.#dueCycle;
    for (let count = 0; count < cycles; count++) {
      const now = network.cycle;
      network.beginCycle();
      for (let node = 0; node < nodes; node++) if (dueCycle[node] <= now) this.#serve(node, now);
      network.endCycle();
    }
    this.#catchUp();
  }

  /** Starts counting afresh. */
  clear(): void {
    this.#clearCycle = this.network.cycle;
    this.acceptedFlits = 0;
    this.deliveredPackets = 0;
    this.#latencySum = 0;
    this.network.clearLinkFlits();
  }

  beginMeasuring(): void {
    this.#phase = 'measuring';
    this.clear();
    this.#madeBefore = sum(this.#sourceCycles());
  }

  /** Returns the part of the measured cycles whose packets sources have made: less than 1 when they queue up. */
  endMeasuring(): number {
    this.#phase = 'draining';
    this.#drainCycle = this.network.cycle;
    const made = sum(this.#sourceCycles()) - this.#madeBefore;
    return made / (this.#torus.nodes * this.countedCycles);
  }

  /** Sources make no more packets; those made go on. */
  stopMaking(): void {
    this.#stopCycle = this.network.cycle;
  }

  /** Since counting began. */
  get countedCycles(): number {
    return this.network.cycle - this.#clearCycle;
  }

  /** Every packet that counts has been made and has arrived. */
  get drained(): boolean {
    return this.#open === 0 && this.#sourceCycles().every((cycle) => cycle > this.#drainCycle);
  }

  get empty(): boolean {
    return this.#underWay === 0;
  }

  /** Over packets that count, those under way with their age so far. */
  get meanLatency(): number {
    const packets = this.deliveredPackets + this.#open;
    const age = this.#open * this.network.cycle - this.#openCreated;
    return packets === 0 ? 0 : (this.#latencySum + age) / packets;
  }

  /** As BookSim judges a run: packets that count and have arrived, and every single flit under way with its age. */
  get meanWait(): number {
    const age = this.#underWay * this.network.cycle - this.#underWayCreated;
    return (this.#latencySum + age) / (this.deliveredPackets + this.#underWay);
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
      sourceCycles: this.#sourceCycles(),
      linkFlits: this.network.linkFlits(),
    };
  }

  /** The cycle whose dice each source throws next, not counting those that it threw ahead of time. */
  #sourceCycles(): Int32Array {
    const now = Math.min(this.network.cycle, this.#stopCycle);
    return this.#nextCycle.map((cycle) => Math.min(cycle, now));
  }

  #serve(node: number, now: number): void {
    if (this.#waiting[node] === 0) {
      this.#make(node, now);
      if (this.#waiting[node] === 0) return;
    }
    if (this.network.injectionRoom(node) === 0) this.#dueCycle[node] = NEVER;
    else this.#inject(node, now);
  }

  /** What a node waits for a credit with may go on. */
  #wake(node: number): void {
    if (this.#dueCycle[node] === NEVER) this.#dueCycle[node] = 0;
  }

  /** Sources that have had no credit since their last packet have yet to look for the next one. */
  #catchUp(): void {
    if (!this.#mayLag) return;
    const last = this.network.cycle - 1;
    for (let node = 0; node < this.#torus.nodes; node++) {
      if (this.#waiting[node] > 0 || this.#dueCycle[node] !== NEVER || this.#sentCycle[node] >= last)
        continue;
      this.#make(node, last);
      if (this.#waiting[node] > 0) this.#dueCycle[node] = NEVER;
    }
  }

  /** The next packet, if it is one of a cycle up to now. */
  #make(node: number, now: number): void {
    if (this.#stopCycle <= now) {
      this.#dueCycle[node] = NEVER;
      return;
    }
    const cycle = this.#stream.next(node, this.#nextCycle[node], now + this.#stream.cyclesAhead);
    if (cycle > now) {
      this.#nextCycle[node] = cycle;
      this.#dueCycle[node] = cycle;
      return;
    }
    const { packetFlits } = this.#request;
    const target = this.#stream.target(node);
    const ties = this.#tiesAtRouters ? 0 : this.#stream.ties();
    const route = this.#routes.entry(node, target, ties);
    const measured = this.#phase === 'measuring' || (this.#phase === 'draining' && cycle < this.#drainCycle);
    this.#nextCycle[node] = cycle + 1;
    this.#created[node] = cycle;
    this.#word[node] = this.#routes.steps(route) | HEAD | (measured ? MEASURED : 0);
    this.#waiting[node] = packetFlits;
    this.#underWay += packetFlits;
    this.#underWayCreated += packetFlits * cycle;
    if (!measured) return;
    this.#open += 1;
    this.#openCreated += cycle;
    this.#hopSum += this.#routes.hops(route);
  }

  /** A head takes the next virtual channel in turn that has room, its body follows. */
  #inject(node: number, now: number): void {
    const { network } = this;
    const { virtualChannels } = network;
    const word = this.#word[node];
    let vc = this.#vc[node];
    if ((word & HEAD) !== 0) {
      do vc = vc + 1 === virtualChannels ? 0 : vc + 1;
      while (network.injectionCredits(node, vc) === 0);
    } else if (network.injectionCredits(node, vc) === 0) {
      return;
    }
    const left = this.#waiting[node] - 1;
    this.#vc[node] = vc;
    this.#word[node] = word & ~HEAD;
    this.#waiting[node] = left;
    this.#sentCycle[node] = now;
    network.inject(node, vc, this.#created[node], left === 0 ? word | TAIL : word);
    this.#dueCycle[node] = left === 0 && this.#mayLag && network.injectionRoom(node) === 0 ? NEVER : now + 1;
  }

  #retire(word: number, created: number): void {
    this.acceptedFlits += 1;
    this.#underWay -= 1;
    this.#underWayCreated -= created;
    if ((word & TAIL) === 0) return;
    const measured = (word & MEASURED) !== 0;
    if (!measured && this.#phase !== 'warming') return;
    this.deliveredPackets += 1;
    this.#latencySum += this.network.cycle - created;
    if (!measured) return;
    this.#open -= 1;
    this.#openCreated -= created;
  }
}

function sum(values: Int32Array): number {
  return values.reduce((total, each) => total + each, 0);
}
