import { gatherTraffic, reduceTraffic, scatterTraffic } from './axis-traffic.ts';
import type { Candidate } from './candidate.ts';
import type { Group } from './group.ts';
import type { CollectiveKind, LinkRates } from './request.ts';
import {
  createRingPlan,
  describeRingPlan,
  laneSeconds,
  type RingPlan,
  ringBytes,
  ringLinks,
  ringPlanHops,
  ringWords,
} from './ring-plan.ts';

export type RingKind = Extract<CollectiveKind, 'all-gather' | 'reduce-scatter' | 'all-reduce'>;

const MOST_CHUNKS = 1024;

/**
 * A ring collective in chunks that follow one another from phase to phase, so that no axis waits for a slower
 * one. In round r a phase works on the chunk that the phase before it worked on in round r - 1; all phases on
 * an axis share a round. With p phases and n chunks that makes n + p - 1 rounds, each as long as the axis that
 * has most to do. `undefined` where chunks bring nothing: one ring.
 */
export function streamedForm(
  kind: RingKind,
  group: Group,
  bytes: number,
  rates: LinkRates,
): Candidate | undefined {
  const plan = streamedPlan(kind, group);
  const passes = kind === 'all-reduce' ? 2 : 1;
  const phases = passes * group.axes.length;
  if (phases === 1) return undefined;
  let seconds = Number.POSITIVE_INFINITY;
  let chunks = 1;
  for (let count = 2; count <= MOST_CHUNKS; count *= 2) {
    const each = (count + phases - 1) * roundSeconds(plan, passes, bytes / count, rates);
    if (each >= seconds) break;
    seconds = each;
    chunks = count;
  }
  const { most, own } = ringBytes(plan, bytes);
  const open = !group.torus.wraps.every(Boolean);
  return {
    seconds,
    algorithm: `${passes === 2 ? 'reduce-scatter and all-gather in ' : ''}${ringWords(group)} along ${describeRingPlan(plan, group)}, ${chunks} chunks streamed`,
    reason:
      passes === 2 && open
        ? 'large enough to stream: on a line gather and scatter each take the links that the other leaves free'
        : 'large enough to stream: chunks keep axes of unequal length busy together',
    steps: passes * ringPlanHops(plan),
    ...costs(kind, plan, group, bytes, most, own),
  };
}

function costs(
  kind: RingKind,
  plan: RingPlan,
  group: Group,
  bytes: number,
  most: number,
  own: number,
): Pick<Candidate, 'chipBytes' | 'largestLinkBytes' | 'groupLinkBytes' | 'linkBytes'> {
  switch (kind) {
    case 'all-gather':
      return {
        chipBytes: { sent: most, received: own, reduced: 0 },
        ...ringLinks(plan, group, bytes, gatherTraffic),
      };
    case 'reduce-scatter':
      return {
        chipBytes: { sent: own, received: most, reduced: most },
        ...ringLinks(plan, group, bytes, scatterTraffic),
      };
    case 'all-reduce':
      return {
        chipBytes: { sent: most + own, received: most + own, reduced: most },
        ...ringLinks(plan, group, 2 * bytes, (shard, length) => reduceTraffic(shard / 2, length)),
      };
  }
}

const plansByGroup = new WeakMap<Group, Map<RingKind, RingPlan>>();

function streamedPlan(kind: RingKind, group: Group): RingPlan {
  const plans = plansByGroup.get(group) ?? new Map<RingKind, RingPlan>();
  plansByGroup.set(group, plans);
  const known = plans.get(kind);
  if (known !== undefined) return known;
  const plan = createRingPlan(group, kind === 'all-reduce' ? group.reducedShares : group.streamedShares);
  plans.set(kind, plan);
  return plan;
}

/**
 * One chunk through every phase of the axis that has most to do. A line gathers and scatters at once: the link
 * from position i of L upwards gathers in the hops 0 to i of a round and scatters in those from i + 1 to L - 1.
 */
function roundSeconds({ parts }: RingPlan, passes: number, chunkBytes: number, rates: LinkRates): number {
  const onAxis = new Map<number, number>();
  for (const { order, share } of parts) {
    for (const phase of order) {
      const lane = { ...phase, shard: phase.shard * share };
      const hop = Math.max(rates.hopLatencySeconds, (chunkBytes * lane.shard) / rates.linkBytesPerSecond);
      const seconds =
        passes === 2 && !phase.closed ? phase.length * hop : passes * laneSeconds(lane, chunkBytes, rates);
      onAxis.set(phase.axis, (onAxis.get(phase.axis) ?? 0) + seconds);
    }
  }
  return Math.max(...onAxis.values());
}
