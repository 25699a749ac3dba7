import { sum } from '../../src/base/integers.ts';
import { minimalSteps } from '../../src/ici/routing.ts';
import type { Torus } from '../../src/ici/topology.ts';
import type { TrafficRequest } from '../../src/ici/traffic-request.ts';
import type { TrafficCounters } from '../../src/ici/traffic-run.ts';
import { type TrafficStream, trafficStream } from '../../src/ici/traffic-stream.ts';
import { PlainNetwork } from './plain-network.ts';
import type { Packet } from './plain-router.ts';

interface MadePacket extends Packet {
  readonly created: number;
  readonly measured: boolean;
  readonly hops: number;
  readonly target: number;
  /** Cycles in which its flits arrived. */
  readonly arrivals: number[];
  /** Whether it had arrived when measuring began. */
  warmedUp: boolean;
}

interface Source {
  /** The cycle whose dice are thrown next. */
  nextCycle: number;
  packet: MadePacket | undefined;
  sentFlits: number;
  vc: number;
}

/** The slow reference of `TrafficRun`: keeps every packet, and counts them all whenever it is asked. */
export class PlainTraffic {
  readonly network: PlainNetwork;
  readonly packets: MadePacket[] = [];
  readonly #torus: Torus;
  readonly #request: TrafficRequest;
  readonly #stream: TrafficStream;
  readonly #tiesAtRouters: boolean;
  readonly #sources: Source[];
  #clearCycle = 0;
  #linksBefore: readonly number[];
  #measureFrom = Number.POSITIVE_INFINITY;
  #measureTo = Number.POSITIVE_INFINITY;
  #stopCycle = Number.POSITIVE_INFINITY;

  constructor(torus: Torus, request: TrafficRequest, stream = trafficStream(torus, request)) {
    this.#torus = torus;
    this.#request = request;
    this.#stream = stream;
    const { coin } = stream;
    this.#tiesAtRouters = coin !== undefined && request.routing !== 'adaptive' && !torus.twisted;
    this.network = new PlainNetwork(torus, request, {
      onEject: ({ packet, number }, node) => this.#arrive(packet.id, number, node),
      coin: this.#tiesAtRouters ? coin : undefined,
    });
    this.#linksBefore = this.network.linkFlits.slice();
    this.#sources = Array.from({ length: torus.nodes }, () => ({
      nextCycle: 0,
      packet: undefined,
      sentFlits: 0,
      vc: request.virtualChannels - 1,
    }));
  }

  advance(cycles: number): void {
    for (let count = 0; count < cycles; count++) {
      this.network.beginCycle();
      for (const [node, source] of this.#sources.entries()) {
        if (source.packet === undefined && this.network.cycle < this.#stopCycle) this.#make(node, source);
        if (source.packet !== undefined) this.#inject(node, source, source.packet);
      }
      this.network.endCycle();
    }
  }

  clear(): void {
    this.#clearCycle = this.network.cycle;
    this.#linksBefore = this.network.linkFlits.slice();
  }

  beginMeasuring(): void {
    this.clear();
    this.#measureFrom = this.network.cycle;
  }

  endMeasuring(): void {
    this.#measureTo = this.network.cycle;
  }

  stopMaking(): void {
    this.#stopCycle = this.network.cycle;
  }

  counters(): TrafficCounters {
    const delivered = this.#delivered();
    const measured = this.packets.filter((packet) => packet.measured);
    const open = measured.filter((packet) => packet.arrivals.length < packet.flits);
    return {
      cycle: this.network.cycle,
      acceptedFlits: sum(
        this.packets.map(({ arrivals }) => arrivals.filter((at) => this.#counts(at)).length),
      ),
      deliveredPackets: delivered.length,
      latencySum: sum(delivered.map(({ arrivals, created }) => arrivals[arrivals.length - 1] - created)),
      openPackets: open.length,
      openCreatedSum: sum(open.map(({ created }) => created)),
      hopSum: sum(measured.map(({ hops }) => hops)),
      sourceCycles: Int32Array.from(this.#sources, ({ nextCycle }) => nextCycle),
      linkFlits: Float64Array.from(this.network.linkFlits, (flits, link) => flits - this.#linksBefore[link]),
    };
  }

  /** As BookSim judges a run: packets that count and have arrived, and every flit under way with its age. */
  get meanWait(): number {
    const { deliveredPackets, latencySum } = this.counters();
    const ages = this.packets.flatMap(({ flits, arrivals, created }) =>
      new Array<number>(flits - arrivals.length).fill(this.network.cycle - created),
    );
    return (latencySum + sum(ages)) / (deliveredPackets + ages.length);
  }

  /** Whether something in a cycle lies after the last clear. */
  #counts(cycle: number): boolean {
    return cycle >= this.#clearCycle;
  }

  /** Packets that arrived since the last clear and are measured, or arrived before measuring began. */
  #delivered(): MadePacket[] {
    return this.packets.filter(
      ({ arrivals, flits, measured, warmedUp }) =>
        arrivals.length === flits && this.#counts(arrivals[flits - 1]) && (measured || warmedUp),
    );
  }

  /** Throws the dice of all cycles that have not had theirs, up to the first that makes a packet. */
  #make(node: number, source: Source): void {
    while (source.packet === undefined && source.nextCycle <= this.network.cycle) {
      const cycle = source.nextCycle;
      source.nextCycle += 1;
      if (this.#stream.next(node, cycle, cycle + 1) === cycle) source.packet = this.#packet(node, cycle);
    }
  }

  #packet(node: number, created: number): MadePacket {
    const target = this.#stream.target(node);
    const ties = this.#tiesAtRouters ? 0 : this.#stream.ties();
    const steps = this.#steps(node, target, ties);
    const packet: MadePacket = {
      id: this.packets.length,
      flits: this.#request.packetFlits,
      steps,
      upper: false,
      created,
      measured: this.network.cycle >= this.#measureFrom && created < this.#measureTo,
      hops: sum(steps.map(Math.abs)),
      target,
      arrivals: [],
      warmedUp: false,
    };
    this.packets.push(packet);
    return packet;
  }

  /** All chips see the same torus: those from node 0 to the node that lies as far from it. */
  #steps(source: number, target: number, ties: number): number[] {
    let node = 0;
    for (const [axis, steps] of minimalSteps(this.#torus, source, target).entries()) {
      for (let left = Math.abs(steps); left > 0; left--) {
        node = this.#torus.targets[this.#torus.link(node, axis, steps > 0 ? 0 : 1)];
      }
    }
    return minimalSteps(this.#torus, 0, node, ties);
  }

  /** One flit a cycle: a head in the next virtual channel in turn that has room, its body behind it. */
  #inject(node: number, source: Source, packet: MadePacket): void {
    const { virtualChannels } = this.#request;
    const turns = Array.from(
      { length: virtualChannels },
      (_, turn) => (source.vc + 1 + turn) % virtualChannels,
    );
    const mayTake = source.sentFlits === 0 ? turns : [source.vc];
    const vc = mayTake.find((each) => this.network.injectionCredits(node, each) > 0);
    if (vc === undefined) return;
    this.network.inject(node, vc, { packet, number: source.sentFlits });
    source.vc = vc;
    source.sentFlits += 1;
    if (source.sentFlits < packet.flits) return;
    source.packet = undefined;
    source.sentFlits = 0;
  }

  #arrive(id: number, number: number, node: number): void {
    const packet = this.packets[id];
    if (node !== packet.target) throw new Error('a packet arrives where it was sent');
    if (number !== packet.arrivals.length) throw new Error('flits arrive in order');
    packet.arrivals.push(this.network.cycle);
    packet.warmedUp = this.network.cycle < this.#measureFrom;
  }
}
