import { assert } from '../base/assert.ts';
import type { Torus } from './topology.ts';

/** Hops from one chip to every other, and the largest of them. */
export interface Distances {
  /** [nodes]; -1 where there is no way. */
  readonly hops: Int32Array;
  /** Nodes in the order of their distance, the source first; only those that can be reached. */
  readonly reached: Int32Array;
  readonly largest: number;
  readonly total: number;
}

/** Breadth-first search over the links that are there. */
export function distancesFrom(torus: Torus, source: number): Distances {
  const { nodes, axes, targets } = torus;
  const hops = new Int32Array(nodes).fill(-1);
  const queue = new Int32Array(nodes);
  hops[source] = 0;
  queue[0] = source;
  let tail = 1;
  let total = 0;
  for (let head = 0; head < tail; head++) {
    const node = queue[head];
    total += hops[node];
    const first = node * axes * 2;
    for (let link = first; link < first + axes * 2; link++) {
      const next = targets[link];
      if (next < 0 || hops[next] >= 0) continue;
      hops[next] = hops[node] + 1;
      queue[tail++] = next;
    }
  }
  return { hops, reached: queue.subarray(0, tail), largest: hops[queue[tail - 1]], total };
}

/** Where uniform all-to-all traffic goes when each pair of chips sends one unit. */
export interface UniformLoads {
  /** Units on one directed link, [axes * 2] by axis and direction: the same on every chip. */
  readonly perLink: Float64Array;
  readonly largest: number;
  readonly diameter: number;
  /** Mean over all ordered pairs, a chip with itself included. */
  readonly meanHops: number;
  /** Steps by axis and direction from chip 0 to each node, the mean over its minimal paths, [nodes, axes * 2]. */
  readonly steps: Float64Array;
}

const uniformLoadsByTorus = new WeakMap<Torus, UniformLoads>();

/**
 * Loads when every pair splits its unit equally over all its minimal paths, on a torus where each chip sees
 * the same. Let E(v) be the steps by axis and direction of a random minimal path to v, n(v) the number of
 * paths: E(v) is the mean of E(u) + (the step u -> v) over predecessors u, weighted by n(u) / n(v).
 */
export function uniformLoads(torus: Torus): UniformLoads {
  assert(torus.symmetric, 'loads by symmetry need a torus where every chip sees the same');
  let loads = uniformLoadsByTorus.get(torus);
  if (loads === undefined) {
    loads = computeUniformLoads(torus);
    uniformLoadsByTorus.set(torus, loads);
  }
  return loads;
}

function computeUniformLoads(torus: Torus): UniformLoads {
  const { nodes, axes, targets } = torus;
  const ports = axes * 2;
  const { hops, reached, largest, total } = distancesFrom(torus, 0);
  const paths = new Float64Array(nodes);
  const steps = new Float64Array(nodes * ports);
  paths[0] = 1;
  for (const node of reached) {
    const reverseFirst = node * ports;
    if (hops[node] > 0) {
      for (let port = 0; port < ports; port++) steps[reverseFirst + port] /= paths[node];
    }
    for (let port = 0; port < ports; port++) {
      const next = targets[node * ports + port];
      if (next < 0 || hops[next] !== hops[node] + 1) continue;
      paths[next] += paths[node];
      for (let each = 0; each < ports; each++) {
        steps[next * ports + each] += steps[reverseFirst + each] * paths[node];
      }
      steps[next * ports + port] += paths[node];
    }
  }
  const perLink = new Float64Array(ports);
  for (let index = 0; index < steps.length; index++) perLink[index % ports] += steps[index];
  return { perLink, largest: Math.max(...perLink), diameter: largest, meanHops: total / nodes, steps };
}
