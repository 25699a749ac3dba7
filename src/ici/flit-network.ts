import { AdaptiveAllocator } from './flit-adaptive.ts';
import { checkFlitTorus, type RouterConfig } from './flit-config.ts';
import { HeadWords } from './flit-heads.ts';
import { axisOfPort, FlitLayout, isDownPort } from './flit-layout.ts';
import { FlitMemory } from './flit-memory.ts';
import { RouterOrder } from './flit-order.ts';
import { type ChannelAllocator, OrderedAllocator } from './flit-ordered.ts';
import type { FlitState } from './flit-state.ts';
import { SwitchAllocator } from './flit-switch.ts';
import {
  CREDIT_CYCLES,
  EJECT_CREDIT_CYCLES,
  EJECT_CYCLES,
  HOP_CYCLES,
  INJECT_CREDIT_CYCLES,
  INJECT_CYCLES,
} from './flit-timing.ts';
import { afterStep, TAIL, WAYS_PER_AXIS, wayOf } from './flit-word.ts';
import type { Torus } from './topology.ts';

/** More than any way. */
const NEVER = 0x7fff_ffff;

/** What leaves the network for its node, told as it happens, with what it was tagged with when it went in. */
export type OnEject = (word: number, tag: number) => void;

/** Whom a network tells what happens, and asks for a coin. */
export interface FlitHandlers {
  readonly onEject: OnEject;
  /** A node has a credit again, behind a port of its own for which it had none. */
  readonly onRoom?: (node: number) => void;
  readonly coin?: () => number;
}

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
  readonly #layout: FlitLayout;
  readonly #adaptive: boolean;
  readonly #onEject: OnEject;
  readonly #onRoom: ((node: number) => void) | undefined;
  readonly #order: RouterOrder | undefined;
  #cycle = 0;

  readonly #memory: FlitMemory;
  readonly #heads: HeadWords;
  readonly #channelAllocator: ChannelAllocator;
  readonly #switchAllocator: SwitchAllocator;
  /** Of each port of a node, the virtual channels that it has credits for. */
  readonly #injectionRoom: Uint8Array;
  /** Whether a node has more than one port of its own to leave by. */
  readonly #exitsDiffer: boolean;
  /** Flits that had been sent to each input when the count of links was cleared. */
  readonly #sentBefore: Int32Array;

  constructor(torus: Torus, config: RouterConfig, { onEject, onRoom, coin }: FlitHandlers) {
    checkFlitTorus(torus, config);
    const { nodes } = torus;
    const layout = new FlitLayout(torus, config);
    const { channels, localPorts, virtualChannels } = layout;
    const memory = new FlitMemory(layout, nodes, config);
    this.torus = torus;
    this.virtualChannels = virtualChannels;
    this.#layout = layout;
    this.#memory = memory;
    this.#adaptive = config.routing === 'adaptive';
    this.#onEject = onEject;
    this.#onRoom = onRoom;
    const ties = coin === undefined ? undefined : { coin, order: new RouterOrder(layout, nodes) };
    this.#order = ties?.order;
    this.#heads = new HeadWords(torus, layout, memory, this.#adaptive, ties);
    this.#channelAllocator = this.#adaptive
      ? new AdaptiveAllocator(layout, nodes, memory)
      : new OrderedAllocator(layout, memory, this.#order);
    this.#switchAllocator = new SwitchAllocator(layout, nodes, memory);
    this.#injectionRoom = new Uint8Array(nodes * localPorts).fill(virtualChannels);
    this.#exitsDiffer = localPorts > 1;
    this.#sentBefore = new Int32Array(channels);
  }

  get cycle(): number {
    return this.#cycle;
  }

  /** Virtual channels of its router that a node has credits for, behind one of its own ports. */
  injectionRoom(node: number, localPort = 0): number {
    return this.#injectionRoom[node * this.#layout.localPorts + localPort];
  }

  /** Credits that a node has for a virtual channel of its router, behind one of its own ports. */
  injectionCredits(node: number, vc: number, localPort = 0): number {
    const { words, credits } = this.#memory;
    return words[credits + this.#layout.injection(node, vc, localPort)];
  }

  /** Puts a flit of this cycle on its way into the router of `node`; the caller has checked the credits. */
  inject(node: number, vc: number, tag: number, word: number, localPort = 0): void {
    const { ports, linkPorts, localPorts } = this.#layout;
    const memory = this.#memory;
    const at = memory.credits + this.#layout.injection(node, vc, localPort);
    const room = memory.words[at] - 1;
    memory.words[at] = room;
    if (room === 0) this.#injectionRoom[node * localPorts + localPort] -= 1;
    const input = (node * ports + linkPorts + localPort) * this.virtualChannels + vc;
    memory.write(input, tag, this.#heads.injected(word, input));
    memory.arrivals.at(this.#cycle + INJECT_CYCLES).push(input);
  }

  /** Flits sent on each directed link since `clearLinkFlits`, [linkSlots]. */
  linkFlits(): Float64Array {
    const { words, sent } = this.#memory;
    const { channels, peer, linkPorts, placeOf, nodeOf } = this.#layout;
    const flits = new Float64Array(this.torus.linkSlots);
    for (let output = 0; output < channels; output++) {
      if (placeOf[output] >= linkPorts) continue;
      const input = peer[output];
      // The counts go round, what lies between two of them does not.
      const link = nodeOf[output] * linkPorts + placeOf[output];
      flits[link] += (words[sent + input] - this.#sentBefore[input]) >>> 0;
    }
    return flits;
  }

  clearLinkFlits(): void {
    const { words, sent } = this.#memory;
    this.#sentBefore.set(words.subarray(sent, sent + this.#layout.channels));
  }

  /** What routers hold, live and to be read only, between two cycles. */
  state(): FlitState {
    const { ports, linkPorts, channels, placeOf } = this.#layout;
    return { ports, linkPorts, channels, placeOf, adaptive: this.#adaptive, memory: this.#memory };
  }

  /** Events that are due at the start of the cycle, before nodes inject. */
  beginCycle(): void {
    this.#takeCredits();
    this.#takeInjectionCredits();
    const ejections = this.#memory.ejections.at(this.#cycle);
    const { words, start, end } = ejections;
    for (let at = start; at < end; at += 2) this.#onEject(words[at + 1], words[at]);
    ejections.clear();
  }

  /** All routers, after nodes have injected. */
  endCycle(): void {
    const { routing } = this.#memory;
    routing.next.clear();
    this.#order?.begin(this.#cycle);
    this.#receive();
    this.#switchAllocator.allocate();
    this.#channelAllocator.allocate();
    this.#heads.prepare();
    this.#route();
    this.#channelAllocator.ask();
    this.#send();
    this.#channelAllocator.release();
    this.#order?.byTurn(routing.next);
    this.#cycle += 1;
    routing.swap();
  }

  /** Who has waited for a credit may go on. */
  #takeCredits(): void {
    const { words, credits, holder, arrived, left, creditReturns, ready } = this.#memory;
    const returns = creditReturns.at(this.#cycle);
    const { start, end } = returns;
    let readyEnd = ready.end;
    for (let place = start; place < end; place++) {
      const output = words[place];
      const before = words[credits + output];
      const input = words[holder + output];
      words[credits + output] = before + 1;
      words[readyEnd] = input;
      // Of none, -1, it does not matter what lies there.
      readyEnd += ((before - 1) & ~input & (words[left + input] - words[arrived + input])) >>> 31;
    }
    ready.end = readyEnd;
    returns.clear();
  }

  #takeInjectionCredits(): void {
    const { words, credits, portOf, injectReturns } = this.#memory;
    const { localPorts, ports } = this.#layout;
    const room = this.#injectionRoom;
    const routerPorts = this.torus.nodes * ports;
    const returns = injectReturns.at(this.#cycle);
    for (let place = returns.start; place < returns.end; place++) {
      const output = words[place];
      words[credits + output] += 1;
      if (words[credits + output] > 1) continue;
      const port = words[portOf + output] - routerPorts;
      room[port] += 1;
      if (room[port] === 1) this.#onRoom?.(Math.floor(port / localPorts));
    }
    returns.clear();
  }

  /** A flit that comes to an empty buffer is the next to be worked on. */
  #receive(): void {
    const { words, arrived, left, output: outputOf, credits, arrivals, routing, ready } = this.#memory;
    const due = arrivals.at(this.#cycle);
    this.#order?.byPort(due);
    const { start, end } = due;
    let routingEnd = routing.now.end;
    for (let place = start; place < end; place++) {
      const input = words[place];
      const before = words[arrived + input];
      const output = words[outputOf + input];
      words[arrived + input] = before + 1;
      // No fewer have arrived than have left.
      const isFirst = (before - words[left + input] - 1) >>> 31;
      if (output < 0) {
        words[routingEnd] = input;
        routingEnd += isFirst;
      } else if (isFirst === 1) {
        if (words[credits + output] > 0) ready.push(input);
        this.#order?.followed(input);
      }
    }
    routing.now.end = routingEnd;
    due.clear();
  }

  /** Where heads go: along the first axis with steps left, in its half of virtual channels, or out to the node. */
  #route(): void {
    const { words, left, flits, placeBits, placeMask, routerOf, ways, exit, output, routing } = this.#memory;
    const { start, end } = routing.now;
    const { axes } = this.torus;
    const leaving = this.#exitsDiffer ? WAYS_PER_AXIS * axes : NEVER;
    for (let place = start; place < end; place++) {
      const input = words[place];
      const at = flits + (((input << placeBits) | (words[left + input] & placeMask)) << 1);
      const way = wayOf(words[at + 1], axes);
      const first = way < leaving ? words[routerOf + input] + words[ways + way] : words[exit + input];
      words[output + input] = ~first;
    }
  }

  /** Flits that cross the switch. */
  #send(): void {
    const memory = this.#memory;
    const { words, sent, arrived, left, output: outputOf, credits, peer, here } = memory;
    const { flits, placeBits, placeMask, crossing, released, ready, routing } = memory;
    const { channels } = this.#layout;
    const tail = TAIL;
    const lends = memory.bufferFlits < EJECT_CREDIT_CYCLES;
    const arrivals = memory.arrivals.at(this.#cycle + HOP_CYCLES);
    const ejections = memory.ejections.at(this.#cycle + EJECT_CYCLES);
    const creditReturns = memory.creditReturns.at(this.#cycle + CREDIT_CYCLES);
    const injectReturns = memory.injectReturns.at(this.#cycle + INJECT_CREDIT_CYCLES);
    const ejectReturns = memory.creditReturns.at(this.#cycle + EJECT_CREDIT_CYCLES);
    let arrivalsEnd = arrivals.end;
    let creditReturnsEnd = creditReturns.end;
    let injectReturnsEnd = injectReturns.end;
    let releasedEnd = released.end;
    let readyEnd = ready.end;
    let routingEnd = routing.next.end;
    const { start, end } = crossing;
    for (let place = start; place < end; place++) {
      const input = words[place];
      const flit = words[left + input];
      const at = flits + (((input << placeBits) | (flit & placeMask)) << 1);
      const tag = words[at];
      const word = words[at + 1];
      words[left + input] = flit + 1;
      const feeder = words[peer + input];
      // Put where it may belong, and kept where it does: a branch could not be foreseen.
      const fromLink = (feeder - channels) >>> 31;
      words[creditReturnsEnd] = feeder;
      words[injectReturnsEnd] = feeder;
      creditReturnsEnd += fromLink;
      injectReturnsEnd += 1 - fromLink;

      const output = words[outputOf + input];
      const next = words[peer + output];
      let room = words[credits + output];
      if (next < channels) {
        room -= 1;
        words[credits + output] = room;
        const nextFlit = words[sent + next];
        const nextAt = flits + (((next << placeBits) | (nextFlit & placeMask)) << 1);
        words[nextAt] = tag;
        const port = words[here + output];
        words[nextAt + 1] = afterStep(word, axisOfPort(port), isDownPort(port));
        words[sent + next] = nextFlit + 1;
        words[arrivalsEnd++] = next;
      } else {
        ejections.push(tag);
        ejections.push(word);
        // One flit a cycle leaves by a port: where a buffer has a credit for each cycle of the way, none is missed.
        if (lends) {
          room -= 1;
          words[credits + output] = room;
          ejectReturns.push(output);
        }
      }
      const more = (flit + 1 - words[arrived + input]) >>> 31;
      if ((word & tail) !== 0) {
        words[outputOf + input] = ~output;
        words[releasedEnd++] = output;
        words[routingEnd] = input;
        routingEnd += more;
      } else if (more === 1 && room > 0) {
        words[readyEnd++] = input;
      }
    }
    arrivals.end = arrivalsEnd;
    creditReturns.end = creditReturnsEnd;
    injectReturns.end = injectReturnsEnd;
    released.end = releasedEnd;
    ready.end = readyEnd;
    routing.next.end = routingEnd;
  }
}
