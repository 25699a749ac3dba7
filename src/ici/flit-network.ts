import { Islip, SwitchAllocator } from './flit-allocators.ts';
import { FlitBuffers } from './flit-buffers.ts';
import { checkFlitTorus, type RouterConfig } from './flit-config.ts';
import { passesDateline, withRingClass, withTwistedClass } from './flit-dateline.ts';
import { coordinateAlong, FlitLayout } from './flit-layout.ts';
import { PortOrder, Relay, Wheel, WorkList } from './flit-queues.ts';
import type { FlitState } from './flit-state.ts';
import {
  CREDIT_CYCLES,
  EJECT_CREDIT_CYCLES,
  EJECT_CYCLES,
  HOP_CYCLES,
  INJECT_CREDIT_CYCLES,
  INJECT_CYCLES,
} from './flit-timing.ts';
import { afterStep, firstAxis, isAtTarget, stepsAlong, TAIL, upperClass, withSteps } from './flit-word.ts';
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
  readonly #layout: FlitLayout;
  readonly #adaptive: boolean;
  readonly #onEject: OnEject;
  readonly #coin: (() => number) | undefined;
  #cycle = 0;

  // Input virtual channels, as `FlitLayout` numbers them.
  /** Whether its first packet has an output virtual channel. */
  readonly #active: Uint8Array;
  /** The output virtual channel it has, or while it asks, the first that it may have. */
  readonly #outVc: Int32Array;
  readonly #buffers: FlitBuffers;

  // Output virtual channels, numbered alike; those of nodes that inject follow.
  readonly #credits: Int32Array;
  readonly #taken: Uint8Array;

  readonly #channelAllocator: Islip;
  readonly #switchAllocator: SwitchAllocator;

  // Input virtual channels to be worked through, this cycle and the next.
  readonly #routing: Relay;
  readonly #allocating: Relay;
  readonly #switching: Relay;

  /** Those for which the coin decides this cycle. */
  readonly #ties: WorkList;

  readonly #arrivals: Wheel;
  /** The order in which routers take them, where the coin makes it matter. */
  readonly #arrivalOrder: PortOrder | undefined;
  readonly #creditReturns: Wheel;
  readonly #ejections: Wheel;

  constructor(torus: Torus, config: RouterConfig, onEject: OnEject, coin?: () => number) {
    checkFlitTorus(torus, config);
    const { nodes } = torus;
    const layout = new FlitLayout(torus, config);
    const { channels, ports, localPorts, virtualChannels, portOf } = layout;
    this.torus = torus;
    this.virtualChannels = virtualChannels;
    this.linkFlits = new Float64Array(torus.linkSlots);
    this.#layout = layout;
    this.#adaptive = config.routing === 'adaptive';
    this.#onEject = onEject;
    this.#coin = coin;
    this.#active = new Uint8Array(channels);
    this.#outVc = new Int32Array(channels);
    this.#buffers = new FlitBuffers(channels, config.bufferFlits);
    this.#credits = new Int32Array(layout.injection(nodes, 0, 0)).fill(config.bufferFlits);
    this.#taken = new Uint8Array(channels);
    this.#channelAllocator = new Islip(nodes, ports * virtualChannels);
    this.#switchAllocator = new SwitchAllocator(nodes, ports, virtualChannels, portOf);
    this.#routing = new Relay(channels);
    this.#allocating = new Relay(channels);
    this.#switching = new Relay(channels);
    this.#ties = new WorkList(channels);
    this.#arrivals = new Wheel(nodes * ports);
    this.#arrivalOrder = coin === undefined ? undefined : new PortOrder(portOf, nodes * ports);
    this.#creditReturns = new Wheel(nodes * (ports + localPorts));
    this.#ejections = new Wheel(nodes * localPorts * 3);
  }

  get cycle(): number {
    return this.#cycle;
  }

  /** Credits that a node has for a virtual channel of its router, behind one of its own ports. */
  injectionCredits(node: number, vc: number, localPort = 0): number {
    return this.#credits[this.#layout.injection(node, vc, localPort)];
  }

  /** Puts a flit of this cycle on its way into the router of `node`; the caller has checked the credits. */
  inject(node: number, vc: number, tag: number, word: number, localPort = 0): void {
    const { ports, linkPorts } = this.#layout;
    this.#credits[this.#layout.injection(node, vc, localPort)] -= 1;
    const input = (node * ports + linkPorts + localPort) * this.virtualChannels + vc;
    this.#buffers.write(input, tag, word);
    this.#arrivals.at(this.#cycle + INJECT_CYCLES).push(input);
  }

  /** What routers hold, live and to be read only, between two cycles. */
  state(): FlitState {
    return {
      ports: this.#layout.ports,
      linkPorts: this.#layout.linkPorts,
      bufferFlits: this.#buffers.depth,
      adaptive: this.#adaptive,
      active: this.#active,
      placeOf: this.#layout.placeOf,
      outVc: this.#outVc,
      first: this.#buffers.first,
      held: this.#buffers.held,
      flits: this.#buffers.flits,
      credits: this.#credits,
      taken: this.#taken,
      // Lists change places every cycle: those of the cycle before are the next ones until it begins.
      routed: () => this.#routing.next,
      allocated: () => this.#allocating.next,
      switched: () => this.#switching.next,
    };
  }

  /** Events that are due at the start of the cycle, before nodes inject. */
  beginCycle(): void {
    const credits = this.#credits;
    const returns = this.#creditReturns.at(this.#cycle);
    for (let index = 0; index < returns.count; index++) credits[returns.data[index]] += 1;
    returns.count = 0;
    const ejections = this.#ejections.at(this.#cycle);
    const { data, count } = ejections;
    for (let at = 0; at < count; at += 3) this.#onEject(data[at], data[at + 2], data[at + 1]);
    ejections.count = 0;
  }

  /** All routers, after nodes have injected. */
  endCycle(): void {
    this.#routing.next.count = 0;
    this.#allocating.next.count = 0;
    this.#switching.next.count = 0;
    this.#receive();
    this.#route();
    this.#allocateChannels();
    this.#allocateSwitches();
    this.#cycle += 1;
    this.#routing.swap();
    this.#allocating.swap();
    this.#switching.swap();
  }

  /** A flit that comes to an empty buffer is the next to be worked on. */
  #receive(): void {
    const arrivals = this.#arrivals.at(this.#cycle);
    this.#arrivalOrder?.sort(arrivals);
    const data = this.#arrivalOrder?.sorted ?? arrivals.data;
    const { count } = arrivals;
    const { held } = this.#buffers;
    const active = this.#active;
    const routing = this.#routing.now;
    const switching = this.#switching.now;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const before = held[channel];
      held[channel] = before + 1;
      if (before > 0) continue;
      if (active[channel] === 0) routing.push(channel);
      else switching.push(channel);
    }
    arrivals.count = 0;
  }

  /** First axis with steps left, and the half of its virtual channels. */
  #route(): void {
    const { data, count } = this.#routing.now;
    const { exit, placeOf } = this.#layout;
    const { shape } = this.torus;
    const buffers = this.#buffers;
    const { flits } = buffers;
    this.#ties.count = 0;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const word = flits[buffers.firstWord(channel)];
      this.#allocating.next.push(channel);
      if (isAtTarget(word)) {
        this.#outVc[channel] = exit[channel];
        continue;
      }
      const axis = firstAxis(word);
      const steps = stepsAlong(word, axis);
      const tied =
        this.#coin !== undefined && 2 * Math.abs(steps) === shape[axis] && placeOf[channel] >> 1 !== axis;
      if (tied) this.#ties.push(channel);
      else this.#steer(channel, axis, steps);
    }
    if (this.#ties.count > 0) this.#breakTies();
  }

  #steer(channel: number, axis: number, steps: number): void {
    const { coordinates, placeOf, routerOf, virtualChannels } = this.#layout;
    const extent = this.torus.shape[axis];
    const from = coordinateAlong(coordinates[channel], axis);
    const port = 2 * axis + (steps >>> 31);
    const half = virtualChannels >> 1;
    let first = routerOf[channel] + port * virtualChannels;
    if (this.#adaptive) {
      if (passesDateline(from, steps, extent)) first += half;
    } else {
      const at = this.#buffers.firstWord(channel);
      const turning = placeOf[channel] >> 1 !== axis;
      const next = this.torus.twisted
        ? withTwistedClass(this.#buffers.flits[at], from, steps, extent, turning)
        : withRingClass(this.#buffers.flits[at], from, steps, extent, turning);
      this.#buffers.flits[at] = next;
      first += half * upperClass(next);
    }
    this.#outVc[channel] = first;
  }

  /** Router by router, in each as the channels were routed: the coin is a stream, so that order matters. */
  #breakTies(): void {
    const { data, count } = this.#ties;
    this.#ties.sortBy(this.#layout.nodeOf);
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const at = this.#buffers.firstWord(channel);
      const axis = firstAxis(this.#buffers.flits[at]);
      const half = this.torus.shape[axis] >> 1;
      const steps = this.#coin?.() === 1 ? half : -half;
      this.#buffers.flits[at] = withSteps(this.#buffers.flits[at], axis, steps);
      this.#steer(channel, axis, steps);
    }
  }

  /** Asks for the ordered channel, and for every empty channel beyond the first two on any way that is minimal. */
  #askAdaptively(channel: number): void {
    const { axes } = this.torus;
    const ordered = this.#outVc[channel];
    const router = this.#layout.routerOf[channel];
    const word = this.#buffers.flits[this.#buffers.firstWord(channel)];
    if (this.#taken[ordered] === 0) this.#channelAllocator.request(channel, ordered);
    for (let axis = 0; axis < axes; axis++) {
      const steps = stepsAlong(word, axis);
      if (steps === 0) continue;
      const first = router + (2 * axis + (steps >>> 31)) * this.virtualChannels;
      for (let output = first + 2; output < first + this.virtualChannels; output++) {
        if (this.#taken[output] !== 0 || this.#credits[output] < this.#buffers.depth) continue;
        this.#channelAllocator.request(channel, output);
      }
    }
  }

  /** iSLIP over all free output virtual channels that packets may use; who gets none asks again after newcomers. */
  #allocateChannels(): void {
    const { data, count } = this.#allocating.now;
    const { choices, virtualChannels } = this.#layout;
    const adaptive = this.#adaptive;
    const allocator = this.#channelAllocator;
    const { accepted } = allocator;
    const taken = this.#taken;
    const active = this.#active;
    const outVc = this.#outVc;
    const nextAllocating = this.#allocating.next;
    const nextSwitching = this.#switching.next;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const from = outVc[channel];
      const leaves = choices[from] === virtualChannels;
      if (adaptive && !leaves) {
        this.#askAdaptively(channel);
        continue;
      }
      const to = from + choices[from];
      for (let output = from; output < to; output++) {
        if (taken[output] === 0) allocator.request(channel, output);
      }
    }
    allocator.grant();
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const output = accepted[channel];
      if (output < 0) {
        nextAllocating.push(channel);
        continue;
      }
      accepted[channel] = -1;
      taken[output] = 1;
      outVc[channel] = output;
      active[channel] = 1;
      nextSwitching.push(channel);
    }
  }

  /** iSLIP over ports for those with a credit, then what wins is sent. */
  #allocateSwitches(): void {
    const { data, count } = this.#switching.now;
    const allocator = this.#switchAllocator;
    const credits = this.#credits;
    const outVc = this.#outVc;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const output = outVc[channel];
      if (credits[output] > 0) allocator.request(channel, output);
    }
    allocator.grant();
    this.#send();
  }

  /** Flits of channels that won the switch; the others ask again. */
  #send(): void {
    const { data, count } = this.#switching.now;
    const { channels, creditTo, facing, link, nodeOf, placeOf } = this.#layout;
    const allocator = this.#switchAllocator;
    const buffers = this.#buffers;
    const { depth, flits } = buffers;
    const active = this.#active;
    const credits = this.#credits;
    const taken = this.#taken;
    const outVc = this.#outVc;
    const linkFlits = this.linkFlits;
    const nextRouting = this.#routing.next;
    const nextSwitching = this.#switching.next;
    const arrivals = this.#arrivals.at(this.#cycle + HOP_CYCLES);
    const ejections = this.#ejections.at(this.#cycle + EJECT_CYCLES);
    const creditReturns = this.#creditReturns.at(this.#cycle + CREDIT_CYCLES);
    const injectCreditReturns = this.#creditReturns.at(this.#cycle + INJECT_CREDIT_CYCLES);
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      if (!allocator.take(channel)) {
        nextSwitching.push(channel);
        continue;
      }
      const first = buffers.first[channel];
      const at = 2 * (channel * depth + first);
      const tag = flits[at];
      const word = flits[at + 1];
      buffers.first[channel] = first + 1 === depth ? 0 : first + 1;
      const held = buffers.held[channel] - 1;
      buffers.held[channel] = held;
      const creditor = creditTo[channel];
      if (creditor < channels) creditReturns.push(creditor);
      else injectCreditReturns.push(creditor);

      const output = outVc[channel];
      const target = facing[output];
      if (target < 0) {
        this.#lendEjectionCredit(output);
        ejections.push(nodeOf[channel]);
        ejections.push(tag);
        ejections.push(word);
      } else {
        credits[output] -= 1;
        linkFlits[link[output]] += 1;
        buffers.write(target, tag, afterStep(word, placeOf[output] >> 1));
        arrivals.push(target);
      }
      if ((word & TAIL) !== 0) {
        taken[output] = 0;
        active[channel] = 0;
        if (held > 0) nextRouting.push(channel);
      } else if (held > 0) {
        nextSwitching.push(channel);
      }
    }
  }

  /** One flit a cycle leaves by a port: where a buffer has a credit for each cycle of the way, none is missed. */
  #lendEjectionCredit(output: number): void {
    if (this.#buffers.depth >= EJECT_CREDIT_CYCLES) return;
    this.#credits[output] -= 1;
    this.#creditReturns.at(this.#cycle + EJECT_CREDIT_CYCLES).push(output);
  }
}
