import { FLOW_CHUNKS_A_HOP, fastestTreePlan } from './broadcast.ts';
import { chunkedTransfers, edgesOnTorus, joinEdges, spanningEdges } from './broadcast-transfers.ts';
import { exchangesWhole } from './closed-form.ts';
import { planDegraded } from './degraded.ts';
import { distancesFrom } from './distances.ts';
import { streamedOrders } from './flow-collective.ts';
import { ringParts, ringTransferCount, ringTransfers } from './flow-schedules.ts';
import { type Group, groupOf } from './group.ts';
import { permute } from './permute.ts';
import { type CollectiveRequest, checkRequest, type LinkRates } from './request.ts';
import { wholeLanes } from './ring-plan.ts';
import { routeOf } from './routing.ts';
import { UnfoldedTorus } from './schedule-layout.ts';
import { checkTransferCount, scheduledTransfers } from './scheduled-plan.ts';
import type { Torus } from './topology.ts';
import { TransferList } from './transfers.ts';

/** Rings and lines stream their parts in chunks while these are quickly run. */
const STREAMED_CHUNKS = 4;
const MANY_TRANSFERS = 100_000;
/** Trees are many transfers that wait for each other: this is quickly run and leaves them filled. */
const TREE_CHUNKS = 256;
const TREE_TRANSFERS = 25_000;

/**
 * Every transfer of a collective between every two chips of the whole torus, over the links that it takes:
 * what is needed to see single links, or several collectives on the same ones. Empty when nobody has anything
 * to send. Throws an `InputError` for what the torus does not have, for chips cut off from each other, and for
 * more than half a million transfers.
 */
export function unfoldedTransfers(torus: Torus, request: CollectiveRequest, rates: LinkRates): TransferList {
  checkRequest(torus, request);
  const { kind, bytes } = request;
  const latency = rates.hopLatencySeconds;
  if (bytes === 0) return new TransferList();
  if (kind === 'collective-permute') {
    // Nobody paces parts here, so that they may crowd each other, which the flow of a permute by itself avoids.
    const list = new TransferList();
    for (const { links, share } of permute(torus, request, rates).fastest.paths) {
      list.add({ bytes: bytes * share, links, latencySeconds: links.length * latency });
    }
    return list;
  }
  const group = groupOf(torus, request.axes);
  if (group === undefined) return new TransferList();
  if (!torus.intact) return scheduledTransfers(planDegraded(torus, { ...request, kind }, rates).plan);
  const layout = new UnfoldedTorus(torus, group.axes);
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
    case 'all-reduce': {
      const parts =
        kind === 'all-reduce' && exchangesWhole(group, bytes, rates)
          ? [{ bytes, phases: wholeLanes(group).map((lane) => ({ ...lane, direction: 'gather' as const })) }]
          : ringParts(kind, streamedOrders(kind, group, bytes, rates), bytes);
      const perChunk = ringTransferCount(layout, parts);
      checkTransferCount(perChunk);
      const chunks = perChunk * STREAMED_CHUNKS <= MANY_TRANSFERS ? STREAMED_CHUNKS : 1;
      return ringTransfers(layout, parts, chunks, latency);
    }
    case 'all-to-all':
      return exchanges(torus, group, bytes, latency);
    case 'broadcast':
      return broadcastDownTrees(torus, group, bytes, rates);
  }
}

/** One chunk a hop, which fills some flits, or as many as are quickly run. */
function broadcastDownTrees(torus: Torus, group: Group, bytes: number, rates: LinkRates): TransferList {
  const { trees, chunks } = fastestTreePlan(group, bytes, rates, 'flow');
  const perChunk = trees.count * torus.nodes;
  checkTransferCount(perChunk);
  const few = Math.floor(Math.min(chunks / FLOW_CHUNKS_A_HOP, TREE_CHUNKS, TREE_TRANSFERS / perChunk));
  const own = spanningEdges(trees, group.torus);
  const roots = firstChips(torus, group.axes);
  const edges = linksOfGroups(torus, group).map((onTorus, index) =>
    edgesOnTorus(own, torus, roots[index], onTorus),
  );
  return chunkedTransfers(joinEdges(edges), bytes, Math.max(1, few), rates.hopLatencySeconds);
}

/** For each group, the link of the whole torus that a link of the group's own is. */
function linksOfGroups(torus: Torus, { axes, torus: own }: Group): ((link: number) => number)[] {
  const offsets = Array.from({ length: own.nodes }, (_, member) =>
    axes.reduce((total, axis, index) => total + own.coordinate(member, index) * torus.strides[axis], 0),
  );
  return firstChips(torus, axes).map(
    (root) => (link) =>
      torus.link(root + offsets[own.linkSource(link)], axes[own.linkAxis(link)], own.linkDirection(link)),
  );
}

/** The chip of each group that comes first along all its axes. */
function firstChips(torus: Torus, axes: readonly number[]): number[] {
  return [...Array(torus.nodes).keys()].filter((node) =>
    axes.every((axis) => torus.coordinate(node, axis) === 0),
  );
}

/**
 * Every chip to every other of its group, each by one minimal route over the group's own links. Where all
 * are alike everyone sends equally far at a time, the farthest first, so that nobody is sent to by all.
 */
function exchanges(torus: Torus, group: Group, bytes: number, latencySeconds: number): TransferList {
  const own = group.torus;
  checkTransferCount(torus.nodes * (own.nodes - 1));
  const groups = linksOfGroups(torus, group);
  const list = new TransferList();
  const { hops, reached } = distancesFrom(own, 0);
  for (const further of [...reached].reverse()) {
    if (hops[further] === 0) continue;
    for (let from = 0; from < own.nodes; from++) {
      const route = routeOf(own, from, shifted(own, from, further));
      for (const onTorus of groups) {
        const links = route.map(onTorus);
        list.add({ bytes: bytes / own.nodes, links, latencySeconds: links.length * latencySeconds });
      }
    }
  }
  return list;
}

/** The chip as far from `from` along each axis as `by` is from chip 0, counted round the end. */
function shifted(torus: Torus, from: number, by: number): number {
  return torus.nodeAt(
    torus.shape.map((extent, axis) => (torus.coordinate(from, axis) + torus.coordinate(by, axis)) % extent),
  );
}
