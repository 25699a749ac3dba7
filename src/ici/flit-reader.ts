import { clamp } from '../base/integers.ts';
import { FLIT_CAUSES, type FlitCause, MOVED, WAITS_CHANNEL } from './flit-probe.ts';
import { type FlitRecording, NO_OUTPUT, OUTPUT_USES, WAITS, type Wait } from './flit-recording.ts';
import { Torus } from './topology.ts';

/** `kept`: no flit, but a packet whose rest has yet to come has an output. */
export type ChannelStage = FlitCause | 'kept' | 'empty';

/** One input virtual channel in one frame. */
export interface ChannelMoment {
  readonly channel: number;
  readonly node: number;
  readonly port: number;
  readonly vc: number;
  readonly stage: ChannelStage;
  /** Flits in its buffer. */
  readonly held: number;
  /** Of the packet at the head; undefined where there is none. */
  readonly source: number | undefined;
  readonly target: number | undefined;
  /** The output port and virtual channel that it has or wants first. */
  readonly outPort: number | undefined;
  readonly outVc: number | undefined;
}

/**
 * Why a wait ends where it ends: at a packet that moves or that a router works on; at an empty buffer whose
 * flits or credits are still on the link; at a source that has yet to send the rest; at an output that nobody
 * got in this cycle. A circle would be a deadlock.
 */
export type WaitRoot = 'moves' | 'pipeline' | 'link' | 'source' | 'turn' | 'circle';

export interface WaitChain {
  /** From the channel asked for to the one at the root; each waits for the one after it. */
  readonly steps: readonly ChannelMoment[];
  readonly root: WaitRoot;
}

/** Frames `from` up to, and without, `to`. */
export interface FrameRange {
  readonly from: number;
  readonly to: number;
}

/** Output ports, links first, and what waits for each. */
export interface OutputWaits {
  readonly output: number;
  readonly sent: number;
  readonly waits: Readonly<Record<Wait, number>>;
  readonly waiting: number;
}

/** Reads a recording: what routers held at a time, who waits for whom, and sums over any range of frames. */
export class FlitReader {
  readonly recording: FlitRecording;
  readonly torus: Torus;
  readonly outputs: number;
  readonly #channels: number;
  #holdersOf = -1;
  /** Input channel that has an output channel, in frame `#holdersOf`. */
  readonly #holders: Int32Array;

  constructor(recording: FlitRecording) {
    this.recording = recording;
    this.torus = new Torus(recording.torus);
    this.outputs = this.torus.nodes * recording.ports;
    this.#channels = this.outputs * recording.virtualChannels;
    this.#holders = new Int32Array(this.#channels);
  }

  cycleOf(frame: number): number {
    return this.recording.firstCycle + frame * this.recording.stride;
  }

  /** The last `frames` up to and with `frame`. */
  window(frame: number, frames: number): FrameRange {
    const to = clamp(frame + 1, 0, this.recording.frames);
    return { from: Math.max(0, to - frames), to };
  }

  /** Cycles in a range: the last frame may stand for fewer than the others. */
  cyclesIn({ from, to }: FrameRange): number {
    const { stride, cycles } = this.recording;
    return Math.min(cycles, to * stride) - Math.min(cycles, from * stride);
  }

  /** Flits a cycle on each directed link, [linkSlots]; -1 where there is no link. */
  utilization(range: FrameRange): Float32Array {
    return this.#perLink(range, [this.recording.sent]);
  }

  /** Packets that waited for each directed link, mean over the cycles of the range. */
  waiting(range: FrameRange, waits: readonly Wait[] = WAITS): Float32Array {
    return this.#perLink(
      range,
      waits.map((wait) => this.recording.waits[wait]),
    );
  }

  /** Input virtual channels that hold a flit, by cause, mean over the cycles of the range. */
  causes(range: FrameRange): Readonly<Record<FlitCause, number>> {
    const { causes } = this.recording;
    const cycles = this.cyclesIn(range) || 1;
    const count = FLIT_CAUSES.length;
    const mean = (index: number): number =>
      (causes[range.to * count + index] - causes[range.from * count + index]) / cycles;
    return Object.fromEntries(FLIT_CAUSES.map((cause, index) => [cause, mean(index)])) as Record<
      FlitCause,
      number
    >;
  }

  /** Output ports by what waits for them, means a cycle, the worst first. */
  worstOutputs(range: FrameRange, count: number): readonly OutputWaits[] {
    const waited = this.#sumsOf(range, Object.values(this.recording.waits));
    const outputs = [...waited.keys()].filter((output) => waited[output] > 0);
    outputs.sort((a, b) => waited[b] - waited[a] || a - b);
    return outputs.slice(0, count).map((output) => this.outputWaits(range, output));
  }

  outputWaits(range: FrameRange, output: number): OutputWaits {
    const { sent, waits } = this.recording;
    const cycles = this.cyclesIn(range) || 1;
    const mean = (sums: Uint32Array): number =>
      (sums[range.to * this.outputs + output] - sums[range.from * this.outputs + output]) / cycles;
    const [channel, crossing, credit] = WAITS.map((wait) => mean(waits[wait]));
    return {
      output,
      sent: mean(sent),
      waits: { channel, switch: crossing, credit },
      waiting: channel + crossing + credit,
    };
  }

  /** Shares of all recorded cycles in which an output port sent, or did not and why. */
  uses(output: number): Readonly<Record<(typeof OUTPUT_USES)[number], number>> {
    const { uses, cycles } = this.recording;
    return Object.fromEntries(
      OUTPUT_USES.map((use, index) => [use, uses[output * OUTPUT_USES.length + index] / (cycles || 1)]),
    ) as Record<(typeof OUTPUT_USES)[number], number>;
  }

  /** Flits in the buffers of each router, as a share of their room, [nodes]. */
  fill(frame: number): Float32Array {
    const { held, bufferFlits } = this.recording;
    const perNode = this.#channels / this.torus.nodes;
    const base = frame * this.#channels;
    return Float32Array.from({ length: this.torus.nodes }, (_, node) => {
      let flits = 0;
      for (let index = 0; index < perNode; index++) flits += held[base + node * perNode + index];
      return flits / (perNode * bufferFlits);
    });
  }

  /** Output port of a link, and the link of an output port if it is no node's own. */
  outputOfLink(link: number): number {
    const { ports, linkPorts } = this.recording;
    return Math.floor(link / linkPorts) * ports + (link % linkPorts);
  }

  linkOfOutput(output: number): number | undefined {
    const { ports, linkPorts } = this.recording;
    const port = output % ports;
    return port < linkPorts ? Math.floor(output / ports) * linkPorts + port : undefined;
  }

  /** Channels of a router, port by port. */
  router(frame: number, node: number): readonly ChannelMoment[] {
    const perNode = this.#channels / this.torus.nodes;
    return Array.from({ length: perNode }, (_, index) => this.at(frame, node * perNode + index));
  }

  at(frame: number, channel: number): ChannelMoment {
    const { ports, virtualChannels, cause, held, output, source, target } = this.recording;
    const place = frame * this.#channels + channel;
    const inputPort = Math.floor(channel / virtualChannels);
    const why = cause[place];
    const out = output[place];
    const kept = why === 0 && out !== NO_OUTPUT;
    return {
      channel,
      node: Math.floor(inputPort / ports),
      port: inputPort % ports,
      vc: channel % virtualChannels,
      stage: why > 0 ? FLIT_CAUSES[why - 1] : kept ? 'kept' : 'empty',
      held: held[place],
      source: why > 0 || kept ? source[place] : undefined,
      target: why > 0 ? target[place] : undefined,
      outPort: out === NO_OUTPUT ? undefined : Math.floor(out / virtualChannels),
      outVc: out === NO_OUTPUT ? undefined : out % virtualChannels,
    };
  }

  /** Whom the head of a channel waits for, whom that one waits for, and so on to one that does not wait. */
  chain(frame: number, channel: number): WaitChain {
    const steps: ChannelMoment[] = [];
    const seen = new Set<number>();
    let next: number | WaitRoot = channel;
    while (typeof next === 'number') {
      if (seen.has(next)) return { steps, root: 'circle' };
      seen.add(next);
      const moment = this.at(frame, next);
      steps.push(moment);
      next = this.#waitsFor(frame, moment);
    }
    return { steps, root: next };
  }

  /** How many waiting heads have their root at each channel, the one with most first. */
  roots(frame: number): readonly { readonly channel: number; readonly count: number }[] {
    const counts = new Map<number, number>();
    /** Roots found so far; chains run into each other. */
    const rootOf = new Int32Array(this.#channels).fill(-1);
    for (let channel = 0; channel < this.#channels; channel++) {
      if (this.recording.cause[frame * this.#channels + channel] < WAITS_CHANNEL) continue;
      const way: number[] = [];
      let at = channel;
      while (rootOf[at] < 0) {
        way.push(at);
        // Until the root is known it stands for itself, so that not even a circle is walked twice.
        rootOf[at] = at;
        const next = this.#waitsFor(frame, this.at(frame, at));
        if (typeof next === 'string') break;
        at = next;
      }
      const root = rootOf[at];
      for (const each of way) rootOf[each] = root;
      counts.set(root, (counts.get(root) ?? 0) + 1);
    }
    return [...counts]
      .map(([channel, count]) => ({ channel, count }))
      .sort((a, b) => b.count - a.count || a.channel - b.channel);
  }

  #waitsFor(frame: number, moment: ChannelMoment): number | WaitRoot {
    switch (moment.stage) {
      case 'moved':
        return 'moves';
      case 'route':
      case 'granted':
      case 'empty':
        return 'pipeline';
      case 'channel':
        return this.#holderOf(frame, moment) ?? 'turn';
      case 'switch':
        return this.#winnerOver(frame, moment) ?? 'turn';
      case 'credit':
        return this.#behind(frame, moment);
      case 'kept':
        return this.#before(frame, moment) ?? 'source';
    }
  }

  /** Of the packets that have the channels it may have, one that does not move, if there is such a one. */
  #holderOf(frame: number, { node, outPort = 0, outVc = 0 }: ChannelMoment): number | undefined {
    const { virtualChannels, linkPorts, ports, adaptive } = this.recording;
    const holders = this.#holdersIn(frame);
    const leaves = outPort >= linkPorts;
    const count = leaves ? virtualChannels : adaptive ? 1 : virtualChannels >> 1;
    const first = (node * ports + outPort) * virtualChannels + outVc;
    const found = Array.from({ length: count }, (_, index) => holders[first + index]).filter(
      (holder) => holder >= 0,
    );
    return found.find((holder) => this.at(frame, holder).stage !== 'moved') ?? found[0];
  }

  /** The channel whose flit crossed the switch instead: to the same output, or from the same input port. */
  #winnerOver(frame: number, { channel, node, port, outPort }: ChannelMoment): number | undefined {
    const { cause, output, virtualChannels } = this.recording;
    const perNode = this.#channels / this.torus.nodes;
    let fromSamePort: number | undefined;
    for (let other = node * perNode; other < (node + 1) * perNode; other++) {
      const place = frame * this.#channels + other;
      if (cause[place] !== MOVED || other === channel) continue;
      if (Math.floor(output[place] / virtualChannels) === outPort) return other;
      if (Math.floor((other % perNode) / virtualChannels) === port) fromSamePort ??= other;
    }
    return fromSamePort;
  }

  /** The input channel that an output channel leads to, unless it is empty. */
  #behind(frame: number, { node, outPort = 0, outVc = 0 }: ChannelMoment): number | WaitRoot {
    const { ports, linkPorts, virtualChannels, held } = this.recording;
    // Nodes take all that comes: their credits are on the way back.
    if (outPort >= linkPorts) return 'link';
    const target = this.torus.targets[node * linkPorts + outPort];
    const behind = (target * ports + (outPort ^ 1)) * virtualChannels + outVc;
    return held[frame * this.#channels + behind] > 0 ? behind : 'link';
  }

  /** The input channel, a router before, that has the output channel which leads here. */
  #before(frame: number, { node, port, vc }: ChannelMoment): number | undefined {
    const { ports, linkPorts, virtualChannels } = this.recording;
    if (port >= linkPorts) return undefined;
    const before = this.torus.targets[node * linkPorts + port];
    if (before < 0) return undefined;
    const holder = this.#holdersIn(frame)[(before * ports + (port ^ 1)) * virtualChannels + vc];
    return holder < 0 ? undefined : holder;
  }

  #holdersIn(frame: number): Int32Array {
    if (this.#holdersOf === frame) return this.#holders;
    this.#holdersOf = frame;
    this.#holders.fill(-1);
    const { output, cause, ports, virtualChannels } = this.recording;
    const perRouter = ports * virtualChannels;
    for (let channel = 0; channel < this.#channels; channel++) {
      const place = frame * this.#channels + channel;
      if (output[place] === NO_OUTPUT || !HAS_OUTPUT[cause[place]]) continue;
      this.#holders[Math.floor(channel / perRouter) * perRouter + output[place]] = channel;
    }
    return this.#holders;
  }

  #perLink({ from, to }: FrameRange, sums: readonly Uint32Array[]): Float32Array {
    const cycles = this.cyclesIn({ from, to }) || 1;
    const totals = this.#sumsOf({ from, to }, sums);
    const { targets } = this.torus;
    const perLink = new Float32Array(targets.length).fill(-1);
    for (let link = 0; link < targets.length; link++) {
      if (targets[link] >= 0) perLink[link] = totals[this.outputOfLink(link)] / cycles;
    }
    return perLink;
  }

  /** Of each output port, added up over the range. */
  #sumsOf({ from, to }: FrameRange, sums: readonly Uint32Array[]): Float64Array {
    const totals = new Float64Array(this.outputs);
    for (const each of sums) {
      for (let output = 0; output < this.outputs; output++) {
        totals[output] += each[to * this.outputs + output] - each[from * this.outputs + output];
      }
    }
    return totals;
  }
}

export function isWait(stage: ChannelStage): stage is Wait {
  return WAITS.some((wait) => wait === stage);
}

/** By cause, from 1, and 0 for a packet whose rest has yet to come: whether it has the output it names. */
const HAS_OUTPUT = [true, true, false, true, false, true, true];
