import { uniformLoads } from './distances.ts';
import type { FoldedTorus } from './folded-torus.ts';
import type { Group, Order, Phase } from './group.ts';
import { addStreamedPart, type StreamedPart } from './ring-schedule.ts';
import type { ScheduleLayout } from './schedule-layout.ts';
import type { RingKind } from './streamed-form.ts';
import type { Torus } from './topology.ts';
import { TransferList } from './transfers.ts';

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
  parts.forEach((part, number) => {
    addStreamedPart(list, layout, part, chunks, latencySeconds, number);
  });
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
