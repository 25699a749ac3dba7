import type { Bound } from './bounds.ts';
import type { Torus } from './topology.ts';

type Pairs = readonly (readonly [source: number, target: number])[];

/**
 * What no way of routing `pairs` can beat, each sending one byte: a chip's links carry what it sends and
 * receives; all links together carry every byte over its whole way; and what must go along an axis shares it.
 * `totalHops`: of the shortest ways of all pairs; `hops`: of the longest of them.
 */
export function boundOfPairs(torus: Torus, pairs: Pairs, totalHops: number, hops: number): Bound {
  const sends = new Float64Array(torus.nodes);
  const receives = new Float64Array(torus.nodes);
  for (const [source, target] of pairs) {
    sends[source] += 1;
    receives[target] += 1;
  }
  const out = new Float64Array(torus.nodes);
  const into = new Float64Array(torus.nodes);
  torus.targets.forEach((target, link) => {
    if (target < 0) return;
    out[torus.linkSource(link)] += 1;
    into[target] += 1;
  });
  let bytesPerByte = torus.linkCount === 0 ? 0 : totalHops / torus.linkCount;
  for (let node = 0; node < torus.nodes; node++) {
    if (out[node] > 0) bytesPerByte = Math.max(bytesPerByte, sends[node] / out[node]);
    if (into[node] > 0) bytesPerByte = Math.max(bytesPerByte, receives[node] / into[node]);
  }
  // A twisted wrap link changes several coordinates: there an axis by itself says less.
  if (!torus.twisted) {
    for (let axis = 0; axis < torus.axes; axis++) {
      bytesPerByte = Math.max(bytesPerByte, axisLoad(torus, pairs, axis));
    }
  }
  return { bytesPerByte, hops };
}

function axisLoad(torus: Torus, pairs: Pairs, axis: number): number {
  const extent = torus.shape[axis];
  if (extent === 1) return 0;
  const lines = torus.nodes / extent;
  const moves = pairs.map(
    ([source, target]) => [torus.coordinate(source, axis), torus.coordinate(target, axis)] as const,
  );
  return (torus.wraps[axis] ? ringLoad(moves, extent) : lineLoad(moves, extent)) / lines;
}

/** The cut between two positions of a line that most must cross the same way. */
function lineLoad(moves: Pairs, extent: number): number {
  const starts = [new Int32Array(extent + 1), new Int32Array(extent + 1)];
  for (const [from, to] of moves) {
    const crossing = starts[from < to ? 0 : 1];
    crossing[Math.min(from, to)] += 1;
    crossing[Math.max(from, to)] -= 1;
  }
  let most = 0;
  for (const crossing of starts) {
    let across = 0;
    for (const change of crossing) {
      across += change;
      most = Math.max(most, across);
    }
  }
  return most;
}

/**
 * Of a ring of k: a message d steps further makes at least d steps up or k - d steps down. Weigh a step up by
 * w and one down by k - w: it makes at least min(w d, (k - w)(k - d)), and a step of each link weighs k in all.
 * That holds for every w, so the largest counts; it is concave in w.
 */
function ringLoad(moves: Pairs, extent: number): number {
  const counts = new Map<number, number>();
  for (const [from, to] of moves) {
    const further = (to - from + extent) % extent;
    if (further > 0) counts.set(further, (counts.get(further) ?? 0) + 1);
  }
  const weighed = (up: number): number => {
    let total = 0;
    for (const [further, count] of counts) {
      total += count * Math.min(up * further, (extent - up) * (extent - further));
    }
    return total / (extent * extent);
  };
  let [low, high] = [0, extent];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (weighed(middle + 1) > weighed(middle)) low = middle + 1;
    else high = middle;
  }
  return weighed(low);
}
