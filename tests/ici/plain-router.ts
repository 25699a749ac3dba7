import { modulo } from '../../src/base/integers.ts';
import { localPortCount, type RouterConfig } from '../../src/ici/flit-config.ts';
import type { Torus } from '../../src/ici/topology.ts';
import { firstOfEach, type NextTurn, PlainIslip, roundRobin, turnsUntil } from './plain-islip.ts';

export interface Packet {
  readonly id: number;
  readonly flits: number;
  /** Signed steps that its head has left along each axis. */
  readonly steps: number[];
  /** Whether it uses the upper half of the virtual channels of the ring that its head is in. */
  upper: boolean;
}

/** The head is number 0, the tail the last one; a packet of one flit is both. */
export interface Flit {
  readonly packet: Packet;
  readonly number: number;
}

/** Where a router's flits wait, one queue for each port and virtual channel. */
export interface InputChannel {
  readonly port: number;
  readonly vc: number;
  readonly buffer: Flit[];
  /** The port to which the packet at the front has been routed. */
  way: number;
  /** What it has been given behind that port, from the allocation to the tail. */
  output: OutputChannel | undefined;
}

/** What whoever sends, a router or a node, knows of the input channel at the other end. */
export interface OutputChannel {
  readonly port: number;
  readonly vc: number;
  /** Room there. */
  credits: number;
  holder: InputChannel | undefined;
}

/** A flit that leaves an input channel for an output channel. */
export interface Crossing {
  readonly flit: Flit;
  readonly from: InputChannel;
  readonly to: OutputChannel;
}

/** What tests change to see that they would find it. */
export interface PlainRules {
  readonly linkCycles: number;
  readonly linkCreditCycles: number;
  readonly nodeCycles: number;
  readonly nodeCreditCycles: number;
  readonly switchCycles: number;
  readonly nextTurn: NextTurn;
  /** On a regular ring, whether a packet from one coordinate to another takes the upper half of the channels. */
  readonly upperHalf: (from: number, to: number) => boolean;
  /** How those that come from the stage before join those that have waited. */
  readonly join: (newcomers: readonly InputChannel[], waiting: readonly InputChannel[]) => InputChannel[];
}

/** BookSim 2's default router on a torus (`iq_router`, `dor_next_torus`, 28f4329). */
export const PLAIN_RULES: PlainRules = {
  linkCycles: 2,
  linkCreditCycles: 2,
  nodeCycles: 1,
  nodeCreditCycles: 1,
  switchCycles: 1,
  nextTurn: roundRobin,
  upperHalf: (from, to) => to < from,
  join: (newcomers, waiting) => [...newcomers, ...waiting],
};

/**
 * The slow reference of one router of `FlitNetwork`: an input-queued virtual-channel router (Dally and Towles,
 * Principles and Practices of Interconnection Networks, 16). A packet's head is routed in one cycle, asks for an
 * output channel from the next one on and, with that, for the switch from the one after; its body asks for the
 * switch alone. Ports are two for each axis, up and down, then those of the node.
 */
export class PlainRouter {
  readonly inputs: readonly (readonly InputChannel[])[];
  readonly outputs: readonly (readonly OutputChannel[])[];
  readonly #torus: Torus;
  readonly #node: number;
  readonly #config: RouterConfig;
  readonly #rules: PlainRules;
  readonly #coin: (() => number) | undefined;
  readonly #linkPorts: number;
  #toRoute: InputChannel[] = [];
  #toAllocate: InputChannel[] = [];
  #toSwitch: InputChannel[] = [];
  readonly #channelIslip: PlainIslip;
  readonly #switchIslip: PlainIslip;
  /** The virtual channel of each input port whose turn it is to speak for the port. */
  readonly #speakerTurn: number[];

  constructor(
    torus: Torus,
    node: number,
    config: RouterConfig,
    rules: PlainRules,
    coin: (() => number) | undefined,
  ) {
    const { virtualChannels, bufferFlits } = config;
    this.#torus = torus;
    this.#node = node;
    this.#config = config;
    this.#rules = rules;
    this.#coin = coin;
    this.#linkPorts = 2 * torus.axes;
    const ports = this.#linkPorts + localPortCount(torus, config);
    const ofAll = <T>(make: (port: number, vc: number) => T): T[][] =>
      Array.from({ length: ports }, (_, port) =>
        Array.from({ length: virtualChannels }, (__, vc) => make(port, vc)),
      );
    this.inputs = ofAll((port, vc) => ({ port, vc, buffer: [], way: -1, output: undefined }));
    this.outputs = ofAll((port, vc) => ({ port, vc, credits: bufferFlits, holder: undefined }));
    this.#channelIslip = new PlainIslip(ports * virtualChannels, rules.nextTurn);
    this.#switchIslip = new PlainIslip(ports, rules.nextTurn);
    this.#speakerTurn = new Array<number>(ports).fill(0);
  }

  /** What comes to an empty buffer is worked on at once, after what was there before. */
  receive(port: number, vc: number, flit: Flit): void {
    const input = this.inputs[port][vc];
    input.buffer.push(flit);
    if (input.buffer.length > this.#config.bufferFlits) throw new Error('a credit says that there is room');
    if (input.buffer.length > 1) return;
    if (input.output === undefined) this.#toRoute.push(input);
    else this.#toSwitch.push(input);
  }

  /** A cycle after all arrivals. All stages decide by what they find, and only then does anything change. */
  step(): readonly Crossing[] {
    const [toRoute, toAllocate, toSwitch] = [this.#toRoute, this.#toAllocate, this.#toSwitch];
    const given = this.#allocateChannels(toAllocate);
    const winners = this.#allocateSwitch(toSwitch);

    for (const input of toRoute) this.#route(input);
    for (const [input, output] of given) {
      input.output = output;
      output.holder = input;
    }
    const crossings = toSwitch.filter((input) => winners.has(input)).map((input) => this.#cross(input));

    const { join } = this.#rules;
    const more = toSwitch.filter(({ buffer }) => buffer.length > 0);
    this.#toRoute = more.filter(({ output }) => output === undefined);
    this.#toAllocate = join(
      toRoute,
      toAllocate.filter((input) => !given.has(input)),
    );
    this.#toSwitch = join(
      toAllocate.filter((input) => given.has(input)),
      more.filter(({ output }) => output !== undefined),
    );
    return crossings;
  }

  /** Along the first axis with steps left; a packet without any leaves for the node. */
  #route(input: InputChannel): void {
    const { packet } = input.buffer[0];
    const { shape } = this.#torus;
    const axis = packet.steps.findIndex((steps) => steps !== 0);
    if (axis < 0) {
      input.way = this.#exitFrom(input.port);
      return;
    }
    const turns = Math.floor(input.port / 2) !== axis;
    if (this.#coin !== undefined && turns && 2 * Math.abs(packet.steps[axis]) === shape[axis]) {
      packet.steps[axis] = this.#coin() === 1 ? shape[axis] / 2 : -shape[axis] / 2;
    }
    packet.upper = this.#usesUpper(packet, axis, turns);
    input.way = portOf(axis, packet.steps[axis]);
  }

  /** A node with a port beside each link takes what a link brings by that, and what it sent itself where it came. */
  #exitFrom(port: number): number {
    if (this.#config.localPorts !== 'one-a-link') return this.#linkPorts;
    return port < this.#linkPorts ? this.#linkPorts + port : port;
  }

  /** Which half of the channels keeps rings free of deadlock (Dally and Seitz, IEEE ToC C-36(5) 1987). */
  #usesUpper(packet: Packet, axis: number, turns: boolean): boolean {
    const extent = this.#torus.shape[axis];
    const steps = packet.steps[axis];
    const from = this.#torus.coordinate(this.#node, axis);
    const to = from + steps;
    if (this.#config.routing === 'adaptive') return to < 0 || to >= extent;
    if (this.#torus.twisted) {
      const wrapsNow = steps > 0 ? from === extent - 1 : from === 0;
      return wrapsNow || (!turns && packet.upper);
    }
    return turns ? this.#rules.upperHalf(from, modulo(to, extent)) : packet.upper;
  }

  #allocateChannels(asking: readonly InputChannel[]): Map<InputChannel, OutputChannel> {
    const { virtualChannels } = this.#config;
    const requests = asking.flatMap((input) =>
      this.#choices(input)
        .filter(({ holder }) => holder === undefined)
        .map((output) => ({
          requester: input.port * virtualChannels + input.vc,
          resource: output.port * virtualChannels + output.vc,
          input,
          output,
        })),
    );
    const met = this.#channelIslip.match(requests);
    return new Map(met.map(({ input, output }) => [input, output]));
  }

  /** Output channels that the packet at the front may have, if nobody has them. */
  #choices(input: InputChannel): readonly OutputChannel[] {
    const { virtualChannels, bufferFlits, routing } = this.#config;
    const { steps, upper } = input.buffer[0].packet;
    const half = virtualChannels / 2;
    const channels = this.outputs[input.way];
    if (input.way >= this.#linkPorts) return channels;
    if (routing !== 'adaptive') return channels.filter(({ vc }) => vc >= half === upper);
    const anyWay = steps.flatMap((left, axis) => (left === 0 ? [] : this.outputs[portOf(axis, left)]));
    const empty = anyWay.filter(({ vc, credits }) => vc >= 2 && credits === bufferFlits);
    return [channels[upper ? 1 : 0], ...empty];
  }

  /** Of channels that want to go from one port to the same other one, one speaks for all. */
  #allocateSwitch(waiting: readonly InputChannel[]): Set<InputChannel> {
    const { virtualChannels } = this.#config;
    const requests = waiting.flatMap((input) =>
      input.output === undefined || input.output.credits === 0
        ? []
        : [{ requester: input.port, resource: input.output.port, input }],
    );
    const speakers = firstOfEach(
      requests,
      ({ requester, resource }) => requester * this.inputs.length + resource,
      ({ input }) => turnsUntil(input.vc, this.#speakerTurn[input.port], virtualChannels),
    );
    const winners = this.#switchIslip.match(speakers).map(({ input }) => input);
    for (const { port, vc } of winners) {
      this.#speakerTurn[port] = this.#rules.nextTurn(vc, virtualChannels);
    }
    return new Set(winners);
  }

  #cross(from: InputChannel): Crossing {
    const flit = from.buffer.shift();
    const to = from.output;
    if (flit === undefined || to === undefined)
      throw new Error('who wins the switch has a flit and an output');
    const { packet, number } = flit;
    to.credits -= 1;
    const axis = Math.floor(to.port / 2);
    if (number === 0 && to.port < this.#linkPorts) packet.steps[axis] -= Math.sign(packet.steps[axis]);
    if (number === packet.flits - 1) {
      to.holder = undefined;
      from.output = undefined;
    }
    return { flit, from, to };
  }
}

function portOf(axis: number, steps: number): number {
  return 2 * axis + (steps > 0 ? 0 : 1);
}
