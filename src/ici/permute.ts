import type { Bound } from './bounds.ts';
import type { Candidate } from './candidate.ts';
import { boundOfPairs } from './permute-bound.ts';
import type { CollectiveRequest, LinkRates } from './request.ts';
import { reversedRouteOf, routeOf, routesAround } from './routing.ts';
import type { Torus } from './topology.ts';

/** One path of a message and the share of its bytes that takes it. */
export interface Path {
  readonly links: readonly number[];
  readonly share: number;
}

/** Where a permutation's messages go, for one byte from each source. */
interface PermuteRoutes {
  readonly paths: readonly Path[];
  readonly way: Way;
  readonly perLink: Float64Array;
  readonly largest: number;
  readonly total: number;
  readonly hops: number;
  readonly bound: Bound;
}

const shiftRoutesByTorus = new WeakMap<Torus, Map<string, PermuteRoutes>>();

/**
 * Each source sends to its target over a minimal route, or over two that share no link where that takes load
 * off the busiest one. Messages are cut through: the first byte takes a
 * latency for each hop, the last follows when the busiest link has carried all that crosses it.
 */
export function permute(
  torus: Torus,
  request: CollectiveRequest,
  rates: LinkRates,
): { readonly candidate: Candidate; readonly bound: Bound; readonly paths: readonly Path[] } {
  const { bytes, pairs } = request;
  const routes = pairs === undefined ? shiftRoutes(torus, request.axes) : routesOf(torus, pairs);
  const sending = (routes.largest * bytes) / rates.linkBytesPerSecond;
  const latency = rates.hopLatencySeconds;
  const candidate: Candidate = {
    seconds: routes.hops === 0 ? 0 : (routes.hops - 1) * latency + Math.max(latency, sending),
    algorithm: routes.way.algorithm,
    reason: routes.way.reason(routes.largest),
    steps: routes.hops,
    chipBytes: { sent: bytes, received: bytes, reduced: 0 },
    largestLinkBytes: routes.largest * bytes,
    groupLinkBytes: routes.total * bytes,
    linkBytes: () => routes.perLink.map((units) => units * bytes),
  };
  return { candidate, bound: routes.bound, paths: routes.paths };
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
    const there = Array.from({ length: torus.nodes }, (_, node) => node).filter(
      (node) => !torus.missingChips.has(node),
    );
    const pairs = there.map((node) => [node, nextThere(torus, axes, node)] as const);
    routes = routesOf(torus, pairs);
    known.set(key, routes);
  }
  return routes;
}

function nextThere(torus: Torus, axes: readonly number[], node: number): number {
  let target = next(torus, axes, node);
  while (torus.missingChips.has(target)) target = next(torus, axes, target);
  return target;
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
  const sending = pairs.filter(([source, target]) => source !== target);
  const along = (routes: (source: number, target: number) => readonly (readonly number[])[]): Path[] =>
    sending.flatMap(([source, target]) => {
      const all = routes(source, target);
      return all.map((links) => ({ links, share: 1 / all.length }));
    });
  const single = along((source, target) => [routeOf(torus, source, target)]);
  const ways: { readonly way: Way; readonly paths: readonly Path[] }[] = [
    { way: WAYS.single, paths: single },
    {
      way: WAYS.halves,
      paths: along((source, target) => [
        routeOf(torus, source, target),
        reversedRouteOf(torus, source, target),
      ]),
    },
  ];
  if (!torus.intact) {
    ways.push({
      way: WAYS.around,
      paths: along((source, target) => routesAround(torus, source, target)),
    });
  }
  const loaded = ways.map((each) => ({ ...each, ...loadsOf(torus, each.paths) }));
  const [first] = loaded;
  const best = loaded.reduce((least, each) => (each.largest < least.largest ? each : least), first);
  const hops = single.reduce((most, { links }) => Math.max(most, links.length), 0);
  return { ...best, hops, bound: boundOfPairs(torus, sending, first.total, hops) };
}

/** How messages go, and why so. */
interface Way {
  readonly algorithm: string;
  reason(largest: number): string;
}

const WAYS = {
  single: {
    algorithm: 'direct, minimal routes in dimension order',
    reason: (largest) =>
      largest > 1 ? 'several messages cross the busiest link' : 'no two messages share a link',
  },
  halves: {
    algorithm: 'direct, halves over two minimal routes, first and last axis first',
    reason: () => 'the two routes share no link, so a message has more than one link at a time',
  },
  around: {
    algorithm: 'direct, in parts by all shortest detours around what is missing',
    reason: () =>
      'the detours have no link in common: each takes a part of what the missing link would carry',
  },
} as const satisfies Record<string, Way>;

function loadsOf(torus: Torus, paths: readonly Path[]): Pick<PermuteRoutes, 'perLink' | 'largest' | 'total'> {
  const perLink = new Float64Array(torus.linkSlots);
  for (const { links, share } of paths) for (const link of links) perLink[link] += share;
  return {
    perLink,
    largest: perLink.reduce((most, each) => Math.max(most, each), 0),
    total: perLink.reduce((sum, each) => sum + each, 0),
  };
}
