import type { RouterConfig } from './flit-config.ts';
import type { FlitLayout } from './flit-layout.ts';
import { Relay, Wheel, WorkList } from './flit-queues.ts';

/** No channel; all others are 0 and more. */
export const NONE = -1;

/**
 * All that the routers of a network look at from cycle to cycle. Fields that are numbers say where in `words` a
 * table begins: that of channel c (or port p) lies c further. One array for all of them because engines check
 * each array that a loop touches in each of its rounds, and a flit's way through a router touches forty: an
 * array a table took an eighth longer (V8 11.3, 8x8 saturated).
 *
 * Buffers are rings of flits. A flit is put in the one that it goes to as it is sent, which has room, as its
 * credit says: what is under way is then no more than a channel's number. Flits are counted, and the low bits of
 * a flit's number say where in its ring it lies: rings have a power of two of places.
 */
export class FlitMemory {
  readonly words: Int32Array;
  readonly bufferFlits: number;

  // Of input channels.
  /** Flits that were sent to each, those that have arrived and those that have left again. */
  readonly sent: number;
  readonly arrived: number;
  readonly left: number;
  /** The output that the first packet has; negative, ~ the one that the last packet had or the first it may have. */
  readonly output: number;
  /** The next one that asks for the same outputs. */
  readonly nextAsking: number;
  /** What it got last from the channel allocator. */
  readonly lastAccept: number;

  // Of output channels; those of nodes that inject follow, always free.
  /** Room that is known of behind each. */
  readonly credits: number;
  /** The input whose packet has it, or `NONE`. */
  readonly holder: number;
  readonly lastGrant: number;
  /** By the first output of each class: how many of it are free, and the first input that asks for one. */
  readonly free: number;
  readonly firstAsking: number;

  // Of both, as `FlitLayout` has them.
  readonly peer: number;
  readonly here: number;
  readonly routerOf: number;
  readonly exit: number;
  readonly classOf: number;
  readonly portOf: number;

  /** What to add to the first channel of a router for the outputs that a word leads to, by `wayOf`. */
  readonly ways: number;

  // Of ports: channels that ask for the switch, and what crossed it last.
  readonly inputAsks: number;
  readonly outputAsks: number;
  readonly lastSpeaker: number;
  readonly lastOutput: number;
  readonly lastInput: number;

  /** Of the places of all rings: tag and word of each flit, [channels, places, 2]. */
  readonly flits: number;
  readonly placeBits: number;
  readonly placeMask: number;

  /** Inputs whose head is to be routed. */
  readonly routing: Relay;
  /** Inputs with a flit, an output and a credit for it, and those of them that cross the switch. */
  readonly ready: WorkList;
  readonly crossing: WorkList;
  /** Outputs that packets have left, and classes of which some are free and asked for. */
  readonly released: WorkList;
  readonly open: WorkList;
  /** Inputs that a flit is due at, outputs that a credit is due at, and tags and words due at nodes. */
  readonly arrivals: Wheel;
  readonly creditReturns: Wheel;
  readonly injectReturns: Wheel;
  readonly ejections: Wheel;

  constructor(layout: FlitLayout, nodes: number, { bufferFlits }: RouterConfig) {
    const { channels, allOutputs, ports, localPorts } = layout;
    const allPorts = nodes * ports;
    let size = 0;
    const reserve = (length: number): number => {
      const start = size;
      // What is put behind the last of a list, and not kept, harms nobody.
      size += length + 1;
      return start;
    };
    this.bufferFlits = bufferFlits;
    this.sent = reserve(channels);
    this.arrived = reserve(channels);
    this.left = reserve(channels);
    this.output = reserve(channels);
    this.nextAsking = reserve(channels);
    this.lastAccept = reserve(channels);
    this.credits = reserve(allOutputs);
    this.holder = reserve(allOutputs);
    this.lastGrant = reserve(channels);
    this.free = reserve(channels);
    this.firstAsking = reserve(channels);
    this.peer = reserve(channels);
    this.here = reserve(channels);
    this.routerOf = reserve(channels);
    this.exit = reserve(channels);
    this.classOf = reserve(channels);
    this.portOf = reserve(allOutputs);
    this.ways = reserve(layout.ways.length);
    this.inputAsks = reserve(allPorts);
    this.outputAsks = reserve(allPorts);
    this.lastSpeaker = reserve(allPorts);
    this.lastOutput = reserve(allPorts);
    this.lastInput = reserve(allPorts);
    this.placeBits = Math.ceil(Math.log2(bufferFlits));
    this.placeMask = (1 << this.placeBits) - 1;
    this.flits = reserve((channels * 2) << this.placeBits);
    const lists = [channels, channels, channels, allPorts, allPorts, channels].map(reserve);
    const arrivals = reserve(Wheel.SLOTS * (allPorts + 1));
    const returned = nodes * (ports + localPorts);
    const injectReturns = reserve(Wheel.SLOTS * (nodes * localPorts + 1));
    const creditReturns = reserve(Wheel.SLOTS * (returned + 1));
    const ejected = nodes * localPorts * 2;
    const ejections = reserve(Wheel.SLOTS * ejected);

    const words = new Int32Array(size);
    this.words = words;
    words.fill(~0, this.output, this.output + channels);
    words.fill(bufferFlits, this.credits, this.credits + allOutputs);
    words.fill(NONE, this.holder, this.holder + allOutputs);
    words.set(layout.choices, this.free);
    words.fill(NONE, this.firstAsking, this.firstAsking + channels);
    words.set(layout.peer, this.peer);
    words.set(layout.here, this.here);
    words.set(layout.routerOf, this.routerOf);
    words.set(layout.exit, this.exit);
    words.set(layout.classOf, this.classOf);
    words.set(layout.portOf, this.portOf);
    words.set(layout.ways, this.ways);
    const [now, next, ready, crossing, released, open] = lists.map((start) => new WorkList(words, start));
    this.routing = new Relay(now, next);
    this.ready = ready;
    this.crossing = crossing;
    this.released = released;
    this.open = open;
    this.arrivals = new Wheel(words, arrivals, allPorts + 1);
    this.injectReturns = new Wheel(words, injectReturns, nodes * localPorts + 1);
    this.creditReturns = new Wheel(words, creditReturns, returned + 1);
    this.ejections = new Wheel(words, ejections, ejected);
  }

  /** Flits that have arrived at an input and not left it. */
  held(input: number): number {
    return (this.words[this.arrived + input] - this.words[this.left + input]) | 0;
  }

  /** Whether the first packet of an input has an output. */
  hasOutput(input: number): boolean {
    return this.words[this.output + input] >= 0;
  }

  /** That output, or while it asks, the first that it may have, or else the one that the last packet had. */
  outputOf(input: number): number {
    const output = this.words[this.output + input];
    return output < 0 ? ~output : output;
  }

  /** Where the tag of an input's flit of that number lies; the word follows. */
  flitAt(input: number, flit: number): number {
    return this.flits + (((input << this.placeBits) | (flit & this.placeMask)) << 1);
  }

  /** Puts a flit on its way into an input. */
  write(input: number, tag: number, word: number): void {
    const flit = this.words[this.sent + input];
    const at = this.flitAt(input, flit);
    this.words[at] = tag;
    this.words[at + 1] = word;
    this.words[this.sent + input] = flit + 1;
  }
}
