import { sum } from '../base/integers.ts';
import {
  axisLoads,
  exchangeTraffic,
  gatherTraffic,
  reduceTraffic,
  scatterTraffic,
  uniformTraffic,
} from './axis-traffic.ts';
import { cutLoad, diameterOf } from './bounds.ts';
import { broadcast } from './broadcast.ts';
import type { Candidate } from './candidate.ts';
import { uniformLoads } from './distances.ts';
import type { Group } from './group.ts';
import type { CollectiveKind, LinkRates } from './request.ts';
import {
  describeRingPlan,
  fastestRingPlan,
  laneHops,
  laneSeconds,
  type RingPlan,
  ringBytes,
  ringLinks,
  ringPlanHops,
  ringPlanSeconds,
  ringReason,
  ringWords,
  wholeLanes,
} from './ring-plan.ts';
import { axisName } from './topology.ts';

/** The fastest of the ways this model knows to do a collective over a whole group. */
export function closedForm(
  kind: Exclude<CollectiveKind, 'collective-permute'>,
  group: Group,
  bytes: number,
  rates: LinkRates,
): Candidate {
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
      return gatherOrScatter(kind, fastestRingPlan(group, bytes, rates), group, bytes, rates);
    case 'all-reduce':
      return allReduce(group, bytes, rates);
    case 'all-to-all':
      return allToAll(group, bytes, rates);
    case 'broadcast':
      return broadcast(group, bytes, rates);
  }
}

function gatherOrScatter(
  kind: 'all-gather' | 'reduce-scatter',
  plan: RingPlan,
  group: Group,
  bytes: number,
  rates: LinkRates,
): Candidate {
  const gathering = kind === 'all-gather';
  const { most, own } = ringBytes(plan, bytes);
  return {
    seconds: ringPlanSeconds(plan, bytes, rates),
    algorithm: `${ringWords(group)} along ${describeRingPlan(plan, group)}`,
    reason: ringReason(plan, group),
    steps: ringPlanHops(plan),
    chipBytes: gathering
      ? { sent: most, received: own, reduced: 0 }
      : { sent: own, received: most, reduced: most },
    ...ringLinks(plan, group, bytes, gathering ? gatherTraffic : scatterTraffic),
  };
}

/** Whether so little is reduced that whole buffers are exchanged instead of pieces. */
export function exchangesWhole(group: Group, bytes: number, rates: LinkRates): boolean {
  const rings = 2 * ringPlanSeconds(fastestRingPlan(group, bytes, rates), bytes, rates);
  return sum(wholeLanes(group).map((lane) => laneSeconds(lane, bytes, rates))) < rings;
}

function allReduce(group: Group, bytes: number, rates: LinkRates): Candidate {
  if (exchangesWhole(group, bytes, rates)) return exchangeAndAdd(group, bytes, rates);
  const plan = fastestRingPlan(group, bytes, rates);
  const { most, own } = ringBytes(plan, bytes);
  return {
    seconds: 2 * ringPlanSeconds(plan, bytes, rates),
    algorithm: `reduce-scatter and all-gather in ${ringWords(group)} along ${describeRingPlan(plan, group)}`,
    reason: ringReason(plan, group),
    steps: 2 * ringPlanHops(plan),
    chipBytes: { sent: most + own, received: most + own, reduced: most },
    ...ringLinks(plan, group, 2 * bytes, (shard, length) => reduceTraffic(shard / 2, length)),
  };
}

/** All-reduce of little data: axis by axis everyone sends everyone the whole buffer and adds. */
function exchangeAndAdd(group: Group, bytes: number, rates: LinkRates): Candidate {
  const lanes = wholeLanes(group);
  const received = sum(lanes.map((lane) => (lane.length - 1) * bytes));
  return {
    seconds: sum(lanes.map((lane) => laneSeconds(lane, bytes, rates))),
    algorithm: `whole buffers exchanged and added along ${group.axes.map(axisName).join(', then ')}`,
    reason: 'so small that hops cost more than bytes: half the hops of reduce-scatter and all-gather',
    steps: sum(lanes.map(laneHops)),
    chipBytes: { sent: received, received, reduced: received },
    ...axisLoads(
      lanes.map(({ closed, length, axis }) =>
        closed
          ? uniformTraffic(((length - 1) / 2) * bytes, group.torus.shape[axis])
          : gatherTraffic(bytes, length),
      ),
      group,
    ),
  };
}

/** Every link is busy at once; what is farthest leaves first, so that hops hide behind bytes. */
function allToAll(group: Group, bytes: number, rates: LinkRates): Candidate {
  const { torus } = group;
  const hops = diameterOf(torus);
  const remote = (bytes * (torus.nodes - 1)) / torus.nodes;
  const traffic = torus.shape.map((length, axis) => {
    if (torus.twisted) {
      const { perLink } = uniformLoads(torus);
      return uniformTraffic((perLink[2 * axis] / torus.nodes) * bytes, length);
    }
    return torus.wraps[axis]
      ? uniformTraffic(cutLoad(torus, axis) * bytes, length)
      : exchangeTraffic(bytes / length, length);
  });
  const loads = traffic.map((each) => each.largest);
  const largest = Math.max(...loads);
  const busiest = axisName(group.axes[loads.indexOf(largest)]);
  const level = loads.every((load) => load >= largest * 0.999);
  return {
    seconds: Math.max(hops * rates.hopLatencySeconds, largest / rates.linkBytesPerSecond),
    algorithm: torus.twisted
      ? 'direct, split over all minimal paths'
      : 'direct, minimal routes in dimension order',
    reason: level ? 'all axes carry the same' : `axis ${busiest} carries most: its cut is the narrowest`,
    steps: hops,
    chipBytes: { sent: remote, received: remote, reduced: 0 },
    ...axisLoads(traffic, group),
  };
}
