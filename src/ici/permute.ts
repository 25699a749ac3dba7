import type { Bound } from './bounds.ts';
import type { Candidate } from './candidate.ts';
import { leastCongestion } from './least-congestion.ts';
import { searchWork } from './link-prices.ts';
import { PairOrbits, type Pairs, type Path } from './pair-orbits.ts';
import { boundOfPairs } from './permute-bound.ts';
import {
  minimalWays,
  type PermuteWay,
  seedsOf,
  separateWays,
  spreadWay,
  twoWayRounds,
  waySeconds,
} from './permute-ways.ts';
import type { CollectiveRequest, LinkRates } from './request.ts';
import type { Torus } from './topology.ts';

export type { Path } from './pair-orbits.ts';

/** Where the messages between some pairs can go, for one byte of each, and what bounds all of it. */
interface PermuteRoutes {
  readonly pairs: Pairs;
  readonly ways: readonly PermuteWay[];
  readonly bound: Bound;
  /** The ways and the bound that the linear program adds; solved when first asked for. */
  readonly spread: () => { readonly ways: readonly PermuteWay[]; readonly bound: Bound };
}

/** A way is as good as the best when its bytes take at most this part longer than the bound says. */
const NEAR_BOUND = 1e-3;
/** Elementary steps of the linear program: some tenths of a second. */
const MOST_WORK = 4e8;
const MOST_MESSAGES = 400;

const shiftRoutesByTorus = new WeakMap<Torus, Map<string, PermuteRoutes>>();

export interface PlannedWay {
  readonly candidate: Candidate;
  readonly paths: readonly Path[];
}

export interface Permute {
  /** Who sends to whom. */
  readonly pairs: Pairs;
  readonly bound: Bound;
  readonly fastest: PlannedWay;
  /** Every message whole by one minimal route, as routers by themselves take it. */
  readonly direct: PlannedWay;
}

/**
 * Each source sends to its target, over one minimal route or in parts over several, also longer ones: whichever
 * is fastest. Messages are cut through: the first byte takes a latency for each hop, the last follows when the
 * busiest link of its path has carried all that crosses it.
 */
export function permute(torus: Torus, request: CollectiveRequest, rates: LinkRates): Permute {
  const { bytes, pairs } = request;
  const routes = pairs === undefined ? shiftRoutes(torus, request.axes) : routesOf(torus, pairs);
  let { ways, bound } = routes;
  let way = fastestOf(ways, bytes, rates);
  const wasted = ((way.largest - bound.bytesPerByte) * bytes) / rates.linkBytesPerSecond;
  if (wasted > NEAR_BOUND * waySeconds(way, bytes, rates)) {
    ({ ways, bound } = routes.spread());
    way = fastestOf(ways, bytes, rates);
  }
  const planned = (chosen: PermuteWay): PlannedWay => ({
    candidate: candidateOf(chosen, bytes, rates),
    paths: chosen.paths(),
  });
  return { pairs: routes.pairs, bound, fastest: planned(way), direct: planned(ways[0]) };
}

function candidateOf(way: PermuteWay, bytes: number, rates: LinkRates): Candidate {
  return {
    seconds: waySeconds(way, bytes, rates),
    algorithm: way.algorithm,
    reason: way.reason,
    steps: way.hops,
    chipBytes: { sent: bytes, received: bytes, reduced: 0 },
    largestLinkBytes: way.largest * bytes,
    groupLinkBytes: way.total * bytes,
    linkBytes: () => way.perLink().map((units) => units * bytes),
  };
}

/** Of equals the first. */
function fastestOf(ways: readonly PermuteWay[], bytes: number, rates: LinkRates): PermuteWay {
  return ways.reduce((best, way) =>
    waySeconds(way, bytes, rates) < waySeconds(best, bytes, rates) * (1 - 1e-9) ? way : best,
  );
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

/** Whether a linear program of this size gets anywhere within its work. */
function isSolvable(orbits: PairOrbits): boolean {
  const { length } = orbits.representatives;
  return length > 0 && length <= MOST_MESSAGES && searchWork(orbits) <= MOST_WORK / 4;
}

function routesOf(torus: Torus, pairs: Pairs): PermuteRoutes {
  const sending = pairs.filter(([source, target]) => source !== target);
  const minimal = minimalWays(torus, sending);
  const [single] = minimal;
  const orbits = new PairOrbits(torus, sending);
  const bound = boundOfPairs(torus, sending, single.total, single.hops);
  const ways = [...minimal, ...twoWayRounds(orbits), ...separateWays(orbits)];
  let solved: ReturnType<PermuteRoutes['spread']> | undefined;
  const solve = (): ReturnType<PermuteRoutes['spread']> => {
    const seeds = seedsOf(orbits, ways);
    const least = leastCongestion(orbits, seeds, bound.bytesPerByte, MOST_WORK);
    return {
      ways: [...ways, spreadWay(orbits, least.spread)],
      bound: { ...bound, bytesPerByte: least.bound },
    };
  };
  return {
    pairs,
    ways,
    bound,
    spread: () => {
      solved ??= isSolvable(orbits) ? solve() : { ways, bound };
      return solved;
    },
  };
}
