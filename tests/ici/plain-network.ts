import { localPortCount, type RouterConfig } from '../../src/ici/flit-config.ts';
import type { Torus } from '../../src/ici/topology.ts';
import { type Flit, type OutputChannel, PLAIN_RULES, PlainRouter, type PlainRules } from './plain-router.ts';

export interface PlainHandlers {
  readonly onEject: (flit: Flit, node: number) => void;
  readonly coin?: (() => number) | undefined;
  readonly rules?: PlainRules;
}

/**
 * The slow reference of `FlitNetwork`: routers and nodes, and between them pipes for flits one way and credits
 * the other. Whatever is put in a pipe comes out a cycle after the pipe's own cycles.
 */
export class PlainNetwork {
  cycle = 0;
  readonly routers: readonly PlainRouter[];
  /** Flits sent on each directed link, [linkSlots]. */
  readonly linkFlits: number[];
  readonly #torus: Torus;
  readonly #rules: PlainRules;
  readonly #onEject: (flit: Flit, node: number) => void;
  readonly #linkPorts: number;
  /** What nodes know of the input channels that they send to, [nodes][local ports][virtual channels]. */
  readonly #injections: readonly (readonly (readonly OutputChannel[])[])[];
  readonly #flits = new Pipes<{ node: number; port: number; vc: number; flit: Flit }>();
  readonly #ejections = new Pipes<{ node: number; flit: Flit; from: OutputChannel }>();
  readonly #credits = new Pipes<OutputChannel>();

  constructor(torus: Torus, config: RouterConfig, { onEject, coin, rules = PLAIN_RULES }: PlainHandlers) {
    this.#torus = torus;
    this.#rules = rules;
    this.#onEject = onEject;
    this.#linkPorts = 2 * torus.axes;
    this.linkFlits = new Array<number>(torus.linkSlots).fill(0);
    this.routers = Array.from(
      { length: torus.nodes },
      (_, node) => new PlainRouter(torus, node, config, rules, coin),
    );
    const channels = (port: number): OutputChannel[] =>
      Array.from({ length: config.virtualChannels }, (_, vc) => ({
        port,
        vc,
        credits: config.bufferFlits,
        holder: undefined,
      }));
    this.#injections = this.routers.map(() =>
      Array.from({ length: localPortCount(torus, config) }, (_, local) => channels(local)),
    );
  }

  injectionCredits(node: number, vc: number, localPort = 0): number {
    return this.#injections[node][localPort][vc].credits;
  }

  inject(node: number, vc: number, flit: Flit, localPort = 0): void {
    this.#injections[node][localPort][vc].credits -= 1;
    const port = this.#linkPorts + localPort;
    this.#flits.put({ node, port, vc, flit }, this.cycle + this.#rules.nodeCycles + 1);
  }

  /** Before nodes inject. They take what comes at once and give its credit back. */
  beginCycle(): void {
    for (const { node, flit, from } of this.#ejections.take(this.cycle)) {
      this.#onEject(flit, node);
      this.#credits.put(from, this.cycle + this.#rules.nodeCreditCycles + 1);
    }
    for (const output of this.#credits.take(this.cycle)) output.credits += 1;
  }

  /** After nodes have injected. */
  endCycle(): void {
    const arrivals = this.#flits.take(this.cycle).toSorted((a, b) => a.port - b.port);
    for (const { node, port, vc, flit } of arrivals) this.routers[node].receive(port, vc, flit);
    for (const [node, router] of this.routers.entries()) {
      for (const { flit, from, to } of router.step()) {
        this.#returnCredit(node, from.port, from.vc);
        this.#send(node, flit, to);
      }
    }
    this.cycle += 1;
  }

  #returnCredit(node: number, port: number, vc: number): void {
    const { linkCreditCycles, nodeCreditCycles } = this.#rules;
    if (port >= this.#linkPorts) {
      const sender = this.#injections[node][port - this.#linkPorts][vc];
      this.#credits.put(sender, this.cycle + nodeCreditCycles + 1);
      return;
    }
    const sender = this.routers[this.#neighbour(node, port)].outputs[opposite(port)][vc];
    this.#credits.put(sender, this.cycle + linkCreditCycles + 1);
  }

  #send(node: number, flit: Flit, to: OutputChannel): void {
    const { switchCycles, linkCycles, nodeCycles } = this.#rules;
    const sent = this.cycle + switchCycles;
    if (to.port >= this.#linkPorts) {
      this.#ejections.put({ node, flit, from: to }, sent + nodeCycles + 1);
      return;
    }
    this.linkFlits[node * this.#linkPorts + to.port] += 1;
    const next = { node: this.#neighbour(node, to.port), port: opposite(to.port), vc: to.vc, flit };
    this.#flits.put(next, sent + linkCycles + 1);
  }

  #neighbour(node: number, port: number): number {
    return this.#torus.targets[node * this.#linkPorts + port];
  }
}

/** All pipes of a kind: what lies in them and when it comes out. */
class Pipes<T> {
  #contents: { readonly item: T; readonly due: number }[] = [];

  put(item: T, due: number): void {
    this.#contents.push({ item, due });
  }

  take(cycle: number): T[] {
    const out = this.#contents.filter(({ due }) => due === cycle).map(({ item }) => item);
    this.#contents = this.#contents.filter(({ due }) => due !== cycle);
    return out;
  }
}

/** What goes up an axis comes in by the port that leads down, and the other way round. */
function opposite(port: number): number {
  return port % 2 === 0 ? port + 1 : port - 1;
}
