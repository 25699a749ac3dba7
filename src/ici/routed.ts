import { largestOf, modulo } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import type { Bound } from './bounds.ts';
import { treesPlan } from './broadcast-trees.ts';
import type { Candidate, LinkLoads } from './candidate.ts';
import { distancesFrom } from './distances.ts';
import { ringParts, ringTransferCount } from './flow-schedules.ts';
import type { CollectiveKind, LinkRates } from './request.ts';
import { addStreamedPart, type StreamedPart } from './ring-schedule.ts';
import { routeOf, routesAround } from './routing.ts';
import type { ScheduleLayout } from './schedule-layout.ts';
import { MOST_RING_CHUNKS, type ScheduledPlan } from './scheduled-plan.ts';
import type { RingKind } from './streamed-form.ts';
import type { Direction, Torus } from './topology.ts';
import { TransferList } from './transfers.ts';

/** Chips of each group, by node, in the order of their ring; any chips of the torus, each at most once. */
export type ChipGroups = readonly (readonly number[])[];

type Kind = Exclude<CollectiveKind, 'collective-permute'>;

/** Every pair of chips is routed by itself: a million routes take about a second. */
const MAX_ROUTED_CHIPS = 1024;

/**
 * A collective of groups that no axes span, or on a torus where something is missing: what goes from chip to
 * chip is routed over the links that are there, and the busiest link decides. Throws an `InputError` when
 * chips are cut off from each other, or when an all-to-all has too many pairs.
 */
export function planRouted(
  torus: Torus,
  groups: ChipGroups,
  kind: Kind,
  bytes: number,
  rates: LinkRates,
): ScheduledPlan {
  switch (kind) {
    case 'all-to-all':
      return routedAllToAll(torus, groups, bytes, rates);
    case 'broadcast':
      return treesPlan(torus, groups, bytes, rates);
    case 'all-gather':
    case 'reduce-scatter':
    case 'all-reduce':
      return ringByRoutes(torus, groups, kind, bytes, rates);
  }
}

/** Both ways round one ring of all chips of a group; neighbours in it are joined by a shortest way. */
function ringByRoutes(
  torus: Torus,
  groups: ChipGroups,
  kind: RingKind,
  bytes: number,
  rates: LinkRates,
): ScheduledPlan {
  const rings = groups.filter((group) => group.length > 1).map((group) => new RoutedRing(torus, group));
  const chips = Math.max(...groups.map((group) => group.length));
  const passes = kind === 'all-reduce' ? 2 : 1;
  const latency = rates.hopLatencySeconds;
  const perLink = new Float64Array(torus.linkSlots);
  const ways = new Float64Array(torus.linkSlots);
  let hops = 0;
  for (const ring of rings) {
    for (const route of ring.all()) {
      hops = Math.max(hops, route.length);
      for (const link of route) {
        ways[link] += 1;
        // Each way round carries half of the n - 1 shards of every chip.
        perLink[link] += (passes * (ring.chips - 1)) / ring.chips / 2;
      }
    }
  }
  const shared = largestOf(ways);
  const steps = Math.floor(chips / 2);
  const most = largestOf(perLink) / passes;
  const waiting = steps * (hops - 1) * latency;
  const sending = Math.max(steps * latency, (most * bytes) / rates.linkBytesPerSecond);
  const moved = ((chips - 1) / chips) * bytes;
  const candidate: Candidate = {
    seconds: chips === 1 ? 0 : passes * (waiting + sending),
    algorithm: `one two-way ring through all ${chips} chips of a group`,
    reason:
      shared > 1
        ? `ways between its neighbours cross: ${shared} of them share the busiest link`
        : 'no axis is a ring of these chips',
    steps: passes * steps * hops,
    chipBytes: { sent: passes * moved, received: passes * moved, reduced: kind === 'all-gather' ? 0 : moved },
    ...scaledLoads(perLink, bytes),
  };
  const partsOf = ({ chips: length }: RoutedRing): readonly StreamedPart[] =>
    ringParts(kind, [{ order: [{ axis: 0, closed: true, length, shard: 1 / length }], share: 1 }], bytes);
  return {
    candidate,
    perChunk: rings.reduce((total, ring) => total + ringTransferCount(ring, partsOf(ring)), 0),
    mostChunks: MOST_RING_CHUNKS,
    transfers: (chunks) => {
      const list = new TransferList();
      rings.forEach((ring, number) => {
        for (const part of partsOf(ring)) addStreamedPart(list, ring, part, chunks, latency, number);
      });
      return list;
    },
  };
}

/** A ring through the chips of a group, numbered by their place in it. */
class RoutedRing implements ScheduleLayout {
  readonly chips: number;
  readonly ways = [0, 1] as const;
  readonly uneven = true;
  /** By place: to the next one and to the one before. */
  readonly #routes: readonly (readonly [readonly number[], readonly number[]])[];

  constructor(torus: Torus, group: readonly number[]) {
    this.chips = group.length;
    this.#routes = group.map((node, place) => [
      routeOf(torus, node, group[(place + 1) % group.length]),
      routeOf(torus, node, group[(place + group.length - 1) % group.length]),
    ]);
  }

  isFirst(chip: number): boolean {
    return chip === 0;
  }

  next(chip: number, _axis: number, direction: Direction): number {
    return modulo(chip + (direction === 0 ? 1 : -1), this.chips);
  }

  link(chip: number, axis: number, direction: Direction): number {
    return this.routes(chip, axis, direction)[0][0];
  }

  routes(chip: number, _axis: number, direction: Direction): readonly (readonly number[])[] {
    return [this.#routes[chip][direction]];
  }

  all(): readonly (readonly number[])[] {
    return this.#routes.flat();
  }
}

function routedAllToAll(torus: Torus, groups: ChipGroups, bytes: number, rates: LinkRates): ScheduledPlan {
  checkPairs(torus);
  const perLink = new Float64Array(torus.linkSlots);
  let hops = 0;
  let count = 0;
  for (const { routes, share } of exchanges(torus, groups)) {
    hops = Math.max(hops, routes[0].length);
    count += routes.length;
    for (const link of routes.flat()) perLink[link] += share;
  }
  const chips = Math.max(...groups.map((group) => group.length));
  const loads = scaledLoads(perLink, bytes);
  const remote = (bytes * (chips - 1)) / chips;
  const latency = rates.hopLatencySeconds;
  const largest = largestOf(perLink);
  const candidate: Candidate = {
    seconds: Math.max(hops * latency, loads.largestLinkBytes / rates.linkBytesPerSecond),
    algorithm: torus.intact
      ? 'direct, dimension order'
      : 'direct, dimension order, around what is missing in the opposite order or by all shortest detours',
    reason: largest === 0 ? 'nobody has another' : `ways crowd ${torus.linkName(perLink.indexOf(largest))}`,
    steps: hops,
    chipBytes: { sent: remote, received: remote, reduced: 0 },
    ...loads,
  };
  return {
    candidate,
    perChunk: count,
    mostChunks: 1,
    transfers: () => {
      const list = new TransferList();
      for (const { source, target, routes, share } of exchanges(torus, groups)) {
        const payload = { part: 0, chunk: 0, phase: 0, of: source, from: source, to: target };
        for (const links of routes) {
          list.add({ bytes: share * bytes, links, latencySeconds: links.length * latency, payload });
        }
      }
      return list;
    },
  };
}

interface Exchange {
  readonly source: number;
  readonly target: number;
  readonly routes: readonly (readonly number[])[];
  /** Of a chip's buffer, what goes over each of the routes. */
  readonly share: number;
}

/** Every chip of a group to every other. */
function* exchanges(torus: Torus, groups: ChipGroups): Generator<Exchange> {
  for (const group of groups) {
    for (const source of group) {
      for (const target of group) {
        if (source === target) continue;
        const routes = routesAround(torus, source, target);
        yield { source, target, routes, share: 1 / (group.length * routes.length) };
      }
    }
  }
}

function scaledLoads(perLink: Float64Array, bytes: number): LinkLoads {
  return {
    largestLinkBytes: largestOf(perLink) * bytes,
    groupLinkBytes: perLink.reduce((total, each) => total + each, 0) * bytes,
    linkBytes: () => perLink.map((each) => each * bytes),
  };
}

/** What links are there bounds: all links of a chip, of the whole torus, and the way between far chips. */
export function routedBound(torus: Torus, groups: ChipGroups, kind: Kind): Bound {
  const members = groups.filter((group) => group.length > 1);
  if (members.length === 0) return { bytesPerByte: 0, hops: 0 };
  const hops = Math.max(...members.map((group) => reachOf(torus, group)));
  // Of each group, what its chip with fewest links takes in when it takes in a whole array or all but its part.
  const intake = (part: (chips: number) => number): number =>
    Math.max(...members.map((group) => part(group.length) / fewestPorts(torus, group)));
  const remote = intake((chips) => (chips - 1) / chips);
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
      return { bytesPerByte: remote, hops };
    case 'all-reduce': {
      const sends = members.reduce((total, group) => total + 2 * (group.length - 1), 0);
      return {
        bytesPerByte: Math.max(
          sends / torus.linkCount,
          intake(() => 1),
        ),
        hops,
      };
    }
    case 'all-to-all':
      return { bytesPerByte: Math.max(remote, distanceLoad(torus, members)), hops };
    case 'broadcast':
      return { bytesPerByte: intake(() => 1), hops };
  }
}

function fewestPorts(torus: Torus, group: readonly number[]): number {
  const perChip = torus.axes * 2;
  const ports = group.map((node) => {
    const own = torus.targets.subarray(node * perChip, (node + 1) * perChip);
    return own.reduce((count, to) => count + (to >= 0 ? 1 : 0), 0);
  });
  return Math.min(...ports);
}

function reachOf(torus: Torus, group: readonly number[]): number {
  const { hops } = distancesFrom(torus, group[0]);
  if (group.some((node) => hops[node] < 0)) {
    throw new InputError('missing links', 'cut chips off from each other');
  }
  return Math.max(...group.map((node) => hops[node]));
}

function distanceLoad(torus: Torus, groups: ChipGroups): number {
  checkPairs(torus);
  let total = 0;
  for (const group of groups) {
    for (const source of group) {
      const { hops } = distancesFrom(torus, source);
      for (const target of group) total += hops[target] / group.length;
    }
  }
  return total / torus.linkCount;
}

function checkPairs(torus: Torus): void {
  if (torus.nodes <= MAX_ROUTED_CHIPS) return;
  throw new InputError('all-to-all', `routes pairs one by one on up to ${MAX_ROUTED_CHIPS} chips`);
}
