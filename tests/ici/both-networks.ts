import { expect } from 'vitest';
import { localPortCount, type RouterConfig } from '../../src/ici/flit-config.ts';
import { FlitNetwork } from '../../src/ici/flit-network.ts';
import { HEAD, packSteps, TAIL } from '../../src/ici/flit-word.ts';
import { laggedIntegers } from '../../src/ici/lagged-fibonacci.ts';
import { minimalSteps } from '../../src/ici/routing.ts';
import type { Torus } from '../../src/ici/topology.ts';
import { PlainNetwork } from './plain-network.ts';
import type { Flit, OutputChannel, Packet, PlainRules } from './plain-router.ts';

/** Packets of random lengths between random nodes, one new one at a port in every so many cycles. */
export interface Load {
  readonly torus: Torus;
  readonly config: RouterConfig;
  readonly longestPacketFlits: number;
  readonly meanCyclesBetweenPackets: number;
  /** Whether routers choose the way where both round a ring are as short. */
  readonly coin: boolean;
  readonly seed: number;
}

/**
 * The network and its reference side by side under the same load. Nodes send packets on all virtual channels of
 * their ports at once, a flit a cycle and port, on one drawn from those that have something to send and room.
 */
export class BothNetworks {
  readonly fast: FlitNetwork;
  readonly plain: PlainNetwork;
  ejectedFlits = 0;
  readonly #load: Load;
  readonly #localPorts: number;
  readonly #random: () => number;
  /** Flits that wait for their turn and room, by node, port and virtual channel. */
  readonly #queues: Flit[][];
  /** The steps of each packet as it was made: those of its head have changed when its body follows. */
  readonly #steps: number[] = [];
  #fastEjected: number[] = [];
  #plainEjected: number[] = [];

  constructor(load: Load, rules?: PlainRules) {
    const { torus, config, seed } = load;
    this.#load = load;
    this.#localPorts = localPortCount(torus, config);
    this.#random = laggedIntegers(seed);
    this.#queues = Array.from({ length: torus.nodes * this.#localPorts * config.virtualChannels }, () => []);
    const [fastCoin, plainCoin] = [0, 1].map(() => {
      const integer = laggedIntegers(seed + 1);
      return load.coin ? () => integer() & 1 : undefined;
    });
    this.fast = new FlitNetwork(torus, config, {
      onEject: (_, tag) => this.#fastEjected.push(tag),
      ...(fastCoin === undefined ? {} : { coin: fastCoin }),
    });
    this.plain = new PlainNetwork(torus, config, {
      onEject: (flit) => this.#plainEjected.push(this.#tag(flit)),
      coin: plainCoin,
      ...(rules === undefined ? {} : { rules }),
    });
  }

  /** One cycle of both; what nodes see of it has to be the same. */
  advance(): void {
    this.#fastEjected = [];
    this.#plainEjected = [];
    this.fast.beginCycle();
    this.plain.beginCycle();
    expect(sorted(this.#fastEjected)).toEqual(sorted(this.#plainEjected));
    this.#compareNodes();
    this.ejectedFlits += this.#fastEjected.length;
    for (let node = 0; node < this.#load.torus.nodes; node++) {
      for (let localPort = 0; localPort < this.#localPorts; localPort++) this.#serve(node, localPort);
    }
    this.fast.endCycle();
    this.plain.endCycle();
  }

  /** All that routers hold. */
  compareInside(): void {
    expect([...this.fast.linkFlits()]).toEqual(this.plain.linkFlits);
    const { memory, ports } = this.fast.state();
    const { virtualChannels } = this.#load.config;
    const numberOf = (node: number, { port, vc }: { port: number; vc: number }): number =>
      (node * ports + port) * virtualChannels + vc;
    const inputs = this.plain.routers.flatMap((router, node) =>
      router.inputs.flat().map((input) => ({ node, input, channel: numberOf(node, input) })),
    );
    expect(inputs.map(({ channel }) => memory.held(channel))).toEqual(
      inputs.map(({ input }) => input.buffer.length),
    );
    expect(inputs.map(({ channel }) => (memory.hasOutput(channel) ? memory.outputOf(channel) : -1))).toEqual(
      inputs.map(({ node, input }) => (input.output === undefined ? -1 : numberOf(node, input.output))),
    );
    const outputs = this.plain.routers.flatMap((router, node) =>
      router.outputs
        .slice(0, 2 * this.#load.torus.axes)
        .flat()
        .map((output: OutputChannel) => ({ output, channel: numberOf(node, output) })),
    );
    expect(outputs.map(({ channel }) => memory.words[memory.credits + channel])).toEqual(
      outputs.map(({ output }) => output.credits),
    );
  }

  /** Credits of the input channels that nodes send to, and how many of a port's have any. */
  #compareNodes(): void {
    const { torus, config } = this.#load;
    const credits: number[][] = [[], []];
    const room: number[][] = [[], []];
    for (let node = 0; node < torus.nodes; node++) {
      for (let localPort = 0; localPort < this.#localPorts; localPort++) {
        let withCredits = 0;
        for (let vc = 0; vc < config.virtualChannels; vc++) {
          const plain = this.plain.injectionCredits(node, vc, localPort);
          credits[0].push(this.fast.injectionCredits(node, vc, localPort));
          credits[1].push(plain);
          if (plain > 0) withCredits += 1;
        }
        room[0].push(this.fast.injectionRoom(node, localPort));
        room[1].push(withCredits);
      }
    }
    expect(credits[0]).toEqual(credits[1]);
    expect(room[0]).toEqual(room[1]);
  }

  #serve(node: number, localPort: number): void {
    const { virtualChannels } = this.#load.config;
    const first = (node * this.#localPorts + localPort) * virtualChannels;
    if (this.#below(this.#load.meanCyclesBetweenPackets) === 0) {
      const packet = this.#packet(node);
      const queue = this.#queues[first + this.#below(virtualChannels)];
      for (let number = 0; number < packet.flits; number++) queue.push({ packet, number });
    }
    const start = this.#below(virtualChannels);
    for (let turn = 0; turn < virtualChannels; turn++) {
      const vc = (start + turn) % virtualChannels;
      if (this.plain.injectionCredits(node, vc, localPort) === 0) continue;
      const flit = this.#queues[first + vc].shift();
      if (flit === undefined) continue;
      this.fast.inject(node, vc, this.#tag(flit), this.#word(flit), localPort);
      this.plain.inject(node, vc, flit, localPort);
      return;
    }
  }

  #packet(node: number): Packet {
    const { torus, longestPacketFlits } = this.#load;
    const target = this.#below(torus.nodes);
    const steps = minimalSteps(torus, node, target, this.#below(8));
    const id = this.#steps.push(packSteps(steps)) - 1;
    return { id, flits: 1 + this.#below(longestPacketFlits), steps, upper: false };
  }

  /** No two flits have the same. */
  #tag({ packet, number }: Flit): number {
    return packet.id * this.#load.longestPacketFlits + number;
  }

  #word({ packet, number }: Flit): number {
    const head = number === 0 ? HEAD : 0;
    return this.#steps[packet.id] | head | (number === packet.flits - 1 ? TAIL : 0);
  }

  #below(count: number): number {
    return this.#random() % count;
  }
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
