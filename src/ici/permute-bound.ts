import { modulo } from '../base/integers.ts';
import type { Bound } from './bounds.ts';
import type { Pairs } from './pair-orbits.ts';
import type { Torus } from './topology.ts';

/** Rings and lines longer than this have only their ends cut off, not every arc. */
const MANY_POSITIONS = 256;

/**
 * What no way of routing `pairs` can beat, each sending one byte: a chip's links carry what it sends and
 * receives; all links together carry every byte over its whole way; and what must go along an axis, or out of
 * a part of it, shares the links there.
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
  for (let axis = 0; axis < torus.axes; axis++) {
    bytesPerByte = Math.max(bytesPerByte, axisLoad(torus, pairs, axis));
  }
  return { bytesPerByte, hops };
}

/**
 * Chips by their coordinate along an axis, as a ring or line of positions: only steps along the axis change
 * it, by one. A wrap link that shifts by k along an axis of 2k leaves the coordinate modulo k as it is, so that
 * such an axis is a ring of k.
 */
function axisLoad(torus: Torus, pairs: Pairs, axis: number): number {
  const positions = Math.min(torus.shape[axis], ...torus.twist.map((row) => row[axis]).filter(Boolean));
  if (positions === 1) return 0;
  const at = (node: number): number => torus.coordinate(node, axis) % positions;
  const moves = pairs.map(([source, target]) => [at(source), at(target)] as const);
  const cut = positions <= MANY_POSITIONS ? arcLoad(torus, axis, moves, positions) : 0;
  const lines = torus.nodes / positions;
  return Math.max(cut, (torus.wraps[axis] ? ringLoad(moves, positions) : lineLoad(moves, positions)) / lines);
}

/** Of all arcs of a ring or line, what must leave one over the links out of its two ends that are there. */
function arcLoad(torus: Torus, axis: number, moves: Pairs, positions: number): number {
  const links = [new Int32Array(positions), new Int32Array(positions)];
  for (let node = 0; node < torus.nodes; node++) {
    for (const direction of [0, 1] as const) {
      if (torus.targets[torus.link(node, axis, direction)] < 0) continue;
      links[direction][torus.coordinate(node, axis) % positions] += 1;
    }
  }
  // Moves from positions before f to positions before t, both counted round the ring up to twice.
  const width = 2 * positions + 1;
  const counts = new Int32Array(width * width);
  for (const [from, to] of moves) {
    for (const f of [from, from + positions]) {
      for (const t of [to, to + positions]) counts[(f + 1) * width + t + 1] += 1;
    }
  }
  for (let f = 1; f < width; f++) {
    for (let t = 1; t < width; t++) {
      counts[f * width + t] +=
        counts[(f - 1) * width + t] + counts[f * width + t - 1] - counts[(f - 1) * width + t - 1];
    }
  }
  const between = (f0: number, f1: number, t0: number, t1: number): number =>
    counts[f1 * width + t1] - counts[f0 * width + t1] - counts[f1 * width + t0] + counts[f0 * width + t0];
  let most = 0;
  for (let first = 0; first < positions; first++) {
    for (let end = first + 1; end < first + positions; end++) {
      const out = links[0][(end - 1) % positions] + links[1][first];
      const leaving = between(first, end, end, first + positions);
      if (out > 0) most = Math.max(most, leaving / out);
    }
  }
  return most;
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
    const further = modulo(to - from, extent);
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
