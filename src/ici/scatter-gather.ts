import { sum } from '../base/integers.ts';
import { gatherTraffic, reduceTraffic } from './axis-traffic.ts';
import type { Candidate } from './candidate.ts';
import type { Group, Phase } from './group.ts';
import type { LinkRates } from './request.ts';
import {
  describeRingPlan,
  fastestRingPlan,
  ringBytes,
  ringLinks,
  ringPlanHops,
  ringPlanSeconds,
  ringWords,
} from './ring-plan.ts';
import type { Torus } from './topology.ts';

/** A broadcast in which every chip gets its own piece, then all gather: twice the bytes of the bound, but few hops. */
export function scatterAndGather(group: Group, bytes: number, rates: LinkRates): Candidate {
  const plan = fastestRingPlan(group, bytes, rates);
  const { own, most } = ringBytes(plan, bytes);
  const gather = ringLinks(plan, group, bytes, gatherTraffic);
  // On the first chip's links scatter and gather carry what reduce-scatter and all-gather would.
  const both = ringLinks(plan, group, 2 * bytes, (shard, length) => reduceTraffic(shard / 2, length));
  const stages = plan.parts.map(({ order, share }) => ({ order: [...order].reverse(), share }));
  return {
    seconds: 2 * ringPlanSeconds(plan, bytes, rates),
    algorithm: `scatter and all-gather in ${ringWords(group)} along ${describeRingPlan(plan, group)}`,
    reason: 'hops and bytes cost about the same: pieces need fewer hops than trees that use every link',
    steps: 2 * ringPlanHops(plan),
    chipBytes: { sent: own + most, received: own, reduced: 0 },
    largestLinkBytes: both.largestLinkBytes,
    groupLinkBytes:
      gather.groupLinkBytes + sum(stages.map(({ order, share }) => scatterBytes(order, share * bytes))),
    linkBytes: (torus) => {
      const links = gather.linkBytes(torus);
      for (const { order, share } of stages) {
        spreadFromFirst(torus, group, order, links, (ahead, phase) => ahead * phase.shard * share * bytes);
      }
      return links;
    },
  };
}
/** Bytes on all links when the first chip hands out `bytes` in pieces, one axis after another. */
function scatterBytes(order: readonly Phase[], bytes: number): number {
  let holders = 1;
  let total = 0;
  for (const { closed, length, shard } of order) {
    const passes = closed ? Math.floor((length * length) / 4) : (length * (length - 1)) / 2;
    total += holders * passes * shard * bytes;
    holders *= length;
  }
  return total;
}

/** How many chips lie ahead of the first one in one direction; of two that meet half way, half a chip. */
function chipsAhead(phase: Phase): number {
  return phase.closed ? (phase.length - 1) / 2 : phase.length - 1;
}

/**
 * Adds to `links` what flows from the first chip of each group along the first axis, from all those chips
 * along the next, and so on; `bytesOf(ahead, phase)` on a link with `ahead` chips still beyond it.
 */
function spreadFromFirst(
  torus: Torus,
  group: Group,
  order: readonly Phase[],
  links: Float64Array,
  bytesOf: (ahead: number, phase: Phase) => number,
): void {
  const first = Array.from({ length: torus.nodes }, (_, node) => node).filter((node) =>
    group.axes.every((axis) => torus.coordinate(node, axis) === 0),
  );
  let holders: readonly number[] = first;
  for (const phase of order) {
    const axis = group.axes[phase.axis];
    for (const direction of phase.closed ? ([0, 1] as const) : ([0] as const)) {
      for (const holder of holders) {
        let node = holder;
        for (let ahead = chipsAhead(phase); ahead > 0; ahead -= 1) {
          const link = torus.link(node, axis, direction);
          links[link] += bytesOf(ahead, phase);
          node = torus.targets[link];
        }
      }
    }
    holders = holders.flatMap((holder) => line(torus, holder, axis, phase.length));
  }
}

/** `length` chips from `node` upwards. */
function line(torus: Torus, node: number, axis: number, length: number): number[] {
  const chips = [node];
  while (chips.length < length) chips.push(torus.targets[torus.link(chips[chips.length - 1], axis, 0)]);
  return chips;
}
