import type { Torus } from './topology.ts';

export type Pairs = readonly (readonly [source: number, target: number])[];

/** A pair that stands for all of its orbit, and how many messages of one byte it has. */
export interface Representative {
  readonly source: number;
  readonly target: number;
  readonly messages: number;
}

/** One path and the bytes that take it, for messages of one byte. */
export interface Path {
  readonly links: readonly number[];
  readonly share: number;
}

/** Of each representative, the paths of its messages; their shares add up to the messages. */
export type Spread = readonly (readonly Path[])[];

/**
 * Messages between chips of a torus, folded: moves along closed axes that map all pairs onto pairs make them
 * look alike. Some best way to route them looks the same after every such move: the mean of all moved copies
 * of a best way loads no link more than it does. So it is enough to route one pair of each orbit, and to count
 * how often its paths cross the links of each class.
 */
export class PairOrbits {
  readonly torus: Torus;
  /** None sends to itself. */
  readonly representatives: readonly Representative[];
  /** Class of each directed link, [linkSlots]; -1 where there is no link. */
  readonly classOfLink: Int32Array;
  readonly classes: number;
  /** Pairs in each orbit: as many as there are links in each class. */
  readonly size: number;
  readonly #axes: readonly number[];

  constructor(torus: Torus, pairs: Pairs) {
    this.torus = torus;
    const messages = new Map<number, number>();
    for (const [source, target] of pairs) {
      if (source === target) continue;
      const key = source * torus.nodes + target;
      messages.set(key, (messages.get(key) ?? 0) + 1);
    }
    this.#axes = movableAxes(torus, messages);
    this.size = this.#orbit(0).length;
    this.classOfLink = new Int32Array(torus.linkSlots).fill(-1);
    this.classes = this.#classify();
    this.representatives = this.#represent(messages);
  }

  /** A path as the source of each pair of its orbit takes it: the same steps from there. */
  unfold(links: readonly number[]): readonly (readonly number[])[] {
    const { torus } = this;
    const ports = torus.axes * 2;
    if (links.length === 0) return [];
    return this.#orbit(torus.linkSource(links[0])).map((start) => {
      let node = start;
      return links.map((link) => {
        const moved = node * ports + (link % ports);
        node = torus.targets[moved];
        return moved;
      });
    });
  }

  /** Nodes that the moves take a node to, itself first. */
  #orbit(node: number): readonly number[] {
    const reached = new Set([node]);
    for (const each of reached) for (const axis of this.#axes) reached.add(stepUp(this.torus, each, axis));
    return [...reached];
  }

  #classify(): number {
    const { torus, classOfLink } = this;
    const ports = torus.axes * 2;
    let classes = 0;
    for (let node = 0; node < torus.nodes; node++) {
      const first = node * ports;
      let alike: readonly number[] | undefined;
      for (let port = 0; port < ports; port++) {
        if (torus.targets[first + port] < 0 || classOfLink[first + port] >= 0) continue;
        alike ??= this.#orbit(node);
        for (const other of alike) classOfLink[other * ports + port] = classes;
        classes += 1;
      }
    }
    return classes;
  }

  #represent(messages: ReadonlyMap<number, number>): readonly Representative[] {
    const { nodes } = this.torus;
    const covered = new Set<number>();
    const representatives: Representative[] = [];
    for (const [key, count] of messages) {
      if (covered.has(key)) continue;
      const source = Math.floor(key / nodes);
      representatives.push({ source, target: key % nodes, messages: count });
      const orbit = new Set([key]);
      for (const each of orbit) {
        covered.add(each);
        for (const axis of this.#axes) orbit.add(movedPair(this.torus, each, axis));
      }
    }
    return representatives;
  }
}

function stepUp(torus: Torus, node: number, axis: number): number {
  return torus.targets[torus.link(node, axis, 0)];
}

function movedPair(torus: Torus, key: number, axis: number): number {
  const [source, target] = [Math.floor(key / torus.nodes), key % torus.nodes];
  return stepUp(torus, source, axis) * torus.nodes + stepUp(torus, target, axis);
}

/** Closed axes along which one step maps the pairs onto themselves. Where something is missing, none. */
function movableAxes(torus: Torus, messages: ReadonlyMap<number, number>): readonly number[] {
  if (!torus.intact) return [];
  return [...torus.shape.keys()].filter(
    (axis) =>
      torus.wraps[axis] &&
      [...messages].every(([key, count]) => messages.get(movedPair(torus, key, axis)) === count),
  );
}

/** Messages on one link of each class, [classes]. */
export function classLoads({ classOfLink, classes }: PairOrbits, spread: Spread): Float64Array {
  const loads = new Float64Array(classes);
  for (const paths of spread) {
    for (const { links, share } of paths) for (const link of links) loads[classOfLink[link]] += share;
  }
  return loads;
}
