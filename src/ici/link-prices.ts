import { assert } from '../base/assert.ts';
import { MinHeap } from './min-heap.ts';
import type { PairOrbits } from './pair-orbits.ts';

/** A link that a search looks at costs about as much as this many multiplications. */
const SEARCH_STEPS = 64;

/** A shortest path of one representative, and its length. */
export interface PricedPath {
  readonly links: readonly number[];
  readonly length: number;
}

/**
 * Price every link at will, from 0 up. A message of one byte occupies links that cost at least its distance
 * at these prices; if no link carries more than L, all that is occupied costs at most L times the price of
 * all links. So L is at least the distances of all messages together over the price of all links. `total`: of
 * one link of each class; each message stands for as many as there are links in a class.
 */
export function loadAtPrices(
  { representatives }: PairOrbits,
  shortest: readonly PricedPath[],
  total: number,
): number {
  const distance = representatives.reduce(
    (sum, each, index) => sum + each.messages * shortest[index].length,
    0,
  );
  return total === 0 ? 0 : distance / total;
}

/** The shortest path of each representative where a link of class c is `lengths[c]` long, at least some. */
export function shortestPaths(orbits: PairOrbits, lengths: Float64Array): readonly PricedPath[] {
  const { torus, classOfLink, representatives } = orbits;
  const ports = torus.axes * 2;
  const { targets } = torus;
  const distance = new Float64Array(torus.nodes);
  const arrivedBy = new Int32Array(torus.nodes);
  const queue = new MinHeap();
  return representatives.map(({ source, target }) => {
    distance.fill(Number.POSITIVE_INFINITY);
    queue.clear();
    distance[source] = 0;
    queue.push(0, source);
    for (;;) {
      const key = queue.leastKey;
      const node = queue.pop();
      assert(node >= 0, 'there is a way for every message');
      if (node === target) break;
      if (key > distance[node]) continue;
      for (let link = node * ports; link < (node + 1) * ports; link++) {
        const next = targets[link];
        if (next < 0) continue;
        const further = key + lengths[classOfLink[link]];
        if (further >= distance[next]) continue;
        distance[next] = further;
        arrivedBy[next] = link;
        queue.push(further, next);
      }
    }
    const links: number[] = [];
    for (let node = target; node !== source; node = torus.linkSource(arrivedBy[node])) {
      links.push(arrivedBy[node]);
    }
    return { links: links.reverse(), length: distance[target] };
  });
}

/** Elementary steps to find the shortest path of each representative. */
export function searchWork({ representatives, torus }: PairOrbits): number {
  return representatives.length * torus.linkSlots * SEARCH_STEPS;
}
