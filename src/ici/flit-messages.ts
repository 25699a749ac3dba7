import { assert } from '../base/assert.ts';
import { FlitNetwork } from './flit-network.ts';
import { HEAD, packSteps, TAIL } from './flit-word.ts';
import type { Torus } from './topology.ts';

/** A number of flits from one chip along given steps, sent once others have arrived. */
export interface FlitMessage {
  readonly source: number;
  /** Signed steps along each axis. */
  readonly steps: readonly number[];
  readonly flits: number;
  /** Numbers of earlier messages whose data this one passes on. */
  readonly after: readonly number[];
}

/** Longest packet a message is cut in. */
const PACKET_FLITS = 128;

/** Two virtual channels that hold more than the nine flits of a credit's round trip. */
const ROUTER = { virtualChannels: 2, bufferFlits: 16 };

export interface FlitMessagesResult {
  readonly cycles: number;
  /** Flits on each directed link, [linkSlots]. */
  readonly linkFlits: Float64Array;
}

/**
 * Runs messages on the flit model to the last arrival. A chip sends a flit a cycle on each link: it has as
 * many ports of its own as links. Messages that leave by the same link wait in the order of their numbers.
 */
export function runFlitMessages(torus: Torus, messages: readonly FlitMessage[]): FlitMessagesResult {
  const run = new MessageRun(torus, messages);
  return run.toTheEnd();
}

class MessageRun {
  readonly #network: FlitNetwork;
  readonly #messages: readonly FlitMessage[];
  readonly #ports: number;
  /** Messages that may go, for each node and port, next one first from `#queueHeads`. */
  readonly #queues: number[][];
  readonly #queueHeads: Int32Array;
  readonly #vcs: Int32Array;
  readonly #unsent: Int32Array;
  readonly #unarrived: Int32Array;
  readonly #waits: Int32Array;
  readonly #followers: number[][];
  readonly #words: Int32Array;
  readonly #busyPorts = new Set<number>();
  #open: number;

  constructor(torus: Torus, messages: readonly FlitMessage[]) {
    this.#ports = 2 * torus.axes;
    this.#messages = messages;
    this.#network = new FlitNetwork(torus, { ...ROUTER, localPorts: 'one-a-link' }, (_, __, message) =>
      this.#arrive(message),
    );
    this.#queues = Array.from({ length: torus.nodes * this.#ports }, () => []);
    this.#queueHeads = new Int32Array(this.#queues.length);
    this.#vcs = new Int32Array(this.#queues.length);
    this.#unsent = Int32Array.from(messages, (message) => message.flits);
    this.#unarrived = this.#unsent.slice();
    this.#waits = Int32Array.from(messages, (message) => message.after.length);
    this.#words = Int32Array.from(messages, (message) => packSteps(message.steps));
    this.#followers = messages.map(() => []);
    this.#open = messages.length;
    messages.forEach((message, index) => {
      for (const other of message.after) this.#followers[other].push(index);
      if (message.after.length === 0) this.#enqueue(index);
    });
  }

  toTheEnd(): FlitMessagesResult {
    let lastProgress = 0;
    let open = this.#open;
    while (this.#open > 0) {
      this.#network.beginCycle();
      for (const port of this.#busyPorts) this.#send(port);
      this.#network.endCycle();
      if (this.#open < open) {
        open = this.#open;
        lastProgress = this.#network.cycle;
      }
      assert(this.#network.cycle - lastProgress < MAX_QUIET_CYCLES, 'flits keep moving');
    }
    return { cycles: this.#network.cycle, linkFlits: this.#network.linkFlits };
  }

  #enqueue(message: number): void {
    const { source, steps } = this.#messages[message];
    const axis = steps.findIndex((each) => each !== 0);
    const port = source * this.#ports + (axis < 0 ? 0 : 2 * axis + (steps[axis] > 0 ? 0 : 1));
    this.#queues[port].push(message);
    this.#busyPorts.add(port);
  }

  #send(port: number): void {
    const queue = this.#queues[port];
    const message = queue[this.#queueHeads[port]];
    const node = Math.floor(port / this.#ports);
    const local = port % this.#ports;
    const { flits } = this.#messages[message];
    const sent = flits - this.#unsent[message];
    const head = sent % PACKET_FLITS === 0;
    if (head) this.#vcs[port] = 1 - this.#vcs[port];
    if (this.#network.injectionCredits(node, this.#vcs[port], local) === 0) {
      if (head) this.#vcs[port] = 1 - this.#vcs[port];
      return;
    }
    const tail = (sent + 1) % PACKET_FLITS === 0 || sent + 1 === flits;
    const word = this.#words[message] | (head ? HEAD : 0) | (tail ? TAIL : 0);
    this.#network.inject(node, this.#vcs[port], message, word, local);
    this.#unsent[message] -= 1;
    if (this.#unsent[message] > 0) return;
    this.#queueHeads[port] += 1;
    if (this.#queueHeads[port] === queue.length) this.#busyPorts.delete(port);
  }

  #arrive(message: number): void {
    this.#unarrived[message] -= 1;
    if (this.#unarrived[message] > 0) return;
    this.#open -= 1;
    for (const follower of this.#followers[message]) {
      this.#waits[follower] -= 1;
      if (this.#waits[follower] === 0) this.#enqueue(follower);
    }
  }
}

/** No message takes this long on its own; if nothing arrives for so long, the network is stuck. */
const MAX_QUIET_CYCLES = 10_000_000;
