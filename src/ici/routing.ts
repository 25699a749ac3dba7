import { assert } from '../base/assert.ts';
import { modulo } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import type { Torus } from './topology.ts';

/**
 * Signed steps along each axis of a minimal path. A wrap link of a twisted torus shifts other axes, so both
 * ways round each short axis are tried; of equals, the first found (fewest wraps) is taken. Half a ring away
 * both directions are minimal: then bit a of `ties` decides for axis a (0 is upwards), by default the parity
 * of the source, which balances them.
 */
export function minimalSteps(
  torus: Torus,
  source: number,
  target: number,
  ties = parityOf(torus, source) === 0 ? 0 : -1,
): number[] {
  const { axes, shape, wraps } = torus;
  const delta = shape.map((_, axis) => torus.coordinate(target, axis) - torus.coordinate(source, axis));
  if (!torus.twisted) {
    return delta.map((steps, axis) =>
      wraps[axis] ? shortestAround(steps, shape[axis], (ties >> axis) & 1) : steps,
    );
  }
  let best: number[] | undefined;
  let bestHops = Number.POSITIVE_INFINITY;
  const short = shape.flatMap((_, axis) => (torus.twist[axis].some((shift) => shift > 0) ? [axis] : []));
  for (let choice = 0; choice < 3 ** short.length; choice++) {
    const steps = [...delta];
    short.forEach((axis, index) => {
      // 0, +1 or -1 turns; the tie says which of the two turns is tried first.
      const digit = Math.floor(choice / 3 ** index) % 3;
      const turns = digit === 0 ? 0 : (digit === 1) === (((ties >> axis) & 1) === 0) ? 1 : -1;
      steps[axis] += turns * shape[axis];
      for (let other = 0; other < axes; other++) steps[other] -= turns * torus.twist[axis][other];
    });
    for (let axis = 0; axis < axes; axis++) {
      if (!short.includes(axis)) steps[axis] = shortestAround(steps[axis], shape[axis], (ties >> axis) & 1);
    }
    const hops = steps.reduce((total, each) => total + Math.abs(each), 0);
    if (hops >= bestHops) continue;
    bestHops = hops;
    best = steps;
  }
  assert(best !== undefined, 'a torus joins every two chips');
  return best;
}

function parityOf(torus: Torus, node: number): number {
  return torus.coordinates(node).reduce((total, coordinate) => total + coordinate, 0) % 2;
}

function shortestAround(steps: number, extent: number, tie: number): number {
  const up = modulo(steps, extent);
  if (up * 2 === extent) return tie === 0 ? up : -up;
  return up * 2 < extent ? up : up - extent;
}

/**
 * Directed links from `source` to `target`: dimension order (x first) where all of it is there, else a
 * shortest way over the links that are. Throws an `InputError` when missing links leave no way.
 */
export function routeOf(torus: Torus, source: number, target: number): number[] {
  return orderedRoute(torus, source, target, 'first-axis-first') ?? detour(torus, source, target);
}

/**
 * The route that takes the last axis first: of two chips that differ in two axes or more, it shares no link
 * with the other order. The same as `routeOf` where one axis is all.
 */
export function reversedRouteOf(torus: Torus, source: number, target: number): number[] {
  return orderedRoute(torus, source, target, 'last-axis-first') ?? routeOf(torus, source, target);
}

function orderedRoute(
  torus: Torus,
  source: number,
  target: number,
  order: 'first-axis-first' | 'last-axis-first',
): number[] | undefined {
  const route: number[] = [];
  let node = source;
  const steps = minimalSteps(torus, source, target);
  for (let index = 0; index < torus.axes; index++) {
    const axis = order === 'first-axis-first' ? index : torus.axes - 1 - index;
    const direction = steps[axis] >= 0 ? 0 : 1;
    for (let count = Math.abs(steps[axis]); count > 0; count--) {
      const link = torus.link(node, axis, direction);
      node = torus.targets[link];
      if (node < 0) return undefined;
      route.push(link);
    }
  }
  assert(node === target, 'a route ends where it should');
  return route;
}

/**
 * Where `source` can send to `target` at once, in equal parts: dimension order where all of it is there, else
 * the opposite order, else shortest ways that have no link in common, so that no single one takes the whole
 * detour. Throws an `InputError` when missing links leave no way.
 */
export function routesAround(torus: Torus, source: number, target: number): readonly (readonly number[])[] {
  const ordered =
    orderedRoute(torus, source, target, 'first-axis-first') ??
    orderedRoute(torus, source, target, 'last-axis-first');
  if (ordered !== undefined) return [ordered];
  const routes: (readonly number[])[] = [];
  for (const route of separateRoutes(torus, source, target)) {
    if (routes.length > 0 && route.length > routes[0].length) break;
    routes.push(route);
  }
  return routes;
}

/**
 * Ways from `source` to `target` that have no link in common, each a shortest one over the links that those
 * before it leave. Throws an `InputError` when missing links leave no way.
 */
export function* separateRoutes(torus: Torus, source: number, target: number): Generator<readonly number[]> {
  const used = new Set<number>();
  let route: readonly number[] | undefined = detour(torus, source, target);
  while (route !== undefined) {
    yield route;
    for (const link of route) used.add(link);
    route = searchRoute(torus, source, target, used);
  }
}

function detour(torus: Torus, source: number, target: number): number[] {
  const route = searchRoute(torus, source, target, new Set());
  if (route === undefined) {
    const ends = `${torus.chipName(source)} to chip ${torus.chipName(target)}`;
    throw new InputError('missing links', `leave no way from chip ${ends}`);
  }
  return route;
}

/** A shortest way over links that are there and not in `used`. */
function searchRoute(
  torus: Torus,
  source: number,
  target: number,
  used: ReadonlySet<number>,
): number[] | undefined {
  const { nodes, axes, targets } = torus;
  const arrivedBy = new Int32Array(nodes).fill(-1);
  const queue = [source];
  for (let head = 0; head < queue.length && arrivedBy[target] < 0; head++) {
    const first = queue[head] * axes * 2;
    for (let link = first; link < first + axes * 2; link++) {
      const next = targets[link];
      if (next < 0 || next === source || arrivedBy[next] >= 0 || used.has(link)) continue;
      arrivedBy[next] = link;
      queue.push(next);
    }
  }
  if (arrivedBy[target] < 0) return undefined;
  const route: number[] = [];
  for (let node = target; node !== source; node = torus.linkSource(arrivedBy[node]))
    route.push(arrivedBy[node]);
  return route.reverse();
}
