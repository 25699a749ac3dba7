import { InputError } from '../base/result.ts';
import type { Bound } from './bounds.ts';
import type { Candidate, LinkLoads } from './candidate.ts';
import { distancesFrom } from './distances.ts';
import type { CollectiveKind, LinkRates } from './request.ts';
import { routeOf, routesAround } from './routing.ts';
import type { Torus } from './topology.ts';

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
): Candidate {
  switch (kind) {
    case 'all-to-all':
      return routedAllToAll(torus, groups, bytes, rates);
    case 'broadcast':
      return relayTrees(torus, groups, bytes, rates);
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
  kind: Exclude<Kind, 'all-to-all' | 'broadcast'>,
  bytes: number,
  rates: LinkRates,
): Candidate {
  const chips = Math.max(...groups.map((group) => group.length));
  const perLink = new Float64Array(torus.linkSlots);
  let hops = 0;
  for (const group of groups) {
    if (group.length === 1) continue;
    group.forEach((node, index) => {
      const next = group[(index + 1) % group.length];
      for (const route of [routeOf(torus, node, next), routeOf(torus, next, node)]) {
        hops = Math.max(hops, route.length);
        for (const link of route) perLink[link] += 1;
      }
    });
  }
  const shared = perLink.reduce((most, each) => Math.max(most, each), 0);
  const passes = kind === 'all-reduce' ? 2 : 1;
  const steps = Math.floor(chips / 2);
  // Of the array, what passes each way between two chips of the ring in all steps.
  const passing = Math.max(...groups.map(({ length }) => Math.floor(length / 2) / length));
  const waiting = steps * (hops - 1) * rates.hopLatencySeconds;
  const sending = Math.max(
    steps * rates.hopLatencySeconds,
    (shared * passing * bytes) / rates.linkBytesPerSecond,
  );
  const moved = ((chips - 1) / chips) * bytes;
  return {
    seconds: chips === 1 ? 0 : passes * (waiting + sending),
    algorithm: `one two-way ring through all ${chips} chips of a group`,
    reason:
      shared > 1
        ? `ways between its neighbours cross: ${shared} of them share the busiest link`
        : 'no axis is a ring of these chips',
    steps: passes * steps * hops,
    chipBytes: { sent: passes * moved, received: passes * moved, reduced: kind === 'all-gather' ? 0 : moved },
    // Each way round carries half of the n - 1 shards of every chip.
    ...scaledLoads(perLink, (passes * moved) / 2),
  };
}

function routedAllToAll(torus: Torus, groups: ChipGroups, bytes: number, rates: LinkRates): Candidate {
  checkPairs(torus);
  const perLink = new Float64Array(torus.linkSlots);
  let hops = 0;
  for (const group of groups) {
    for (const source of group) {
      for (const target of group) {
        if (source === target) continue;
        const routes = routesAround(torus, source, target);
        hops = Math.max(hops, routes[0].length);
        for (const link of routes.flat()) perLink[link] += 1 / (group.length * routes.length);
      }
    }
  }
  const chips = Math.max(...groups.map((group) => group.length));
  const loads = scaledLoads(perLink, bytes);
  const remote = (bytes * (chips - 1)) / chips;
  const largest = perLink.reduce((most, each) => Math.max(most, each), 0);
  return {
    seconds: Math.max(hops * rates.hopLatencySeconds, loads.largestLinkBytes / rates.linkBytesPerSecond),
    algorithm: torus.intact
      ? 'direct, dimension order'
      : 'direct, dimension order, around what is missing in the opposite order or by all shortest detours',
    reason: largest === 0 ? 'nobody has another' : `ways crowd ${torus.linkName(perLink.indexOf(largest))}`,
    steps: hops,
    chipBytes: { sent: remote, received: remote, reduced: 0 },
    ...loads,
  };
}

/** The message goes whole down a tree of shortest ways from the first chip of each group. */
function relayTrees(torus: Torus, groups: ChipGroups, bytes: number, rates: LinkRates): Candidate {
  const perLink = new Float64Array(torus.linkSlots);
  let hops = 0;
  for (const group of groups) {
    const used = new Set<number>();
    for (const target of group.slice(1)) {
      const route = routeOf(torus, group[0], target);
      hops = Math.max(hops, route.length);
      for (const link of route) used.add(link);
    }
    for (const link of used) perLink[link] += 1;
  }
  const loads = scaledLoads(perLink, bytes);
  const latency = rates.hopLatencySeconds;
  const sending = loads.largestLinkBytes / rates.linkBytesPerSecond;
  return {
    seconds: hops === 0 ? 0 : (hops - 1) * latency + Math.max(latency, sending),
    algorithm: 'relayed down shortest ways',
    reason: torus.intact
      ? 'the group is not all chips along some axes'
      : 'the ways go around what is missing',
    steps: hops,
    chipBytes: { sent: 2 * torus.axes * bytes, received: bytes, reduced: 0 },
    ...loads,
  };
}

function scaledLoads(perLink: Float64Array, bytes: number): LinkLoads {
  return {
    largestLinkBytes: perLink.reduce((most, each) => Math.max(most, each), 0) * bytes,
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
