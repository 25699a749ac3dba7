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
  /** How many flits have left each channel, as last seen, and whether it had an output, [channels]. */
  readonly #flitsLeft: Int32Array;
  readonly #hadOutput: Uint8Array;
  /** Nodes that the packets of a channel come from, in order of arrival: rings, [channels, #room]. */
  readonly #sources: Uint16Array;
  readonly #room: number;
  readonly #sourceFirst: Uint16Array;
  readonly #sourceCount: Uint16Array;
  /** Channels whose first packet has left with the cycle that is over. */
  readonly #gone: WorkList;

  constructor(network: FlitNetwork) {
    this.network = network;
    this.state = network.state();
    const { memory, channels } = this.state;
    this.channels = channels;
    this.occupied = new WorkList(new Int32Array(this.channels));
    this.#gone = new WorkList(new Int32Array(this.channels));
    this.cause = new Uint8Array(this.channels);
    this.#flitsLeft = new Int32Array(channels);
    this.#hadOutput = new Uint8Array(channels);
    // As many packets as flits, one whose flits have yet to come, and one that is about to be forgotten.
    this.#room = memory.bufferFlits + 2;
    this.#sources = new Uint16Array(this.channels * this.#room);
    this.#sourceFirst = new Uint16Array(this.channels);
    this.#sourceCount = new Uint16Array(this.channels);
  }

  /** To be called after `endCycle`. */
  observe(): void {
    const { occupied, cause } = this;
    const { memory } = this.state;
    const { words, left } = memory;
    this.#forget();
    occupied.clear();
    cause.fill(0);
    // Lists change places every cycle: the one that was worked through is the next one until it is cleared.
    for (const channel of memory.routing.next.items) cause[channel] = ROUTED;
    for (let channel = 0; channel < this.channels; channel++) {
      const moved = words[left + channel] !== this.#flitsLeft[channel];
      if (moved || memory.held(channel) > 0) {
        occupied.push(channel);
        if (cause[channel] !== ROUTED) cause[channel] = this.#causeOf(channel, moved);
      }
      this.#flitsLeft[channel] = words[left + channel];
      this.#hadOutput[channel] = memory.hasOutput(channel) ? 1 : 0;
    }
  }

  /** Flits in the buffer during the cycle that is over. */
  occupancy(channel: number): number {
    return this.state.memory.held(channel) + (this.cause[channel] === MOVED ? 1 : 0);
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
    const { memory } = this.state;
    // One that has moved still lies where it lay.
    const first = memory.words[memory.left + channel] - (this.cause[channel] === MOVED ? 1 : 0);
    const word = memory.words[memory.flitAt(channel, first) + 1];
    let node = this.nodeOf(channel);
    for (let axis = 0; axis < torus.axes; axis++) {
      const steps = stepsAlong(word, axis);
      for (let left = Math.abs(steps); left > 0; left--) {
        node = torus.targets[torus.link(node, axis, steps > 0 ? 0 : 1)];
      }
    }
    return node;
  }

  /** Of a channel whose head was routed before. */
  #causeOf(channel: number, moved: boolean): number {
    const { memory } = this.state;
    const active = memory.hasOutput(channel);
    if (moved) {
      if (!active) this.#gone.push(channel);
      return MOVED;
    }
    if (!active) return WAITS_CHANNEL;
    if (this.#hadOutput[channel] === 0) {
      this.#handOn(channel);
      return GRANTED;
    }
    // Credits come at the start of a cycle, and nobody else spends those of its output.
    return memory.words[memory.credits + memory.outputOf(channel)] > 0 ? WAITS_SWITCH : WAITS_CREDIT;
  }

  /** The packet will come to the channel behind the output that it got. */
  #handOn(channel: number): void {
    const { placeOf, linkPorts, ports, memory } = this.state;
    const output = memory.outputOf(channel);
    const port = placeOf[output];
    if (port >= linkPorts) return;
    const { torus, virtualChannels } = this.network;
    const facing = torus.targets[this.nodeOf(channel) * linkPorts + port] * ports + (port ^ 1);
    const next = facing * virtualChannels + (output % virtualChannels);
    const place = (this.#sourceFirst[next] + this.#sourceCount[next]) % this.#room;
    this.#sources[next * this.#room + place] = this.source(channel);
    this.#sourceCount[next] += 1;
  }

  #forget(): void {
    for (const channel of this.#gone.items) {
      if (this.#sourceCount[channel] === 0) continue;
      this.#sourceFirst[channel] = (this.#sourceFirst[channel] + 1) % this.#room;
      this.#sourceCount[channel] -= 1;
    }
    this.#gone.clear();
  }
}
