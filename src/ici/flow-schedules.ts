import { uniformLoads } from './distances.ts';
import type { FoldedTorus } from './folded-torus.ts';
import type { Group, Order, Phase } from './group.ts';
import { addStreamedPart, type StreamedPart } from './ring-schedule.ts';
import type { ScheduleLayout } from './schedule-layout.ts';
import type { Direction, Torus } from './topology.ts';
import { TransferList } from './transfers.ts';

export type RingKind = 'all-gather' | 'reduce-scatter' | 'all-reduce';

/** What streams through rings and lines: for each order the phases of the collective and the part's bytes. */
export function ringParts(
  kind: RingKind,
  orders: readonly { readonly order: Order; readonly share: number }[],
  bytes: number,
): readonly StreamedPart[] {
  return orders.map(({ order, share }) => {
    const gather = order.map((phase) => ({ ...phase, direction: 'gather' as const }));
    const scatter = [...order].reverse().map((phase) => ({ ...phase, direction: 'scatter' as const }));
    const phases =
      kind === 'all-gather' ? gather : kind === 'reduce-scatter' ? scatter : [...scatter, ...gather];
    return { bytes: bytes * share, phases };
  });
}

export function ringTransfers(
  layout: ScheduleLayout,
  parts: readonly StreamedPart[],
  chunks: number,
  latencySeconds: number,
): TransferList {
  const list = new TransferList();
  for (const part of parts) addStreamedPart(list, layout, part, chunks, latencySeconds);
  return list;
}

/** Transfers that one chunk of these parts makes: what a schedule costs to run. */
export function ringTransferCount(layout: ScheduleLayout, parts: readonly StreamedPart[]): number {
  const ofPhase = ({ closed, length }: Phase): number =>
    layout.chips * (closed ? layout.ways.length * Math.floor(length / 2) : length);
  return parts.reduce((total, { phases }) => phases.reduce((sum, phase) => sum + ofPhase(phase), total), 0);
}

/**
 * Every chip sends to every other from the start. One chip stands for all that look alike: its flow to a
 * chip d further crosses a closed axis as often as d is long there, and each crossing is one of the flows
 * that really meet on that link.
 */
export function allToAllTransfers(
  group: Group,
  folded: FoldedTorus,
  bytes: number,
  latencySeconds: number,
): TransferList {
  const { torus } = group;
  const list = new TransferList();
  for (let chip = 0; chip < folded.chips; chip++) {
    const source = folded.nodeOf(chip);
    for (let target = 0; target < torus.nodes; target++) {
      if (target === source) continue;
      const { links, crossings, hops } = torus.twisted
        ? twistedCrossings(torus, folded, target)
        : crossingsTo(torus, folded, chip, source, target);
      list.add({ bytes: bytes / torus.nodes, links, crossings, latencySeconds: hops * latencySeconds });
    }
  }
  return list;
}

interface Crossings {
  readonly links: readonly number[];
  readonly crossings: readonly number[];
  readonly hops: number;
}

/** The mirror image of a flow goes the other way round at the same time: each way carries half of both. */
const HALF = 0.5;

function crossingsTo(
  torus: Torus,
  folded: FoldedTorus,
  chip: number,
  source: number,
  target: number,
): Crossings {
  const links: number[] = [];
  const crossings: number[] = [];
  let hops = 0;
  let at = chip;
  for (let axis = 0; axis < torus.axes; axis++) {
    const delta = torus.coordinate(target, axis) - torus.coordinate(source, axis);
    if (delta === 0) continue;
    if (torus.wraps[axis]) {
      const steps = Math.min(Math.abs(delta), torus.shape[axis] - Math.abs(delta));
      links.push(folded.link(at, axis, 0));
      crossings.push(steps * HALF);
      hops += steps;
      continue;
    }
    for (let step = 0; step < Math.abs(delta); step++) {
      links.push(folded.link(at, axis, delta > 0 ? 0 : 1));
      crossings.push(1);
      at += Math.sign(delta) * folded.stride(axis);
      hops += 1;
    }
  }
  return { links, crossings, hops };
}

/** On a twisted torus a flow splits over all its minimal paths. */
function twistedCrossings(torus: Torus, folded: FoldedTorus, target: number): Crossings {
  const { steps } = uniformLoads(torus);
  const links: number[] = [];
  const crossings: number[] = [];
  let hops = 0;
  for (let axis = 0; axis < torus.axes; axis++) {
    const port = target * torus.axes * 2 + axis * 2;
    const along = steps[port] + steps[port + 1];
    if (along === 0) continue;
    links.push(folded.link(0, axis, 0));
    crossings.push(along * HALF);
    hops += along;
  }
  return { links, crossings, hops };
}

/**
 * Chips send a message down trees, in chunks: for each axis that comes first, and for each way round it, one
 * tree with an equal part. `roots` are one chip of each group, at the start of its open axes.
 */
export function broadcastTransfers(
  layout: ScheduleLayout,
  group: Group,
  roots: readonly number[],
  bytes: number,
  chunks: number,
  latencySeconds: number,
): TransferList {
  const list = new TransferList();
  const trees = group.axes.flatMap((_, first) =>
    ([0, 1] as const).map((direction) => ({ first, direction })),
  );
  for (const { first, direction } of trees) {
    const order = group.orders.find((each) => each[0].axis === first) ?? [];
    const edges = roots.flatMap((root) => treeEdges(layout, root, order, direction));
    const ahead = new Map<number, number>();
    for (let chunk = 0; chunk < chunks; chunk++) {
      const holds = new Map<number, number>();
      for (const { link, from, to } of edges) {
        const parent = holds.get(from);
        const before = ahead.get(link);
        const transfer = list.add({
          bytes: bytes / trees.length / chunks,
          links: [link],
          latencySeconds,
          after: parent === undefined ? [] : [parent],
          behind: before === undefined ? [] : [before],
        });
        ahead.set(link, transfer);
        holds.set(to, transfer);
      }
    }
  }
  return list;
}

interface TreeEdge {
  readonly link: number;
  readonly from: number;
  readonly to: number;
}

/** Along the first axis of the order from the root, from all those along the next; parents before children. */
function treeEdges(
  layout: ScheduleLayout,
  root: number,
  order: Order,
  direction: Direction,
): readonly TreeEdge[] {
  const edges: TreeEdge[] = [];
  let holders: readonly number[] = [root];
  for (const phase of order) {
    const along = phase.closed ? direction : 0;
    const next = [...holders];
    for (const holder of holders) {
      let from = holder;
      for (let step = 1; step < phase.length; step++) {
        const to = layout.next(from, phase.axis, along);
        edges.push({ link: layout.link(from, phase.axis, along), from, to });
        next.push(to);
        from = to;
      }
    }
    holders = next;
  }
  return edges;
}
