import { Islip, turnsAfter } from './flit-islip.ts';
import type { FlitLayout } from './flit-layout.ts';
import type { FlitMemory } from './flit-memory.ts';
import { WorkList } from './flit-queues.ts';

/**
 * The switches of all routers: iSLIP between input and output ports, where one virtual channel speaks for all
 * those of its port that want the same output, each in its turn.
 */
export class SwitchAllocator {
  readonly #memory: FlitMemory;
  readonly #vcs: number;
  readonly #islip: Islip;
  /** Those that ask with others on their input port, or for their output port. */
  readonly #contested: WorkList;
  /** Place of an output port within its router, times all ports: an input port added is a pair of both. */
  readonly #pairBase: Int32Array;
  /** The virtual channel that speaks for each pair of ports that asked. */
  readonly #speaker: Int32Array;

  constructor({ channels, ports, virtualChannels }: FlitLayout, nodes: number, memory: FlitMemory) {
    const allPorts = nodes * ports;
    const { words, lastInput, lastOutput, lastSpeaker } = memory;
    this.#memory = memory;
    this.#vcs = virtualChannels;
    this.#islip = new Islip({ words, lastGrant: lastInput, lastAccept: lastOutput }, nodes, ports);
    this.#contested = new WorkList(new Int32Array(channels));
    this.#pairBase = Int32Array.from({ length: allPorts }, (_, port) => (port % ports) * allPorts);
    this.#speaker = new Int32Array(allPorts * ports).fill(-1);
    for (let port = 0; port < allPorts; port++) words[lastSpeaker + port] = port * virtualChannels - 1;
  }

  /** Moves those that win from `ready` to `crossing`. */
  allocate(): void {
    const { words, output, portOf, inputAsks, outputAsks, ready, crossing } = this.#memory;
    const { start, end } = ready;
    for (let place = start; place < end; place++) {
      const channel = words[place];
      words[inputAsks + words[portOf + channel]] += 1;
      words[outputAsks + words[portOf + words[output + channel]]] += 1;
    }
    const { lastInput, lastOutput, lastSpeaker } = this.#memory;
    const contested = this.#contested;
    let won = crossing.start;
    for (let place = start; place < end; place++) {
      const channel = words[place];
      const from = words[portOf + channel];
      const to = words[portOf + words[output + channel]];
      if (words[inputAsks + from] + words[outputAsks + to] > 2) {
        contested.push(channel);
        continue;
      }
      // Nobody else asks, which is most often so: no turns to compare.
      words[inputAsks + from] = 0;
      words[outputAsks + to] = 0;
      words[lastInput + to] = from;
      words[lastOutput + from] = to;
      words[lastSpeaker + from] = channel;
      words[won++] = channel;
    }
    crossing.end = won;
    ready.clear();
    if (contested.count > 0) this.#contest();
  }

  #contest(): void {
    const { words, output, portOf, inputAsks, outputAsks, lastSpeaker, ready, crossing } = this.#memory;
    const { words: channels, start, end } = this.#contested;
    for (let place = start; place < end; place++) this.#request(channels[place]);
    this.#islip.grant();
    const { accepted } = this.#islip;
    for (let place = start; place < end; place++) {
      const channel = channels[place];
      const from = words[portOf + channel];
      const to = words[portOf + words[output + channel]];
      if (accepted[from] === to && this.#speaker[this.#pairBase[to] + from] === channel) {
        words[lastSpeaker + from] = channel;
        crossing.push(channel);
      } else {
        ready.push(channel);
      }
    }
    for (let place = start; place < end; place++) {
      const channel = channels[place];
      const from = words[portOf + channel];
      const to = words[portOf + words[output + channel]];
      this.#speaker[this.#pairBase[to] + from] = -1;
      words[inputAsks + from] = 0;
      words[outputAsks + to] = 0;
      accepted[from] = -1;
    }
    this.#contested.clear();
  }

  #request(channel: number): void {
    const { words, output, portOf, lastSpeaker } = this.#memory;
    const from = words[portOf + channel];
    const to = words[portOf + words[output + channel]];
    const pair = this.#pairBase[to] + from;
    const before = this.#speaker[pair];
    if (before < 0) {
      this.#islip.request(from, to);
    } else {
      const last = words[lastSpeaker + from];
      if (turnsAfter(last, channel, this.#vcs) > turnsAfter(last, before, this.#vcs)) return;
    }
    this.#speaker[pair] = channel;
  }
}
