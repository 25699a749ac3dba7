import { InputError } from '../base/result.ts';
import type { Bound } from './bounds.ts';
import type { Candidate } from './candidate.ts';
import { closedForm } from './closed-form.ts';
import { distancesFrom } from './distances.ts';
import { groupOf } from './group.ts';
import type { CollectiveKind, CollectiveRequest, LinkRates } from './request.ts';
import { routeOf, routesAround } from './routing.ts';
import { Torus } from './topology.ts';

/** Every pair of chips is routed by itself: a million routes take about a second. */
const MAX_ROUTED_CHIPS = 1024;

type Kind = Exclude<CollectiveKind, 'collective-permute'>;

/**
 * A collective on a torus with missing links or chips, in closed form. Rings that have lost one cable become
 * lines that begin behind the gap; where that is not enough, one ring is led through all chips by detours;
 * all-to-all and broadcast are routed anew. Throws an `InputError` when chips are cut off from each other.
 */
export function planDegraded(
  torus: Torus,
  request: CollectiveRequest & { readonly kind: Kind },
  rates: LinkRates,
): { readonly candidate: Candidate; readonly bound: Bound } {
  const groups = survivingGroups(torus, request.axes);
  const bound = degradedBound(torus, groups, request.kind);
  if (request.kind === 'all-to-all')
    return { candidate: routedAllToAll(torus, groups, request.bytes, rates), bound };
  const lines = linesBehindGaps(torus, request, rates);
  const detours =
    request.kind === 'broadcast'
      ? relayTrees(torus, groups, request.bytes, rates)
      : ringByDetours(torus, groups, request.kind, request.bytes, rates);
  return { candidate: lines !== undefined && lines.seconds <= detours.seconds ? lines : detours, bound };
}

/** Chips of each group that are there, along the first axis first and every other line backwards. */
function survivingGroups(torus: Torus, axes: readonly number[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const node of snake(torus, axes)) {
    if (torus.missingChips.has(node)) continue;
    const key = torus
      .coordinates(node)
      .filter((_, axis) => !axes.includes(axis))
      .join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return [...groups.values()];
}

function snake(torus: Torus, axes: readonly number[]): number[] {
  const order = [...axes, ...torus.shape.keys()].filter((axis, index, all) => all.indexOf(axis) === index);
  let walks: number[][] = [torus.shape.map(() => 0)];
  for (const axis of order) {
    walks = Array.from({ length: torus.shape[axis] }, (_, at) => {
      const layer = walks.map((coordinates) =>
        coordinates.map((each, other) => (other === axis ? at : each)),
      );
      return at % 2 === 0 ? layer : layer.reverse();
    }).flat();
  }
  return walks.map((coordinates) => torus.nodeAt(coordinates));
}

/** The plan of a torus whose broken rings are lines; `undefined` where lines have gaps themselves. */
function linesBehindGaps(
  torus: Torus,
  request: CollectiveRequest & { readonly kind: Kind },
  rates: LinkRates,
): Candidate | undefined {
  if (torus.missingChips.size > 0 || torus.twisted) return undefined;
  /** For each line of chips along a broken axis, by its first node, the coordinate behind its gap. */
  const starts = new Map<number, number>();
  const broken = new Set<number>();
  for (const link of torus.missingLinks) {
    const axis = torus.linkAxis(link);
    if (!request.axes.includes(axis) || torus.shape[axis] === 1) continue;
    if (!torus.wraps[axis]) return undefined;
    const up = torus.linkDirection(link) === 0 ? link : torus.reverseLink(link);
    const node = torus.linkSource(up);
    const at = torus.coordinate(node, axis);
    const line = (node - at * torus.strides[axis]) * torus.axes + axis;
    const start = (at + 1) % torus.shape[axis];
    if ((starts.get(line) ?? start) !== start) return undefined;
    starts.set(line, start);
    broken.add(axis);
  }
  const opened = new Torus({
    shape: torus.shape,
    wraps: torus.wraps.map((wraps, axis) => wraps && !broken.has(axis)),
  });
  const group = groupOf(opened, request.axes);
  if (group === undefined) return undefined;
  const plan = closedForm(request.kind, group, request.bytes, rates);
  const groups = opened.nodes / group.torus.nodes;
  return {
    ...plan,
    reason:
      broken.size === 0
        ? plan.reason
        : `a link is missing along ${[...broken].map((axis) => 'xyz'[axis]).join(', ')}: a broken ring is a line with half its rate, and all wait for it`,
    groupLinkBytes: plan.groupLinkBytes * groups,
    linkBytes: () => {
      const bytes = plan.linkBytes(opened);
      for (const [line, start] of starts) rotateLine(torus, bytes, line, start);
      return bytes;
    },
  };
}

/** Moves what a line from coordinate 0 carries to one that begins at `start`. */
function rotateLine(torus: Torus, bytes: Float64Array, line: number, start: number): void {
  const axis = line % torus.axes;
  const first = Math.floor(line / torus.axes);
  const length = torus.shape[axis];
  const link = (at: number, direction: 0 | 1): number =>
    torus.link(first + (at % length) * torus.strides[axis], axis, direction);
  for (const direction of [0, 1] as const) {
    const straight = Array.from({ length }, (_, at) => bytes[link(at, direction)]);
    straight.forEach((each, at) => {
      bytes[link(at + start, direction)] = each;
    });
  }
}

/** Both ways round one ring of all chips of a group; neighbours in it are joined by a shortest way. */
function ringByDetours(
  torus: Torus,
  groups: readonly (readonly number[])[],
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
  const shard = bytes / chips;
  const passes = kind === 'all-reduce' ? 2 : 1;
  const stepSeconds =
    (hops - 1) * rates.hopLatencySeconds +
    Math.max(rates.hopLatencySeconds, (shared * shard) / rates.linkBytesPerSecond);
  const steps = passes * Math.floor(chips / 2);
  const moved = ((chips - 1) / chips) * bytes;
  return {
    seconds: chips === 1 ? 0 : steps * stepSeconds,
    algorithm: `one two-way ring through ${chips} chips with detours`,
    reason:
      shared > 1
        ? `detours around what is missing cross: ${shared} of them share the busiest link`
        : 'no ring along an axis is whole enough',
    steps: steps * hops,
    chipBytes: { sent: passes * moved, received: passes * moved, reduced: kind === 'all-gather' ? 0 : moved },
    // Each way round carries half of the n - 1 shards of every chip.
    ...scaledLoads(perLink, (passes * moved) / 2),
  };
}

function routedAllToAll(
  torus: Torus,
  groups: readonly (readonly number[])[],
  bytes: number,
  rates: LinkRates,
): Candidate {
  checkRouted(torus);
  const perLink = new Float64Array(torus.linkSlots);
  let hops = 0;
  const chips = Math.max(...groups.map((group) => group.length));
  for (const group of groups) {
    for (const source of group) {
      for (const target of group) {
        if (source === target) continue;
        const routes = routesAround(torus, source, target);
        hops = Math.max(hops, routes[0].length);
        for (const link of routes.flat()) perLink[link] += 1 / (chips * routes.length);
      }
    }
  }
  const loads = scaledLoads(perLink, bytes);
  const remote = (bytes * (chips - 1)) / chips;
  return {
    seconds: Math.max(hops * rates.hopLatencySeconds, loads.largestLinkBytes / rates.linkBytesPerSecond),
    algorithm:
      'direct, dimension order, around what is missing in the opposite order or by all shortest detours',
    reason: `detours crowd ${torus.linkName(perLink.indexOf(loads.largestLinkBytes / bytes))}`,
    steps: hops,
    chipBytes: { sent: remote, received: remote, reduced: 0 },
    ...loads,
  };
}

/** The message goes whole down a tree of shortest ways from the first chip of each group. */
function relayTrees(
  torus: Torus,
  groups: readonly (readonly number[])[],
  bytes: number,
  rates: LinkRates,
): Candidate {
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
  return {
    seconds:
      hops === 0
        ? 0
        : (hops - 1) * latency + Math.max(latency, loads.largestLinkBytes / rates.linkBytesPerSecond),
    algorithm: 'relayed down shortest ways',
    reason: 'the ways go around what is missing',
    steps: hops,
    chipBytes: { sent: 2 * torus.axes * bytes, received: bytes, reduced: 0 },
    ...loads,
  };
}

function scaledLoads(
  perLink: Float64Array,
  bytes: number,
): Pick<Candidate, 'largestLinkBytes' | 'groupLinkBytes' | 'linkBytes'> {
  return {
    largestLinkBytes: perLink.reduce((most, each) => Math.max(most, each), 0) * bytes,
    groupLinkBytes: perLink.reduce((total, each) => total + each, 0) * bytes,
    linkBytes: () => perLink.map((each) => each * bytes),
  };
}

/** What links are left bounds: all links of a chip, of the whole torus, and the way between the farthest chips. */
function degradedBound(torus: Torus, groups: readonly (readonly number[])[], kind: Kind): Bound {
  const chips = Math.max(...groups.map((group) => group.length));
  if (chips === 1) return { bytesPerByte: 0, hops: 0 };
  const members = groups.filter((group) => group.length > 1);
  const ports = Math.min(...members.flat().map((node) => portsOf(torus, node)));
  if (ports === 0) throw new InputError('missing links', 'cut a chip off from all others');
  const remote = (chips - 1) / chips;
  const hops = Math.max(...members.map((group) => reachOf(torus, group)));
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
      return { bytesPerByte: remote / ports, hops };
    case 'all-reduce': {
      const sends = members.reduce((total, group) => total + 2 * (group.length - 1), 0);
      return { bytesPerByte: Math.max(sends / torus.linkCount, 1 / ports), hops };
    }
    case 'all-to-all':
      return { bytesPerByte: Math.max(remote / ports, distanceLoad(torus, members, chips)), hops };
    case 'broadcast':
      return { bytesPerByte: 1 / ports, hops };
  }
}

function portsOf(torus: Torus, node: number): number {
  const first = node * torus.axes * 2;
  return torus.targets
    .subarray(first, first + torus.axes * 2)
    .reduce((count, to) => count + (to >= 0 ? 1 : 0), 0);
}

function reachOf(torus: Torus, group: readonly number[]): number {
  const { hops } = distancesFrom(torus, group[0]);
  if (group.some((node) => hops[node] < 0))
    throw new InputError('missing links', 'cut chips off from each other');
  return Math.max(...group.map((node) => hops[node]));
}

function distanceLoad(torus: Torus, groups: readonly (readonly number[])[], chips: number): number {
  checkRouted(torus);
  let total = 0;
  for (const group of groups) {
    for (const source of group) {
      const { hops } = distancesFrom(torus, source);
      for (const target of group) total += hops[target];
    }
  }
  return total / chips / torus.linkCount;
}

function checkRouted(torus: Torus): void {
  if (torus.nodes <= MAX_ROUTED_CHIPS) return;
  throw new InputError('missing links', `all-to-all is routed anew on up to ${MAX_ROUTED_CHIPS} chips`);
}
