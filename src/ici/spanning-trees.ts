import { distancesFrom } from './distances.ts';
import type { Direction, Torus } from './topology.ts';

/**
 * Trees down which the first chip can reach all others at once: they have no directed link in common. For tori
 * with nothing missing; where something is, or chips are grouped otherwise, broadcast-trees.ts grows others.
 */
export interface SpanningTrees {
  readonly count: number;
  /** The link by which each tree reaches each chip, [nodes, count]; -1 at chip 0, where all begin. */
  readonly inLinks: Int32Array;
  /** Hops from chip 0 down each tree, [nodes, count]. */
  readonly hops: Int32Array;
  /** Hops to the chip that lies deepest in any of them. */
  readonly depth: number;
}

/**
 * - one: a tree of shortest ways;
 * - outward: one tree for each axis, which leaves chip 0 both ways along it. Hardly deeper than the diameter,
 *   and all that a corner of a mesh has links for;
 * - round: one tree for each link of chip 0. On closed axes it goes one way round and is about twice as deep.
 */
export type TreeFamily = 'one' | 'outward' | 'round';

const treesByTorus = new WeakMap<Torus, Map<TreeFamily, SpanningTrees | undefined>>();

/** Kept with the torus. `undefined` where it has no such trees or none are known: see `heightsOf`. */
export function spanningTrees(torus: Torus, family: TreeFamily): SpanningTrees | undefined {
  let known = treesByTorus.get(torus);
  if (known === undefined) {
    known = new Map();
    treesByTorus.set(torus, known);
  }
  if (!known.has(family)) {
    const heights = heightsOf(torus, family);
    known.set(family, heights === undefined ? undefined : matchLinks(torus, heights));
  }
  return known.get(family);
}

/** How deep each chip may lie in each tree, [nodes, count]: 0 at chip 0. */
interface Heights {
  readonly count: number;
  readonly values: Int32Array;
}

/** A tree leaves chip 0 along `axis`, and goes `way` round closed axes or, left out, both ways. */
interface TreeStart {
  readonly axis: number;
  readonly way?: Direction;
}

/**
 * Heights at which every chip finds its links without search. Let S be the axes along which a chip is away
 * from chip 0, walking a tree's way. Tree i, i in S, comes from the neighbour one step nearer along the axis
 * before i in S, cyclically: a different one for each i. Tree i, i not in S, comes back from the neighbour one
 * step further along i, two hops more than straight from chip 0. Trees the other way use the other links,
 * but where a twist has S differ with the way: there tree i comes once round its axis instead, whose wrap
 * link is free and does not shift.
 *
 * A closed axis of two beside an open one can be too thin for as many trees as chip 0 has links.
 */
function heightsOf(torus: Torus, family: TreeFamily): Heights | undefined {
  if (family === 'one') return { count: 1, values: distancesFrom(torus, 0).hops.slice() };
  if (family === 'outward' && torus.twisted) return undefined;
  const ways = ([0, 1] as const).map((direction) => stepsOneWay(torus, direction));
  const starts = torus.shape.flatMap((_, axis): TreeStart[] =>
    family === 'round' && torus.wraps[axis]
      ? [
          { axis, way: 0 },
          { axis, way: 1 },
        ]
      : [{ axis }],
  );
  const count = starts.length;
  const values = new Int32Array(torus.nodes * count);
  const { axes } = torus;
  for (let node = 1; node < torus.nodes; node++) {
    starts.forEach(({ axis, way }, tree) => {
      let height = 0;
      for (let place = node * axes; place < (node + 1) * axes; place++) {
        height += way === undefined ? Math.min(ways[0][place], ways[1][place]) : ways[way][place];
      }
      const place = node * axes + axis;
      if (ways[way ?? 0][place] === 0) height += ways[way === 0 ? 1 : 0][place] === 0 ? 2 : torus.shape[axis];
      values[node * count + tree] = height;
    });
  }
  return { count, values };
}

/**
 * Steps along each axis, [nodes, axes], from chip 0 in one direction of the closed axes and upwards along open
 * ones. A twisted torus, too, has each chip once in the box of its extents, walked either way.
 */
function stepsOneWay(torus: Torus, direction: Direction): Int32Array {
  const { nodes, axes, strides } = torus;
  const steps = new Int32Array(nodes * axes);
  const chipAt = new Int32Array(nodes);
  for (let place = 1; place < nodes; place++) {
    let axis = axes - 1;
    while (torus.coordinate(place, axis) === 0) axis -= 1;
    const way = torus.wraps[axis] ? direction : 0;
    const chip = torus.targets[torus.link(chipAt[place - strides[axis]], axis, way)];
    chipAt[place] = chip;
    for (let each = 0; each < axes; each++) steps[chip * axes + each] = torus.coordinate(place, each);
  }
  return steps;
}

/**
 * Gives every chip a link of its own for each tree, from a neighbour where the tree is less high: a perfect
 * matching of trees with the links into the chip. Heights fall towards chip 0, so that the links of a tree
 * make no circle and reach all; each link is matched once, so that trees share none. `undefined` where some
 * chip has no such matching.
 */
function matchLinks(torus: Torus, heights: Heights): SpanningTrees | undefined {
  const { count, values } = heights;
  const ports = torus.axes * 2;
  const inLinks = new Int32Array(torus.nodes * count).fill(-1);
  /** The tree that each link into a chip carries, by the port that it comes in at; -1 for none. */
  const carries = new Int32Array(ports);
  /** Finds a port for one more tree along an augmenting path; `tried`: the ports on it, as bits. */
  const augment = (node: number, tree: number, tried: number): boolean => {
    for (let port = 0; port < ports; port++) {
      const neighbour = torus.targets[node * ports + port];
      if (neighbour < 0 || (tried >> port) % 2 === 1) continue;
      if (values[neighbour * count + tree] >= values[node * count + tree]) continue;
      const other = carries[port];
      if (other >= 0 && !augment(node, other, tried | (1 << port))) continue;
      carries[port] = tree;
      return true;
    }
    return false;
  };
  for (let node = 1; node < torus.nodes; node++) {
    carries.fill(-1);
    for (let tree = 0; tree < count; tree++) if (!augment(node, tree, 0)) return undefined;
    for (let port = 0; port < ports; port++) {
      const tree = carries[port];
      if (tree >= 0) inLinks[node * count + tree] = torus.reverseLink(node * ports + port);
    }
  }
  return measured(torus, count, inLinks);
}

/** Hops are counted along the links found, which can be fewer than the heights allow. */
function measured(torus: Torus, count: number, inLinks: Int32Array): SpanningTrees {
  const hops = new Int32Array(inLinks.length).fill(-1).fill(0, 0, count);
  const way: number[] = [];
  let depth = 0;
  for (let start = count; start < inLinks.length; start++) {
    let place = start;
    while (hops[place] < 0) {
      way.push(place);
      place = torus.linkSource(inLinks[place]) * count + (place % count);
    }
    let reached = hops[place];
    for (let next = way.pop(); next !== undefined; next = way.pop()) hops[next] = ++reached;
    depth = Math.max(depth, hops[start]);
  }
  return { count, inLinks, hops, depth };
}
