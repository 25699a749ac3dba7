import type { Bound } from './bounds.ts';
import type { Candidate } from './candidate.ts';
import type { CollectiveRequest, LinkRates } from './request.ts';
import { routeOf } from './routing.ts';
import type { Torus } from './topology.ts';

/** Directed links of each message, in the order it takes them. */
export type Routes = readonly (readonly number[])[];

/** Where a permutation's messages go, for one byte from each source. */
interface PermuteRoutes {
  readonly perLink: Float64Array;
  readonly largest: number;
  readonly total: number;
  readonly hops: number;
  readonly bound: Bound;
  readonly routes: Routes;
}

const shiftRoutesByTorus = new WeakMap<Torus, Map<string, PermuteRoutes>>();

/**
 * Each source sends to its target over one minimal route. Messages are cut through: the first byte takes a
 * latency for each hop, the last follows when the busiest link has carried all that crosses it.
 */
export function permute(
  torus: Torus,
  request: CollectiveRequest,
  rates: LinkRates,
): { readonly candidate: Candidate; readonly bound: Bound; readonly routes: Routes } {
  const { bytes, pairs } = request;
  const routes = pairs === undefined ? shiftRoutes(torus, request.axes) : routesOf(torus, pairs);
  const sending = (routes.largest * bytes) / rates.linkBytesPerSecond;
  const latency = rates.hopLatencySeconds;
  const candidate: Candidate = {
    seconds: routes.hops === 0 ? 0 : (routes.hops - 1) * latency + Math.max(latency, sending),
    algorithm: 'direct, minimal routes in dimension order',
    reason: routes.largest > 1 ? 'several messages cross the busiest link' : 'no two messages share a link',
    steps: routes.hops,
    chipBytes: { sent: bytes, received: bytes, reduced: 0 },
    largestLinkBytes: routes.largest * bytes,
    groupLinkBytes: routes.total * bytes,
    linkBytes: () => routes.perLink.map((units) => units * bytes),
  };
  return { candidate, bound: routes.bound, routes: routes.routes };
}

/** Every chip to the next of its group, first axis fastest, the last to the first. Kept with the torus. */
function shiftRoutes(torus: Torus, axes: readonly number[]): PermuteRoutes {
  let known = shiftRoutesByTorus.get(torus);
  if (known === undefined) {
    known = new Map();
    shiftRoutesByTorus.set(torus, known);
  }
  const key = axes.join();
  let routes = known.get(key);
  if (routes === undefined) {
    const pairs = Array.from({ length: torus.nodes }, (_, node) => [node, next(torus, axes, node)] as const);
    routes = routesOf(torus, pairs);
    known.set(key, routes);
  }
  return routes;
}

function next(torus: Torus, axes: readonly number[], node: number): number {
  let target = node;
  for (const axis of axes) {
    const last = torus.coordinate(node, axis) === torus.shape[axis] - 1;
    target += (last ? 1 - torus.shape[axis] : 1) * torus.strides[axis];
    if (!last) break;
  }
  return target;
}

function routesOf(torus: Torus, pairs: readonly (readonly [number, number])[]): PermuteRoutes {
  const perLink = new Float64Array(torus.linkSlots);
  const sends = new Float64Array(torus.nodes);
  const receives = new Float64Array(torus.nodes);
  let hops = 0;
  let total = 0;
  const routes: number[][] = [];
  for (const [source, target] of pairs) {
    if (source === target) continue;
    const route = routeOf(torus, source, target);
    routes.push(route);
    for (const link of route) perLink[link] += 1;
    sends[source] += 1;
    receives[target] += 1;
    hops = Math.max(hops, route.length);
    total += route.length;
  }
  return {
    routes,
    perLink,
    largest: maximum(perLink),
    total,
    hops,
    bound: boundOfPairs(torus, sends, receives, total, hops),
  };
}

/** A chip's links carry what it sends and receives; all links together carry every byte over its whole way. */
function boundOfPairs(
  torus: Torus,
  sends: Float64Array,
  receives: Float64Array,
  totalHops: number,
  hops: number,
): Bound {
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
  return { bytesPerByte, hops };
}

function maximum(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}
