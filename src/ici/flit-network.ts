import { InputError } from '../base/result.ts';
import { RouterAllocators } from './flit-allocators.ts';
import { afterStep, MAX_STEPS, stepsAlong, TAIL, UPPER_CLASS } from './flit-word.ts';
import type { Torus } from './topology.ts';

/** Cycles from the switch of one router to the input of the next: traversal, then a channel of two cycles. */
const HOP_CYCLES = 4;
/** From the switch to the node that takes the flit: a channel of one cycle. */
const EJECT_CYCLES = 3;
/** From the node to the input of its router. */
const INJECT_CYCLES = 2;
/** From the switch back to whoever waits for the credit, over channels of two cycles and of one. */
const CREDIT_CYCLES = 3;
const INJECT_CREDIT_CYCLES = 2;
/** Events lie at most this far ahead; a power of two. */
const WHEEL_SLOTS = 8;

/** 64 MiB of buffers. */
const MAX_BUFFERED_FLITS = 8 * 1024 * 1024;

const IDLE = 0;
const ROUTING = 1;
const ALLOCATING = 2;
const ACTIVE = 3;

export interface RouterConfig {
  /** Virtual channels of each port; half of them for each side of the dateline. */
  readonly virtualChannels: number;
  /** Flits that each virtual channel holds. */
  readonly bufferFlits: number;
}

/** What leaves the network at a node, told as it happens. */
export type OnEject = (node: number, word: number, createdCycle: number) => void;

/**
 * Input-queued virtual-channel routers joined as a torus, one cycle at a time. A head flit spends a cycle each
 * on route, virtual channel, switch and traversal, and two on the channel: 6 cycles a hop, 7 + 6 hops in all
 * (Dally and Towles, Principles and Practices of Interconnection Networks, 16; constants and arbitration of
 * BookSim 2, Jiang et al., ISPASS 2013). Both allocators are iSLIP with one iteration. Credits return when a
 * flit leaves its buffer. Nodes take what arrives at once.
 *
 * Rings cannot deadlock: a packet that passes the wraparound of a ring uses other virtual channels than one
 * that does not, and axes are taken in order.
 */
export class FlitNetwork {
  readonly torus: Torus;
  readonly virtualChannels: number;
  /** Flits sent on each directed link, [linkSlots]; cleared by whoever measures. */
  readonly linkFlits: Float64Array;
  readonly #ports: number;
  readonly #depth: number;
  readonly #onEject: OnEject;
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

  readonly #allocation: RouterAllocators;

  // What is to be done next cycle, as lists of input virtual channels.
  #routing: WorkList;
  #allocating: WorkList;
  #switching: WorkList;
  #nextRouting: WorkList;
  #nextAllocating: WorkList;
  #nextSwitching: WorkList;

  /** Those of a list that really ask an allocator this cycle. */
  readonly #asking: WorkList;

  readonly #arrivals: Wheel;
  readonly #creditReturns: Wheel;
  readonly #ejections: Wheel;

  constructor(torus: Torus, config: RouterConfig, onEject: OnEject) {
    checkFlitTorus(torus, config);
    const { nodes, axes } = torus;
    const vcs = config.virtualChannels;
    const ports = 2 * axes + 1;
    const channels = nodes * ports * vcs;
    this.torus = torus;
    this.virtualChannels = vcs;
    this.linkFlits = new Float64Array(torus.linkSlots);
    this.#ports = ports;
    this.#depth = config.bufferFlits;
    this.#onEject = onEject;
    this.#state = new Uint8Array(channels);
    this.#outPort = new Uint8Array(channels);
    this.#outVc = new Int32Array(channels);
    this.#first = new Int32Array(channels);
    this.#held = new Int32Array(channels);
    this.#bufferTime = new Int32Array(channels * config.bufferFlits);
    this.#bufferWord = new Int32Array(channels * config.bufferFlits);
    this.#credits = new Int32Array(channels + nodes * vcs).fill(config.bufferFlits);
    this.#taken = new Uint8Array(channels);
    this.#behind = new Int32Array(nodes * ports).fill(-1);
    this.#creditBase = new Int32Array(nodes * ports).fill(-1);
    this.#coordinates = new Int32Array(nodes * axes);
    for (let node = 0; node < nodes; node++) this.#coordinates.set(torus.coordinates(node), node * axes);
    this.#portOf = Int32Array.from({ length: channels }, (_, channel) => Math.floor(channel / vcs));
    this.#nodeOf = Int32Array.from({ length: channels }, (_, channel) => Math.floor(channel / (ports * vcs)));
    this.#placeOf = Int32Array.from({ length: channels }, (_, channel) => this.#portOf[channel] % ports);
    this.#allocation = new RouterAllocators(nodes, ports, vcs);
    this.#routing = new WorkList(channels);
    this.#allocating = new WorkList(channels);
    this.#switching = new WorkList(channels);
    this.#nextRouting = new WorkList(channels);
    this.#nextAllocating = new WorkList(channels);
    this.#nextSwitching = new WorkList(channels);
    this.#asking = new WorkList(channels);
    this.#arrivals = new Wheel(nodes * ports * 3);
    this.#creditReturns = new Wheel(nodes * ports);
    this.#ejections = new Wheel(nodes * 3);
    this.#join();
  }

  get cycle(): number {
    return this.#cycle;
  }

  /** Credits that a node has for a virtual channel of its router. */
  injectionCredits(node: number, vc: number): number {
    return this.#credits[this.#state.length + node * this.virtualChannels + vc];
  }

  /** Puts a flit of this cycle on its way into the router of `node`; the caller has checked the credits. */
  inject(node: number, vc: number, createdCycle: number, word: number): void {
    const local = (node * this.#ports + this.#ports - 1) * this.virtualChannels + vc;
    this.#credits[this.#state.length + node * this.virtualChannels + vc] -= 1;
    this.#arrivals.add3(this.#cycle + INJECT_CYCLES, local, createdCycle, word);
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
    this.#receive();
    this.#allocateChannels();
    this.#route();
    this.#allocateSwitches();
    this.#cycle += 1;
    [this.#routing, this.#nextRouting] = [this.#nextRouting, this.#routing];
    [this.#allocating, this.#nextAllocating] = [this.#nextAllocating, this.#allocating];
    [this.#switching, this.#nextSwitching] = [this.#nextSwitching, this.#switching];
    this.#nextRouting.count = 0;
    this.#nextAllocating.count = 0;
    this.#nextSwitching.count = 0;
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
      this.#creditBase[node * ports + ports - 1] = this.#state.length + node * vcs;
    }
  }

  #receive(): void {
    const arrivals = this.#arrivals;
    const due = arrivals.take(this.#cycle);
    for (let index = 0; index < due; index += 3) {
      const at = arrivals.start + index;
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
    const { axes } = this.torus;
    const vcs = this.virtualChannels;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const at = channel * this.#depth + this.#first[channel];
      const word = this.#bufferWord[at];
      let axis = 0;
      let steps = stepsAlong(word, 0);
      while (steps === 0 && ++axis < axes) steps = stepsAlong(word, axis);
      const node = this.#nodeOf[channel];
      let port = 2 * axes;
      let half = 0;
      if (steps !== 0) {
        port = 2 * axis + (steps > 0 ? 0 : 1);
        const next = this.#withClass(word, axis, steps, node, this.#placeOf[channel]);
        this.#bufferWord[at] = next;
        if ((next & UPPER_CLASS) !== 0) half = vcs >> 1;
      }
      this.#outPort[channel] = port;
      this.#outVc[channel] = (node * this.#ports + port) * vcs + half;
      this.#state[channel] = ALLOCATING;
      this.#nextAllocating.push(channel);
    }
  }

  /**
   * Regular rings fix the class as the packet turns into them: upwards, upper means past the wraparound;
   * downwards, lower does. Paths are at most half a ring, so those of either class close no circle. On a
   * twisted torus a ring passes several wraparounds and paths may be longer: there the class changes from
   * lower to upper at the wraparound link.
   */
  #withClass(word: number, axis: number, steps: number, node: number, inPort: number): number {
    const extent = this.torus.shape[axis];
    const at = this.#coordinates[node * this.torus.axes + axis];
    const turning = inPort >> 1 !== axis;
    if (this.torus.twisted) {
      const wrapsNow = steps > 0 ? at === extent - 1 : at === 0;
      return wrapsNow ? word | UPPER_CLASS : turning ? word & ~UPPER_CLASS : word;
    }
    if (!turning) return word;
    const wraps = at + steps < 0 || at + steps >= extent;
    return wraps === steps > 0 ? word | UPPER_CLASS : word & ~UPPER_CLASS;
  }

  /** iSLIP over all free output virtual channels that packets may use. */
  #allocateChannels(): void {
    const { data, count } = this.#allocating;
    const allocation = this.#allocation;
    const taken = this.#taken;
    const asking = this.#asking;
    const perRange = this.virtualChannels >> 1;
    asking.count = 0;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const from = this.#outVc[channel];
      const to = from + (this.#outPort[channel] === this.#ports - 1 ? 2 * perRange : perRange);
      let free = false;
      for (let output = from; output < to; output++) {
        if (taken[output] !== 0) continue;
        allocation.requestChannel(channel, output);
        free = true;
      }
      if (free) asking.push(channel);
      else this.#nextAllocating.push(channel);
    }
    allocation.grantChannels();
    for (let index = 0; index < asking.count; index++) {
      const channel = asking.data[index];
      const output = allocation.takeChannel(channel);
      if (output < 0) {
        this.#nextAllocating.push(channel);
        continue;
      }
      taken[output] = 1;
      this.#outVc[channel] = output;
      this.#state[channel] = ACTIVE;
      this.#nextSwitching.push(channel);
    }
  }

  /** iSLIP over ports for those with a credit, then what wins is sent. */
  #allocateSwitches(): void {
    const { data, count } = this.#switching;
    const allocation = this.#allocation;
    const credits = this.#credits;
    const asking = this.#asking;
    const local = this.#ports - 1;
    asking.count = 0;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      const port = this.#outPort[channel];
      if (port === local || credits[this.#outVc[channel]] > 0) {
        allocation.requestSwitch(channel, port);
        asking.push(channel);
      } else {
        this.#nextSwitching.push(channel);
      }
    }
    allocation.grantSwitches();
    for (let index = 0; index < asking.count; index++) {
      const channel = asking.data[index];
      if (allocation.takeSwitch(channel)) this.#send(channel);
      else this.#nextSwitching.push(channel);
    }
  }

  #send(channel: number): void {
    const depth = this.#depth;
    const vcs = this.virtualChannels;
    const local = this.#ports - 1;
    const first = this.#first[channel];
    const time = this.#bufferTime[channel * depth + first];
    const word = this.#bufferWord[channel * depth + first];
    this.#first[channel] = first + 1 === depth ? 0 : first + 1;
    const held = --this.#held[channel];

    const inputPort = this.#portOf[channel];
    const creditTo = this.#creditBase[inputPort] + (channel - inputPort * vcs);
    const creditCycles = this.#placeOf[channel] === local ? INJECT_CREDIT_CYCLES : CREDIT_CYCLES;
    this.#creditReturns.add1(this.#cycle + creditCycles, creditTo);

    const output = this.#outVc[channel];
    const port = this.#outPort[channel];
    if (port === local) {
      this.#ejections.add3(this.#cycle + EJECT_CYCLES, this.#nodeOf[channel], time, word);
    } else {
      this.#credits[output] -= 1;
      this.linkFlits[this.#nodeOf[channel] * local + port] += 1;
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
}

/** Refuses with an `InputError` what the flit model cannot hold. */
function checkFlitTorus(torus: Torus, { virtualChannels, bufferFlits }: RouterConfig): void {
  const wraps = torus.shape.every((extent, axis) => extent === 1 || torus.wraps[axis]);
  if (!wraps || !torus.intact)
    throw new InputError('torus', 'the flit model needs every axis wrapped, nothing missing');
  if (torus.shape.some((extent) => extent > 2 * MAX_STEPS)) {
    throw new InputError('torus', `the flit model holds extents up to ${2 * MAX_STEPS}`);
  }
  if (
    !Number.isSafeInteger(virtualChannels) ||
    virtualChannels % 2 !== 0 ||
    !inRange(virtualChannels, 2, 16)
  ) {
    throw new InputError('vcs', `expected an even number from 2 to 16, found ${virtualChannels}`);
  }
  if (!Number.isSafeInteger(bufferFlits) || !inRange(bufferFlits, 1, 1024)) {
    throw new InputError('buffer-flits', `expected a whole number from 1 to 1024, found ${bufferFlits}`);
  }
  const words = torus.nodes * (2 * torus.axes + 1) * virtualChannels * bufferFlits;
  if (words > MAX_BUFFERED_FLITS) {
    throw new InputError(
      'torus',
      `buffers of ${words} flits exceed the ${MAX_BUFFERED_FLITS} that the flit model holds`,
    );
  }
}

function inRange(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** Numbers to work through; never more than fit. */
class WorkList {
  readonly data: Int32Array;
  count = 0;

  constructor(capacity: number) {
    this.data = new Int32Array(capacity);
  }

  push(item: number): void {
    this.data[this.count++] = item;
  }
}

/** Words that become due in one of the next cycles; never more a cycle than fit. */
class Wheel {
  readonly data: Int32Array;
  readonly #capacity: number;
  readonly #counts = new Int32Array(WHEEL_SLOTS);
  /** Where the words lie that `take` has counted. */
  start = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.data = new Int32Array(capacity * WHEEL_SLOTS);
  }

  add1(cycle: number, word: number): void {
    const slot = cycle & (WHEEL_SLOTS - 1);
    this.data[slot * this.#capacity + this.#counts[slot]++] = word;
  }

  add3(cycle: number, first: number, second: number, third: number): void {
    const slot = cycle & (WHEEL_SLOTS - 1);
    const at = slot * this.#capacity + this.#counts[slot];
    this.data[at] = first;
    this.data[at + 1] = second;
    this.data[at + 2] = third;
    this.#counts[slot] += 3;
  }

  /** How many words are due in `cycle`; they lie from `start` until a later cycle reuses them. */
  take(cycle: number): number {
    const slot = cycle & (WHEEL_SLOTS - 1);
    const count = this.#counts[slot];
    this.#counts[slot] = 0;
    this.start = slot * this.#capacity;
    return count;
  }
}
