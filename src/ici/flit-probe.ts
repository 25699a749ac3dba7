import type { FlitNetwork } from './flit-network.ts';
import { WorkList } from './flit-queues.ts';
import type { FlitState } from './flit-state.ts';
import { stepsAlong } from './flit-word.ts';

/**
 * What became of an input virtual channel that held a flit, in one cycle: exactly one of these. The stages of
 * a router in order, and what a head waits for before each of the last two:
 * - route: its way was computed; granted: it got an output virtual channel; moved: its flit crossed the switch;
 * - channel: every output virtual channel that it may have was another packet's, or went to another one;
 * - switch: it had channel and credit, but the output or its own input port served another;
 * - credit: the buffer behind its output had no room that it knew of.
 */
export const FLIT_CAUSES = ['moved', 'route', 'granted', 'channel', 'switch', 'credit'] as const;
export type FlitCause = (typeof FLIT_CAUSES)[number];

/** As `FLIT_CAUSES` has them, counted from 1; 0 is a channel without a flit. */
export const MOVED = 1;
export const ROUTED = 2;
export const GRANTED = 3;
export const WAITS_CHANNEL = 4;
export const WAITS_SWITCH = 5;
export const WAITS_CREDIT = 6;

/**
 * Reads a network after each of its cycles and says what every occupied input virtual channel did in it. It
 * changes nothing, and a network that nobody probes pays nothing. To know where packets come from it has to
 * see every cycle from the first one on.
 */
export class FlitProbe {
  readonly network: FlitNetwork;
  readonly state: FlitState;
  readonly channels: number;
  /** Channels that held a flit in the cycle that is over, and the cause of each, [channels]. */
  readonly occupied: WorkList;
  readonly cause: Uint8Array;
  /** Where in its buffer the flit at the head of a channel lay then, and where the head lies now. */
  readonly #seen: Uint16Array;
  readonly #now: Uint16Array;
  /** Nodes that the packets of a channel come from, in order of arrival: rings, [channels, #room]. */
  readonly #sources: Uint16Array;
  readonly #room: number;
  readonly #sourceFirst: Uint16Array;
  readonly #sourceCount: Uint16Array;
  /** Channels whose first packet has left with the cycle that is over. */
  readonly #left: WorkList;

  constructor(network: FlitNetwork) {
    this.network = network;
    this.state = network.state();
    this.channels = this.state.held.length;
    this.occupied = new WorkList(this.channels);
    this.#left = new WorkList(this.channels);
    this.cause = new Uint8Array(this.channels);
    this.#seen = this.state.first.slice();
    this.#now = this.state.first.slice();
    // As many packets as flits, one whose flits have yet to come, and one that is about to be forgotten.
    this.#room = this.state.bufferFlits + 2;
    this.#sources = new Uint16Array(this.channels * this.#room);
    this.#sourceFirst = new Uint16Array(this.channels);
    this.#sourceCount = new Uint16Array(this.channels);
  }

  /** To be called after `endCycle`. */
  observe(): void {
    const { occupied, cause, state } = this;
    for (let index = 0; index < occupied.count; index++) cause[occupied.data[index]] = 0;
    occupied.count = 0;
    this.#forget();
    this.#list(state.routed(), () => ROUTED);
    this.#list(state.allocated(), (channel) => {
      if (state.active[channel] === 0) return WAITS_CHANNEL;
      this.#handOn(channel);
      return GRANTED;
    });
    this.#list(state.switched(), (channel) => {
      // Credits come at the start of a cycle, and nobody else spends those of its output.
      if (!this.#hasSent(channel))
        return state.credits[state.outVc[channel]] > 0 ? WAITS_SWITCH : WAITS_CREDIT;
      if (state.active[channel] === 0) this.#left.push(channel);
      return MOVED;
    });
  }

  /** Flits in the buffer during the cycle that is over. */
  occupancy(channel: number): number {
    return this.state.held[channel] + (this.cause[channel] === MOVED ? 1 : 0);
  }

  nodeOf(channel: number): number {
    return Math.floor(channel / (this.state.ports * this.network.virtualChannels));
  }

  /** Node that the packet at the head comes from. */
  source(channel: number): number {
    const { ports, linkPorts } = this.state;
    const port = Math.floor(channel / this.network.virtualChannels) % ports;
    if (port >= linkPorts) return this.nodeOf(channel);
    return this.#sources[channel * this.#room + this.#sourceFirst[channel]];
  }

  /** Node that it goes to: what is left of its way, axis by axis. */
  target(channel: number): number {
    const { torus } = this.network;
    const word = this.state.flits[2 * (channel * this.state.bufferFlits + this.#seen[channel]) + 1];
    let node = this.nodeOf(channel);
    for (let axis = 0; axis < torus.axes; axis++) {
      const steps = stepsAlong(word, axis);
      for (let left = Math.abs(steps); left > 0; left--) {
        node = torus.targets[torus.link(node, axis, steps > 0 ? 0 : 1)];
      }
    }
    return node;
  }

  #list(list: Pick<WorkList, 'data' | 'count'>, causeOf: (channel: number) => number): void {
    for (let index = 0; index < list.count; index++) {
      const channel = list.data[index];
      this.#seen[channel] = this.#now[channel];
      this.#now[channel] = this.state.first[channel];
      this.cause[channel] = causeOf(channel);
      this.occupied.push(channel);
    }
  }

  /** A flit that was sent has made room: the head of the queue is another one, or with one place, none. */
  #hasSent(channel: number): boolean {
    const { bufferFlits, held } = this.state;
    if (bufferFlits === 1) return held[channel] === 0;
    return this.#now[channel] !== this.#seen[channel];
  }

  /** The packet will come to the channel behind the output that it got. */
  #handOn(channel: number): void {
    const { outVc, placeOf, linkPorts, ports } = this.state;
    const port = placeOf[outVc[channel]];
    if (port >= linkPorts) return;
    const { torus, virtualChannels } = this.network;
    const facing = torus.targets[this.nodeOf(channel) * linkPorts + port] * ports + (port ^ 1);
    const next = facing * virtualChannels + (outVc[channel] % virtualChannels);
    const place = (this.#sourceFirst[next] + this.#sourceCount[next]) % this.#room;
    this.#sources[next * this.#room + place] = this.source(channel);
    this.#sourceCount[next] += 1;
  }

  #forget(): void {
    const { data, count } = this.#left;
    for (let index = 0; index < count; index++) {
      const channel = data[index];
      if (this.#sourceCount[channel] === 0) continue;
      this.#sourceFirst[channel] = (this.#sourceFirst[channel] + 1) % this.#room;
      this.#sourceCount[channel] -= 1;
    }
    this.#left.count = 0;
  }
}
