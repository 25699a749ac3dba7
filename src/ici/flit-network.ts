import { Islip, SwitchAllocator } from './flit-allocators.ts';
import { checkFlitTorus, localPortCount, type RouterConfig } from './flit-config.ts';
import { passesDateline, withRingClass, withTwistedClass } from './flit-dateline.ts';
import { PortOrder, Wheel, WorkList } from './flit-queues.ts';
import { ACTIVE, ALLOCATING, type FlitState, IDLE, ROUTING } from './flit-state.ts';
import {
  CREDIT_CYCLES,
  EJECT_CREDIT_CYCLES,
  EJECT_CYCLES,
  HOP_CYCLES,
  INJECT_CREDIT_CYCLES,
  INJECT_CYCLES,
} from './flit-timing.ts';
import { afterStep, firstAxis, stepsAlong, TAIL, UPPER_CLASS, withSteps } from './flit-word.ts';
import type { Torus } from './topology.ts';

/** What leaves the network at a node, told as it happens, with the word it was tagged with when it went in. */
export type OnEject = (node: number, word: number, tag: number) => void;

/**
 * Input-queued virtual-channel routers joined as a torus, one cycle at a time. A head flit spends a cycle each
 * on route, virtual channel, switch and traversal, and two on the channel: 6 cycles a hop, 7 + 6 hops in all
 * (Dally and Towles, Principles and Practices of Interconnection Networks, 16; constants and arbitration of
 * BookSim 2, Jiang et al., ISPASS 2013). Both allocators are iSLIP with one iteration. Credits return when a
 * flit leaves its buffer. Nodes take what arrives at once, and give its credit back.
 *
 * A packet that has half of an even ring to go may take either way. Its word says which, or `coin` does as it
 * turns into the ring (1 is upwards). Only the coin depends on the order of work, which is BookSim's: router
 * by router, in each those first whose channel's last packet has just gone, then those that arrive, by port.
 *
 * Rings cannot deadlock: a packet that passes the wraparound of a ring uses other virtual channels than one
 * that does not, and axes are taken in order. Adaptive packets may leave this order in other channels, and
 * wait for the ordered ones at every router (Duato, IEEE TPDS 4(12) 1993): a channel of theirs must be empty
 * before it is given, lest one packet wait behind another that holds what it needs.
 */
export class FlitNetwork {
  readonly torus: Torus;
  readonly virtualChannels: number;
  /** Flits sent on each directed link, [linkSlots]; cleared by whoever measures. */
  readonly linkFlits: Float64Array;
  readonly #ports: number;
  /** Ports that links are on; those towards the node follow. */
  readonly #linkPorts: number;
  readonly #localPorts: number;
  readonly #adaptive: boolean;
  readonly #depth: number;
  readonly #onEject: OnEject;
  readonly #coin: (() => number) | undefined;
  #cycle = 0;

  // Input virtual channels, by (node * ports + port) * virtualChannels + vc.
  readonly #state: Uint8Array;
  readonly #outPort: Uint8Array;
  /** The output virtual channel it has, or while it asks, the first that it may have. */
  readonly #outVc: Int32Array;
  readonly #first: Int32Array;
  readonly #held: Int32Array;
  readonly #bufferTime: Int32Array;
  readonly #bufferWord: Int32Array;
  /** Of the input whose flits arrive, the output virtual channels (or the node's) that get its credits. */
  readonly #creditBase: Int32Array;

  // Output virtual channels, numbered alike; those of nodes that inject follow.
  readonly #credits: Int32Array;
  readonly #taken: Uint8Array;
  /** First input virtual channel behind each output port, [node * ports + port]. */
  readonly #behind: Int32Array;

  // Where a channel belongs, looked up because dividing is dear in the innermost loops.
  readonly #coordinates: Int32Array;
  readonly #portOf: Int32Array;
  readonly #nodeOf: Int32Array;
  readonly #placeOf: Int32Array;

  readonly #channelAllocator: Islip;
  readonly #switchAllocator: SwitchAllocator;

  // What is to be done next cycle, as lists of input virtual channels.
  #routing: WorkList;
  #allocating: WorkList;
  #switching: WorkList;
  #nextRouting: WorkList;
  #nextAllocating: WorkList;
  #nextSwitching: WorkList;

  /** Those for which the coin decides this cycle. */
  readonly #ties: WorkList;

  readonly #arrivals: Wheel;
  /** The order in which routers take them, where the coin makes it matter. */
  readonly #arrivalOrder: PortOrder | undefined;
  readonly #creditReturns: Wheel;
  readonly #ejections: Wheel;

  constructor(torus: Torus, config: RouterConfig, onEject: OnEject, coin?: () => number) {
    checkFlitTorus(torus, config);
    const { nodes, axes } = torus;
    const vcs = config.virtualChannels;
    const localPorts = localPortCount(torus, config);
    const ports = 2 * axes + localPorts;
    const channels = nodes * ports * vcs;
    this.torus = torus;
    this.virtualChannels = vcs;
    this.linkFlits = new Float64Array(torus.linkSlots);
    this.#ports = ports;
    this.#linkPorts = 2 * axes;
    this.#localPorts = localPorts;
    this.#adaptive = config.routing === 'adaptive';
    this.#depth = config.bufferFlits;
    this.#onEject = onEject;
    this.#coin = coin;
    this.#state = new Uint8Array(channels);
    this.#outPort = new Uint8Array(channels);
    this.#outVc = new Int32Array(channels);
    this.#first = new Int32Array(channels);
    this.#held = new Int32Array(channels);
    this.#bufferTime = new Int32Array(channels * config.bufferFlits);
    this.#bufferWord = new Int32Array(channels * config.bufferFlits);
    this.#credits = new Int32Array(channels + nodes * localPorts * vcs).fill(config.bufferFlits);
    this.#taken = new Uint8Array(channels);
    this.#behind = new Int32Array(nodes * ports).fill(-1);
    this.#creditBase = new Int32Array(nodes * ports).fill(-1);
    this.#coordinates = new Int32Array(nodes * axes);
    for (let node = 0; node < nodes; node++) this.#coordinates.set(torus.coordinates(node), node * axes);
    this.#portOf = Int32Array.from({ length: channels }, (_, channel) => Math.floor(channel / vcs));
    this.#nodeOf = Int32Array.from({ length: channels }, (_, channel) => Math.floor(channel / (ports * vcs)));
    this.#placeOf = Int32Array.from({ length: channels }, (_, channel) => this.#portOf[channel] % ports);
    this.#channelAllocator = new Islip(nodes, ports * vcs);
    this.#switchAllocator = new SwitchAllocator(nodes, ports, vcs, this.#portOf);
    this.#routing = new WorkList(channels);
    this.#allocating = new WorkList(channels);
    this.#switching = new WorkList(channels);
    this.#nextRouting = new WorkList(channels);
    this.#nextAllocating = new WorkList(channels);
    this.#nextSwitching = new WorkList(channels);
    this.#ties = new WorkList(channels);
    this.#arrivals = new Wheel(nodes * ports * 3);
    this.#arrivalOrder = coin === undefined ? undefined : new PortOrder(this.#portOf, nodes * ports);
    this.#creditReturns = new Wheel(nodes * (ports + localPorts));
    this.#ejections = new Wheel(nodes * localPorts * 3);
    this.#join();
  }

  get cycle(): number {
    return this.#cycle;
  }

  /** Credits that a node has for a virtual channel of its router, behind one of its own ports. */
  injectionCredits(node: number, vc: number, localPort = 0): number {
    return this.#credits[this.#injectionChannel(node, vc, localPort)];
  }

  /** Puts a flit of this cycle on its way into the router of `node`; the caller has checked the credits. */
  inject(node: number, vc: number, tag: number, word: number, localPort = 0): void {
    const input = (node * this.#ports + this.#linkPorts + localPort) * this.virtualChannels + vc;
    this.#credits[this.#injectionChannel(node, vc, localPort)] -= 1;
    this.#arrivals.add3(this.#cycle + INJECT_CYCLES, input, tag, word);
  }

  #injectionChannel(node: number, vc: number, localPort: number): number {
    const port = node * this.#localPorts + localPort;
    return this.#state.length + port * this.virtualChannels + vc;
  }

  /** What routers hold, live and to be read only, between two cycles. */
  state(): FlitState {
    return {
      ports: this.#ports,
      linkPorts: this.#linkPorts,
      bufferFlits: this.#depth,
      adaptive: this.#adaptive,
      stage: this.#state,
      outPort: this.#outPort,
      outVc: this.#outVc,
      first: this.#first,
      held: this.#held,
      words: this.#bufferWord,
      tags: this.#bufferTime,
      credits: this.#credits,
      taken: this.#taken,
      // Lists change places every cycle: those of the cycle before are the next ones until it begins.
      routed: () => this.#nextRouting,
      allocated: () => this.#nextAllocating,
      switched: () => this.#nextSwitching,
    };
  }

  /** Events that are due at the start of the cycle, before nodes inject. */
  beginCycle(): void {
    const credits = this.#creditReturns;
    const due = credits.take(this.#cycle);
    for (let index = 0; index < due; index++) this.#credits[credits.data[credits.start + index]] += 1;
    const ejections = this.#ejections;
    const out = ejections.take(this.#cycle);
    for (let index = 0; index < out; index += 3) {
      const at = ejections.start + index;
      this.#onEject(ejections.data[at], ejections.data[at + 2], ejections.data[at + 1]);
    }
  }

  /** All routers, after nodes have injected. */
  endCycle(): void {
    this.#nextRouting.count = 0;
    this.#nextAllocating.count = 0;
    this.#nextSwitching.count = 0;
    this.#receive();
    this.#route();
    this.#allocateChannels();
    this.#allocateSwitches();
    this.#cycle += 1;
    [this.#routing, this.#nextRouting] = [this.#nextRouting, this.#routing];
    [this.#allocating, this.#nextAllocating] = [this.#nextAllocating, this.#allocating];
    [this.#switching, this.#nextSwitching] = [this.#nextSwitching, this.#switching];
  }

  /** Output port 2 axis + direction leads to the input port of the neighbour that faces it. */
  #join(): void {
    const { nodes, axes, targets } = this.torus;
    const ports = this.#ports;
    const vcs = this.virtualChannels;
    for (let node = 0; node < nodes; node++) {
      for (let port = 0; port < 2 * axes; port++) {
        const target = targets[node * axes * 2 + port];
        if (target < 0) continue;
        const facing = target * ports + (port ^ 1);
        this.#behind[node * ports + port] = facing * vcs;
        this.#creditBase[facing] = (node * ports + port) * vcs;
      }
      for (let local = 0; local < this.#localPorts; local++) {
        this.#creditBase[node * ports + this.#linkPorts + local] = this.#injectionChannel(node, 0, local);
      }
    }
  }

  #receive(): void {
    const arrivals = this.#arrivals;
    const due = arrivals.take(this.#cycle);
    const order = this.#arrivalOrder;
    order?.sort(arrivals, due);
    for (let index = 0; index < due; index += 3) {
      const at = order === undefined ? arrivals.start + index : order.places[index / 3];
      const channel = arrivals.data[at];
      const held = this.#held[channel]++;
      let slot = this.#first[channel] + held;
      if (slot >= this.#depth) slot -= this.#depth;
      this.#bufferTime[channel * this.#depth + slot] = arrivals.data[at + 1];
      this.#bufferWord[channel * this.#depth + slot] = arrivals.data[at + 2];
      if (held > 0) continue;
      if (this.#state[channel] === IDLE) {
        this.#state[channel] = ROUTING;
        this.#routing.push(channel);
      } else if (this.#state[channel] === ACTIVE) {
        this.#switching.push(channel);
      }
    }
  }

  /** First axis with steps left, and the half of its virtual channels. */
  #route(): void {
    const { data, count } = this.#routing;
    const { axes, shape } = this.torus;
    this.#ties.count = 0;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const word = this.#bufferWord[channel * this.#depth + this.#first[channel]];
      const axis = firstAxis(word, axes);
      const steps = stepsAlong(word, axis);
      this.#state[channel] = ALLOCATING;
      this.#nextAllocating.push(channel);
      if (steps === 0) {
        const port = this.#exit(this.#placeOf[channel]);
        this.#outPort[channel] = port;
        this.#outVc[channel] = (this.#nodeOf[channel] * this.#ports + port) * this.virtualChannels;
      } else if (
        this.#coin !== undefined &&
        2 * Math.abs(steps) === shape[axis] &&
        this.#placeOf[channel] >> 1 !== axis
      ) {
        this.#ties.push(channel);
      } else {
        this.#steer(channel, axis, steps);
      }
    }
    if (this.#ties.count > 0) this.#breakTies();
  }

  #steer(channel: number, axis: number, steps: number): void {
    const { axes, shape, twisted } = this.torus;
    const node = this.#nodeOf[channel];
    const from = this.#coordinates[node * axes + axis];
    const port = 2 * axis + (steps > 0 ? 0 : 1);
    let upper: boolean;
    if (this.#adaptive) {
      upper = passesDateline(from, steps, shape[axis]);
    } else {
      const at = channel * this.#depth + this.#first[channel];
      const word = this.#bufferWord[at];
      const turning = this.#placeOf[channel] >> 1 !== axis;
      const next = twisted
        ? withTwistedClass(word, from, steps, shape[axis], turning)
        : withRingClass(word, from, steps, shape[axis], turning);
      this.#bufferWord[at] = next;
      upper = (next & UPPER_CLASS) !== 0;
    }
    this.#outPort[channel] = port;
    this.#outVc[channel] =
      (node * this.#ports + port) * this.virtualChannels + (upper ? this.virtualChannels >> 1 : 0);
  }

  /** Router by router, in each as the channels were routed: the coin is a stream, so that order matters. */
  #breakTies(): void {
    const { data, count } = this.#ties;
    this.#ties.sortBy(this.#nodeOf);
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const at = channel * this.#depth + this.#first[channel];
      const axis = firstAxis(this.#bufferWord[at], this.torus.axes);
      const half = this.torus.shape[axis] >> 1;
      const steps = this.#coin?.() === 1 ? half : -half;
      this.#bufferWord[at] = withSteps(this.#bufferWord[at], axis, steps);
      this.#steer(channel, axis, steps);
    }
  }

  /** A node with a port beside each link takes what a link brings there. */
  #exit(inPort: number): number {
    if (this.#localPorts === 1) return this.#linkPorts;
    return inPort < this.#linkPorts ? this.#linkPorts + inPort : inPort;
  }

  /** Asks for the ordered channel, and for every empty channel beyond the first two on any way that is minimal. */
  #askAdaptively(channel: number): void {
    const { axes } = this.torus;
    const ordered = this.#outVc[channel];
    const base = this.#nodeOf[channel] * this.#ports;
    const word = this.#bufferWord[channel * this.#depth + this.#first[channel]];
    if (this.#taken[ordered] === 0) this.#channelAllocator.request(channel, ordered);
    for (let axis = 0; axis < axes; axis++) {
      const steps = stepsAlong(word, axis);
      if (steps === 0) continue;
      const first = (base + 2 * axis + (steps > 0 ? 0 : 1)) * this.virtualChannels;
      for (let output = first + 2; output < first + this.virtualChannels; output++) {
        if (this.#taken[output] !== 0 || this.#credits[output] < this.#depth) continue;
        this.#channelAllocator.request(channel, output);
      }
    }
  }

  /** iSLIP over all free output virtual channels that packets may use; who gets none asks again after newcomers. */
  #allocateChannels(): void {
    const { data, count } = this.#allocating;
    const allocation = this.#channelAllocator;
    const taken = this.#taken;
    const perRange = this.virtualChannels >> 1;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const leaves = this.#outPort[channel] >= this.#linkPorts;
      if (this.#adaptive && !leaves) {
        this.#askAdaptively(channel);
        continue;
      }
      const from = this.#outVc[channel];
      const to = from + (leaves ? 2 * perRange : perRange);
      for (let output = from; output < to; output++) {
        if (taken[output] === 0) allocation.request(channel, output);
      }
    }
    allocation.grant();
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const output = allocation.take(channel);
      if (output < 0) {
        this.#nextAllocating.push(channel);
        continue;
      }
      taken[output] = 1;
      this.#outVc[channel] = output;
      this.#outPort[channel] = this.#placeOf[output];
      this.#state[channel] = ACTIVE;
      this.#nextSwitching.push(channel);
    }
  }

  /** iSLIP over ports for those with a credit, then what wins is sent. */
  #allocateSwitches(): void {
    const { data, count } = this.#switching;
    const allocation = this.#switchAllocator;
    const credits = this.#credits;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      if (credits[this.#outVc[channel]] > 0) allocation.request(channel, this.#outPort[channel]);
    }
    allocation.grant();
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      if (allocation.take(channel)) this.#send(channel);
      else this.#nextSwitching.push(channel);
    }
  }

  #send(channel: number): void {
    const depth = this.#depth;
    const vcs = this.virtualChannels;
    const links = this.#linkPorts;
    const first = this.#first[channel];
    const time = this.#bufferTime[channel * depth + first];
    const word = this.#bufferWord[channel * depth + first];
    this.#first[channel] = first + 1 === depth ? 0 : first + 1;
    const held = --this.#held[channel];

    const inputPort = this.#portOf[channel];
    const creditTo = this.#creditBase[inputPort] + (channel - inputPort * vcs);
    const creditCycles = this.#placeOf[channel] >= links ? INJECT_CREDIT_CYCLES : CREDIT_CYCLES;
    this.#creditReturns.add1(this.#cycle + creditCycles, creditTo);

    const output = this.#outVc[channel];
    const port = this.#outPort[channel];
    if (port >= links) {
      this.#lendEjectionCredit(output);
      this.#ejections.add3(this.#cycle + EJECT_CYCLES, this.#nodeOf[channel], time, word);
    } else {
      this.#credits[output] -= 1;
      this.linkFlits[this.#nodeOf[channel] * links + port] += 1;
      const outputPort = this.#portOf[output];
      const target = this.#behind[outputPort] + (output - outputPort * vcs);
      this.#arrivals.add3(this.#cycle + HOP_CYCLES, target, time, afterStep(word, port >> 1));
    }
    if ((word & TAIL) !== 0) {
      this.#taken[output] = 0;
      this.#state[channel] = held === 0 ? IDLE : ROUTING;
      if (held > 0) this.#nextRouting.push(channel);
    } else if (held > 0) {
      this.#nextSwitching.push(channel);
    }
  }

  /** One flit a cycle leaves by a port: where a buffer has a credit for each cycle of the way, none is missed. */
  #lendEjectionCredit(output: number): void {
    if (this.#depth >= EJECT_CREDIT_CYCLES) return;
    this.#credits[output] -= 1;
    this.#creditReturns.add1(this.#cycle + EJECT_CREDIT_CYCLES, output);
  }
}
