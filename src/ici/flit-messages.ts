import { assert } from '../base/assert.ts';
import { FlitNetwork } from './flit-network.ts';
import { HEAD, packSteps, TAIL } from './flit-word.ts';
import type { Torus } from './topology.ts';
import type { Transfers } from './transfers.ts';

/** Longest packet a message is cut in. */
const PACKET_FLITS = 128;

/**
 * Virtual channels that hold more than the nine flits of a credit's round trip, two on each side of the
 * dateline: while the head of one packet is routed another's body goes on.
 */
const ROUTER = { virtualChannels: 4, bufferFlits: 16, localPorts: 'one-a-link' } as const;

/** No message takes this long on its own; if nothing arrives for so long, the network is stuck. */
const MAX_QUIET_CYCLES = 10_000_000;

export interface FlitMessagesResult {
  readonly cycles: number;
  /** Flits on each directed link, [linkSlots]. */
  readonly linkFlits: Float64Array;
}

/** Called with the network before its first cycle; what it returns, after every cycle. */
export type WatchFlits = (network: FlitNetwork) => () => void;

/**
 * Runs transfers on the flit model to the last arrival, each as a message of whole flits. A chip sends a flit
 * a cycle on each link: it has as many ports of its own as links. Messages that leave by the same link take
 * turns packet by packet. Routers take axes in order, so that only the steps of a transfer's way count.
 */
export function runFlitMessages(
  torus: Torus,
  transfers: Transfers,
  flitBytes: number,
  watch?: WatchFlits,
): FlitMessagesResult {
  return new MessageRun(torus, transfers, flitBytes).toTheEnd(watch);
}

class MessageRun {
  readonly #network: FlitNetwork;
  readonly #transfers: Transfers;
  readonly #ports: number;
  /** Messages whose next packet may go, for each node and port, the next one at `#queueHeads`. */
  readonly #queues: number[][];
  readonly #queueHeads: Int32Array;
  readonly #vcs: Int32Array;
  readonly #flits: Int32Array;
  readonly #unsent: Int32Array;
  readonly #unarrived: Int32Array;
  readonly #waits: Int32Array;
  readonly #words: Int32Array;
  readonly #busyPorts = new Set<number>();
  #open: number;

  constructor(torus: Torus, transfers: Transfers, flitBytes: number) {
    this.#ports = 2 * torus.axes;
    this.#transfers = transfers;
    this.#network = new FlitNetwork(torus, ROUTER, { onEject: (_, message) => this.#arrive(message) });
    this.#queues = Array.from({ length: torus.nodes * this.#ports }, () => []);
    this.#queueHeads = new Int32Array(this.#queues.length);
    this.#vcs = new Int32Array(this.#queues.length);
    this.#flits = Int32Array.from(transfers.bytes, (bytes) => Math.ceil(bytes / flitBytes));
    this.#unsent = this.#flits.slice();
    this.#unarrived = this.#flits.slice();
    this.#waits = transfers.waits.slice();
    this.#words = new Int32Array(transfers.count);
    this.#open = transfers.count;
    for (let message = 0; message < transfers.count; message++) {
      this.#words[message] = packSteps(this.#stepsOf(message));
    }
    for (let message = 0; message < transfers.count; message++) {
      if (transfers.waits[message] === 0) this.#enqueue(message);
    }
  }

  #stepsOf(message: number): number[] {
    const { torus } = this.#network;
    const { links, linkOffsets } = this.#transfers;
    const steps = torus.shape.map(() => 0);
    for (let place = linkOffsets[message]; place < linkOffsets[message + 1]; place++) {
      steps[torus.linkAxis(links[place])] += torus.linkDirection(links[place]) === 0 ? 1 : -1;
    }
    return steps;
  }

  toTheEnd(watch?: WatchFlits): FlitMessagesResult {
    const observe = watch?.(this.#network);
    let lastProgress = 0;
    let open = this.#open;
    while (this.#open > 0) {
      this.#network.beginCycle();
      for (const port of this.#busyPorts) this.#send(port);
      this.#network.endCycle();
      observe?.();
      if (this.#open < open) {
        open = this.#open;
        lastProgress = this.#network.cycle;
      }
      assert(this.#network.cycle - lastProgress < MAX_QUIET_CYCLES, 'flits keep moving');
    }
    return { cycles: this.#network.cycle, linkFlits: this.#network.linkFlits() };
  }

  /** It leaves by the port of its first step, x before y before z. */
  #enqueue(message: number): void {
    assert(this.#flits[message] > 0, 'a message has flits to send');
    const { links, linkOffsets } = this.#transfers;
    const { torus } = this.#network;
    const source = torus.linkSource(links[linkOffsets[message]]);
    const steps = this.#stepsOf(message);
    const axis = steps.findIndex((each) => each !== 0);
    const port = torus.link(source, axis, steps[axis] > 0 ? 0 : 1);
    this.#queues[port].push(message);
    this.#busyPorts.add(port);
  }

  #send(port: number): void {
    const queue = this.#queues[port];
    const message = queue[this.#queueHeads[port]];
    const node = Math.floor(port / this.#ports);
    const local = port % this.#ports;
    const flits = this.#flits[message];
    const sent = flits - this.#unsent[message];
    const head = sent % PACKET_FLITS === 0;
    const vc = head ? (this.#vcs[port] + 1) % ROUTER.virtualChannels : this.#vcs[port];
    if (this.#network.injectionCredits(node, vc, local) === 0) return;
    this.#vcs[port] = vc;
    const tail = (sent + 1) % PACKET_FLITS === 0 || sent + 1 === flits;
    const word = this.#words[message] | (head ? HEAD : 0) | (tail ? TAIL : 0);
    this.#network.inject(node, vc, message, word, local);
    this.#unsent[message] -= 1;
    if (!tail) return;
    this.#queueHeads[port] += 1;
    if (this.#unsent[message] > 0) queue.push(message);
    else this.#release(message, 0);
    if (this.#queueHeads[port] === queue.length) this.#busyPorts.delete(port);
  }

  #arrive(message: number): void {
    this.#unarrived[message] -= 1;
    if (this.#unarrived[message] > 0) return;
    this.#open -= 1;
    this.#release(message, 1);
  }

  /** Those that wait for the arrival (1) of a message, or for its last flit to have left (0). */
  #release(message: number, event: 0 | 1): void {
    const { followerOffsets, followers, followsArrival } = this.#transfers;
    for (let place = followerOffsets[message]; place < followerOffsets[message + 1]; place++) {
      if (followsArrival[place] !== event) continue;
      const follower = followers[place];
      this.#waits[follower] -= 1;
      if (this.#waits[follower] === 0) this.#enqueue(follower);
    }
  }
}
