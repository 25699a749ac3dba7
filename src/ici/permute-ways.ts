import { largestOf, modulo } from '../base/integers.ts';
import { classLoads, type PairOrbits, type Pairs, type Path, type Spread } from './pair-orbits.ts';
import type { LinkRates } from './request.ts';
import { reversedRouteOf, routeOf, routesAround, separateRoutes } from './routing.ts';
import type { Direction, Torus } from './topology.ts';

/** A way to route messages of one byte each. */
export interface PermuteWay {
  readonly algorithm: string;
  readonly reason: string;
  /** Messages on the busiest link. */
  readonly largest: number;
  /** The same over all links. */
  readonly total: number;
  /** Of the longest path. */
  readonly hops: number;
  /** Of all paths of so many hops, the most messages on a link that one of them takes. */
  readonly worstByHops: ReadonlyMap<number, number>;
  /** Of representatives, where the way has been found for these alone. */
  readonly spread?: Spread;
  paths(): readonly Path[];
  /** Messages on each link, [linkSlots]. */
  perLink(): Float64Array;
}

/** More pairs than these are not given ways of their own each. */
const FEW_PAIRS = 64;
/** Ways both round of a torus are tried for so many pairs that do not look alike. */
const MANY_PAIRS = 20_000;

/** The first byte of a path takes its hops; the last follows when its busiest link has carried all. */
export function waySeconds(way: PermuteWay, bytes: number, rates: LinkRates): number {
  const latency = rates.hopLatencySeconds;
  let slowest = 0;
  for (const [hops, load] of way.worstByHops) {
    const sending = (load * bytes) / rates.linkBytesPerSecond;
    slowest = Math.max(slowest, (hops - 1) * latency + Math.max(latency, sending));
  }
  return slowest;
}

/** Each message by one minimal route, in halves by two, or around what is missing. */
export function minimalWays(torus: Torus, pairs: Pairs): readonly [PermuteWay, ...PermuteWay[]] {
  const along = (routes: (source: number, target: number) => readonly (readonly number[])[]): Path[] =>
    pairs.flatMap(([source, target]) => {
      const all = routes(source, target);
      return all.map((links) => ({ links, share: 1 / all.length }));
    });
  const single = pathsWay(
    torus,
    along((source, target) => [routeOf(torus, source, target)]),
    (largest) => ({
      algorithm: 'direct, minimal routes in dimension order',
      reason: largest > 1 ? 'several messages cross the busiest link' : 'no two messages share a link',
    }),
  );
  const both = along((source, target) => [
    routeOf(torus, source, target),
    reversedRouteOf(torus, source, target),
  ]);
  const halves = pathsWay(torus, both, () => ({
    algorithm: 'direct, halves over two minimal routes, first and last axis first',
    reason: 'the two routes share no link, so a message has more than one link at a time',
  }));
  if (torus.intact) return [single, halves];
  const around = along((source, target) => routesAround(torus, source, target));
  return [
    single,
    halves,
    pathsWay(torus, around, () => ({
      algorithm: 'direct, in parts by all shortest detours around what is missing',
      reason: 'the detours have no link in common: each takes a part of what the missing link would carry',
    })),
  ];
}

/**
 * Of a ring of k, a message d steps further sends (k - d) / k of its bytes d steps up and the rest k - d steps
 * down, along each closed axis by itself, half of it the first axis first and half the last. When every chip
 * of the ring does so with the same d, all links of both directions carry d (k - d) / k: what the ring's bound
 * says. A part whose way is broken goes around what
 * is missing. None where no axis closes.
 */
export function twoWayRounds(orbits: PairOrbits): readonly PermuteWay[] {
  const { torus, representatives } = orbits;
  if (torus.twisted || !torus.wraps.some(Boolean) || representatives.length > MANY_PAIRS) return [];
  const spread = representatives.map(({ source, target, messages }) => {
    let parts: readonly { readonly steps: readonly number[]; readonly share: number }[] = [
      { steps: [], share: messages },
    ];
    torus.shape.forEach((extent, axis) => {
      const delta = torus.coordinate(target, axis) - torus.coordinate(source, axis);
      const up = modulo(delta, extent);
      const choices =
        up === 0 || !torus.wraps[axis]
          ? [{ steps: delta, share: 1 }]
          : [
              { steps: up, share: (extent - up) / extent },
              { steps: up - extent, share: up / extent },
            ];
      parts = parts.flatMap((part) =>
        choices.map(({ steps, share }) => ({ steps: [...part.steps, steps], share: part.share * share })),
      );
    });
    return parts.flatMap(({ steps, share }) => {
      const orders = steps.filter((count) => count !== 0).length > 1 ? ORDERS : ORDERS.slice(0, 1);
      const straight = orders.map((order) => walk(torus, source, steps, order));
      const ways = straight.some((links) => links === undefined)
        ? routesAround(torus, source, target)
        : straight.filter((links) => links !== undefined);
      return ways.map((links) => ({ links, share: share / ways.length }));
    });
  });
  return [
    orbitsWay(orbits, spread, {
      algorithm: 'in parts, both ways round each ring',
      reason: 'so large that bytes decide: the long way round has links that the short way leaves idle',
    }),
  ];
}

const ORDERS = ['first axis first', 'last axis first'] as const;

/** Links of so many steps along each axis; `undefined` where one is missing. */
function walk(
  torus: Torus,
  source: number,
  steps: readonly number[],
  order: (typeof ORDERS)[number],
): readonly number[] | undefined {
  const links: number[] = [];
  let node = source;
  for (const place of steps.keys()) {
    const axis = order === 'first axis first' ? place : steps.length - 1 - place;
    const direction: Direction = steps[axis] > 0 ? 0 : 1;
    for (let step = 0; step < Math.abs(steps[axis]); step++) {
      const link = torus.link(node, axis, direction);
      node = torus.targets[link];
      if (node < 0) return undefined;
      links.push(link);
    }
  }
  return links;
}

/** Of few messages each in 2, 3, ... equal parts over ways that have no link in common, shortest first. */
export function separateWays(orbits: PairOrbits): readonly PermuteWay[] {
  const { torus, representatives } = orbits;
  if (representatives.length === 0 || representatives.length > FEW_PAIRS) return [];
  const routes = representatives.map(({ source, target }) => [...separateRoutes(torus, source, target)]);
  const most = Math.max(...routes.map((each) => each.length));
  return Array.from({ length: most - 1 }, (_, index) => {
    const spread = routes.map((each, pair) => {
      const taken = each.slice(0, index + 2);
      return taken.map((links) => ({ links, share: representatives[pair].messages / taken.length }));
    });
    return orbitsWay(orbits, spread, {
      algorithm: `in ${index + 2} parts over ways that share no link`,
      reason: 'a chip has more than one link: each carries a part of the message',
    });
  });
}

/** What the linear program has found. */
export function spreadWay(orbits: PairOrbits, spread: Spread): PermuteWay {
  return orbitsWay(orbits, spread, {
    algorithm: 'in parts over several ways, spread so that the busiest link carries least',
    reason: 'so large that bytes decide: longer ways take load off the busiest links',
  });
}

/** Paths of each representative that some way takes, none twice. */
export function seedsOf(orbits: PairOrbits, ways: readonly PermuteWay[]): Spread {
  return orbits.representatives.map(({ source, target }, index) => {
    const found = [
      routeOf(orbits.torus, source, target),
      reversedRouteOf(orbits.torus, source, target),
      ...ways.flatMap(({ spread }) => spread?.[index].map(({ links }) => links) ?? []),
    ];
    return [...new Map(found.map((links) => [links.join(), links])).values()].map((links) => ({
      links,
      share: 1,
    }));
  });
}

type Words = Pick<PermuteWay, 'algorithm' | 'reason'>;

function pathsWay(torus: Torus, paths: readonly Path[], words: (largest: number) => Words): PermuteWay {
  const perLink = new Float64Array(torus.linkSlots);
  for (const { links, share } of paths) for (const link of links) perLink[link] += share;
  const largest = largestOf(perLink);
  return {
    ...words(largest),
    largest,
    total: perLink.reduce((sum, each) => sum + each, 0),
    ...longest(paths, (link) => perLink[link]),
    paths: () => paths,
    perLink: () => perLink,
  };
}

function orbitsWay(orbits: PairOrbits, spread: Spread, words: Words): PermuteWay {
  const { torus, classOfLink, size } = orbits;
  const loads = classLoads(orbits, spread);
  return {
    ...words,
    largest: largestOf(loads),
    total: size * loads.reduce((sum, each) => sum + each, 0),
    ...longest(spread.flat(), (link) => loads[classOfLink[link]]),
    spread,
    paths: () =>
      spread
        .flat()
        .flatMap(({ links, share }) => orbits.unfold(links).map((each) => ({ links: each, share }))),
    perLink: () =>
      Float64Array.from({ length: torus.linkSlots }, (_, link) =>
        classOfLink[link] < 0 ? 0 : loads[classOfLink[link]],
      ),
  };
}

function longest(
  paths: readonly Path[],
  loadOf: (link: number) => number,
): Pick<PermuteWay, 'hops' | 'worstByHops'> {
  const worstByHops = new Map<number, number>();
  for (const { links } of paths) {
    const load = links.reduce((most, link) => Math.max(most, loadOf(link)), 0);
    worstByHops.set(links.length, Math.max(worstByHops.get(links.length) ?? 0, load));
  }
  return { hops: Math.max(0, ...worstByHops.keys()), worstByHops };
}
