import { InputError } from '../base/result.ts';
import type { FlitNetwork } from './flit-network.ts';
import { FLIT_CAUSES, FlitProbe, MOVED, WAITS_CHANNEL } from './flit-probe.ts';
import type { TorusSpec } from './topology.ts';

/** No recording holds more; a network of which this is less than so many frames is refused. */
const MAX_BYTES = 48 * 2 ** 20;
const MAX_FRAMES = 2048;
const LEAST_FRAMES = 64;

/** What packets wait for, as many rows of `FlitRecording.waits`. */
export const WAITS = ['channel', 'switch', 'credit'] as const;
export type Wait = (typeof WAITS)[number];

/**
 * Why an output port sent nothing in a cycle in which a flit might have gone: the first of these that holds for
 * any packet bound for it. `none` is that no packet was.
 */
export const OUTPUT_USES = ['sent', 'credit', 'switch', 'channel', 'stage', 'none'] as const;

/** No output virtual channel. */
export const NO_OUTPUT = 255;

/**
 * The cycles of a flit network as plain data. Frame f holds the state in cycle `firstCycle + f stride`; sums
 * are over every cycle and cumulative: row f is what came before frame f. Channels are numbered
 * `(node ports + port) virtualChannels + vc`, output ports `node ports + port`, those of links first.
 */
export interface FlitRecording {
  readonly torus: TorusSpec;
  readonly ports: number;
  readonly linkPorts: number;
  readonly virtualChannels: number;
  readonly bufferFlits: number;
  readonly adaptive: boolean;
  readonly firstCycle: number;
  readonly cycles: number;
  /** Cycles from one frame to the next. */
  readonly stride: number;
  readonly frames: number;
  /** Flits that each output port sent, [frames + 1, outputs]. */
  readonly sent: Uint32Array;
  /** By what they waited for: packets that waited for each output port, added up over cycles. */
  readonly waits: Readonly<Record<Wait, Uint32Array>>;
  /** Occupied input virtual channels by `FLIT_CAUSES`, added up over cycles, [frames + 1, 6]. */
  readonly causes: Float64Array;
  /** Cycles of each output port by `OUTPUT_USES`, [outputs, 6]. */
  readonly uses: Uint32Array;
  /** Of each channel in each frame, [frames, channels]: as `FLIT_CAUSES`, from 1; 0 is empty. */
  readonly cause: Uint8Array;
  /** Output virtual channel within the router that its packet has or, while it waits, the first it may have. */
  readonly output: Uint8Array;
  readonly held: Uint16Array;
  /** Nodes that the packet at the head comes from and goes to. */
  readonly source: Uint16Array;
  readonly target: Uint16Array;
}

/** Which cycles are of interest. */
export interface RecordedCycles {
  readonly firstCycle: number;
  /** At most so many; to the end when left out. */
  readonly cycles?: number;
}

/**
 * Records a network from `firstCycle` on within a fixed amount of memory: when it is full, every second frame
 * is dropped. Throws an `InputError` for networks too large to be recorded.
 */
export class FlitRecorder {
  readonly #probe: FlitProbe;
  readonly #firstCycle: number;
  readonly #endCycle: number;
  readonly #outputs: number;
  readonly #maxFrames: number;
  #stride = 1;
  #frames = 0;
  /** Cycles of the frame that is under way. */
  #open = 0;
  #cycles = 0;
  readonly #now: readonly Uint32Array[];
  readonly #nowCauses = new Float64Array(FLIT_CAUSES.length);
  readonly #sums: readonly Uint32Array[];
  readonly #causes: Float64Array;
  readonly #uses: Uint32Array;
  /** Why each output port sends nothing in this cycle, as a place in `OUTPUT_USES`. */
  readonly #use: Uint8Array;
  readonly #cause: Uint8Array;
  readonly #output: Uint8Array;
  readonly #held: Uint16Array;
  readonly #source: Uint16Array;
  readonly #target: Uint16Array;

  constructor(network: FlitNetwork, { firstCycle, cycles }: RecordedCycles) {
    const probe = new FlitProbe(network);
    const { channels } = probe;
    this.#probe = probe;
    this.#firstCycle = firstCycle;
    this.#endCycle = firstCycle + (cycles ?? Number.POSITIVE_INFINITY);
    this.#outputs = channels / network.virtualChannels;
    const bytes = 16 * this.#outputs + 8 * channels + 8 * FLIT_CAUSES.length;
    const room = Math.min(MAX_FRAMES, Math.floor(MAX_BYTES / bytes));
    if (room < LEAST_FRAMES || probe.state.ports * network.virtualChannels > NO_OUTPUT) {
      throw new InputError('torus', `its ${channels} buffers are more than can be recorded`);
    }
    const maxFrames = Math.min(room, cycles ?? room);
    this.#maxFrames = maxFrames + (maxFrames % 2);
    const rows = this.#maxFrames + 1;
    this.#now = [0, 1, 2, 3].map(() => new Uint32Array(this.#outputs));
    this.#sums = this.#now.map(() => new Uint32Array(rows * this.#outputs));
    this.#causes = new Float64Array(rows * FLIT_CAUSES.length);
    this.#uses = new Uint32Array(this.#outputs * OUTPUT_USES.length);
    this.#use = new Uint8Array(this.#outputs);
    const size = this.#maxFrames * channels;
    this.#cause = new Uint8Array(size);
    this.#output = new Uint8Array(size);
    this.#held = new Uint16Array(size);
    this.#source = new Uint16Array(size);
    this.#target = new Uint16Array(size);
  }

  /** Everything that was wanted is recorded. */
  get done(): boolean {
    return this.#probe.network.cycle >= this.#endCycle;
  }

  /** To be called after every cycle of the network, from its first one on. */
  observe(): void {
    const probe = this.#probe;
    probe.observe();
    const cycle = probe.network.cycle - 1;
    if (cycle < this.#firstCycle || cycle >= this.#endCycle) return;
    if (this.#open === 0) this.#beginFrame();
    this.#count();
    this.#cycles += 1;
    this.#open += 1;
    if (this.#open === this.#stride) this.#endFrame();
  }

  finish(): FlitRecording {
    if (this.#open > 0) this.#endFrame();
    const { network, state, channels } = this.#probe;
    const { shape, wraps, twisted } = network.torus;
    const frames = this.#frames;
    const rows = (frames + 1) * this.#outputs;
    const [sent, channel, crossing, credit] = this.#sums.map((sums) => sums.slice(0, rows));
    return {
      torus: { shape, wraps, twisted },
      ports: state.ports,
      linkPorts: state.linkPorts,
      virtualChannels: network.virtualChannels,
      bufferFlits: state.memory.bufferFlits,
      adaptive: state.adaptive,
      firstCycle: this.#firstCycle,
      cycles: this.#cycles,
      stride: this.#stride,
      frames,
      sent,
      waits: { channel, switch: crossing, credit },
      causes: this.#causes.slice(0, (frames + 1) * FLIT_CAUSES.length),
      uses: this.#uses,
      cause: this.#cause.slice(0, frames * channels),
      output: this.#output.slice(0, frames * channels),
      held: this.#held.slice(0, frames * channels),
      source: this.#source.slice(0, frames * channels),
      target: this.#target.slice(0, frames * channels),
    };
  }

  #beginFrame(): void {
    if (this.#frames === this.#maxFrames) this.#thin();
    const probe = this.#probe;
    const { state, channels, cause, occupied } = probe;
    const perRouter = state.ports * probe.network.virtualChannels;
    const base = this.#frames * channels;
    this.#cause.fill(0, base, base + channels);
    this.#held.fill(0, base, base + channels);
    for (let channel = 0; channel < channels; channel++) {
      // A packet keeps its output while the rest of it has yet to come.
      const keeps = state.memory.hasOutput(channel) || cause[channel] !== 0;
      this.#output[base + channel] = keeps ? state.memory.outputOf(channel) % perRouter : NO_OUTPUT;
      if (keeps) this.#source[base + channel] = probe.source(channel);
    }
    for (const channel of occupied.items) {
      this.#cause[base + channel] = cause[channel];
      this.#held[base + channel] = probe.occupancy(channel);
      this.#target[base + channel] = probe.target(channel);
    }
  }

  #count(): void {
    const { occupied, cause, state } = this.#probe;
    const perRouter = state.ports * this.#probe.network.virtualChannels;
    const use = this.#use.fill(OUTPUT_USES.length - 1);
    for (const channel of occupied.items) {
      const why = cause[channel];
      this.#nowCauses[why - 1] += 1;
      const output =
        Math.floor(channel / perRouter) * state.ports + state.placeOf[state.memory.outputOf(channel)];
      use[output] = Math.min(use[output], USE_OF_CAUSE[why]);
      if (why === MOVED) this.#now[0][output] += 1;
      else if (why >= WAITS_CHANNEL) this.#now[1 + why - WAITS_CHANNEL][output] += 1;
    }
    for (let output = 0; output < use.length; output++) {
      this.#uses[output * OUTPUT_USES.length + use[output]] += 1;
    }
  }

  #endFrame(): void {
    this.#frames += 1;
    this.#open = 0;
    this.#sums.forEach((sums, kind) => {
      sums.set(this.#now[kind], this.#frames * this.#outputs);
    });
    this.#causes.set(this.#nowCauses, this.#frames * FLIT_CAUSES.length);
  }

  /** Every second frame goes, the others stand for twice as long. */
  #thin(): void {
    const { channels } = this.#probe;
    const half = this.#maxFrames / 2;
    const thin = (data: Uint8Array | Uint16Array | Uint32Array | Float64Array, width: number): void => {
      for (let row = 1; row <= half; row++)
        data.copyWithin(row * width, 2 * row * width, (2 * row + 1) * width);
    };
    for (const sums of this.#sums) thin(sums, this.#outputs);
    thin(this.#causes, FLIT_CAUSES.length);
    for (const each of [this.#cause, this.#output, this.#held, this.#source, this.#target]) {
      thin(each, channels);
    }
    this.#frames = half;
    this.#stride *= 2;
  }
}

/** Place in `OUTPUT_USES` by cause, from 1. */
const USE_OF_CAUSE = [5, 0, 4, 4, 3, 2, 1];

/** What crosses threads by being handed over. */
export function recordedBuffers(recording: FlitRecording): ArrayBufferLike[] {
  const { sent, waits, causes, uses, cause, output, held, source, target } = recording;
  return [sent, ...Object.values(waits), causes, uses, cause, output, held, source, target].map(
    ({ buffer }) => buffer,
  );
}
