import { type AxisTraffic, axisLoads, uniformTraffic } from './axis-traffic.ts';
import type { LinkLoads } from './candidate.ts';
import type { Group, Order, Phase } from './group.ts';
import type { LinkRates } from './request.ts';
import { axisName } from './topology.ts';

/** An all-gather over a group: parts of the array visit the axes in their own orders, steps in step. */
export interface RingPlan {
  /**
   * What runs together in each step, merged by axis; `shard` counts the parts that share it, for one byte
   * of gathered array.
   */
  readonly steps: readonly (readonly Phase[])[];
  readonly parts: readonly { readonly order: Order; readonly share: number }[];
}

const plansByGroup = new WeakMap<Group, readonly RingPlan[]>();

/** The plans worth a try: all axes at once, and each order alone (fewer hops for small arrays). */
function ringPlans(group: Group): readonly RingPlan[] {
  let plans = plansByGroup.get(group);
  if (plans === undefined) {
    const alone = group.orders.map((_, chosen) =>
      createRingPlan(
        group,
        group.orders.map((_, index) => (index === chosen ? 1 : 0)),
      ),
    );
    plans = group.axes.length === 1 ? alone : [createRingPlan(group, group.steppedShares), ...alone];
    plansByGroup.set(group, plans);
  }
  return plans;
}

/** Each order of the axes with its share of the array. */
export function createRingPlan(group: Group, shares: readonly number[]): RingPlan {
  const parts = group.orders.flatMap((order, index) =>
    shares[index] > 0 ? [{ order, share: shares[index] }] : [],
  );
  const steps = group.axes.map((_, step) => {
    const lanes: Phase[] = [];
    for (const { order, share } of parts) {
      const { axis, closed, length, shard } = order[step];
      const same = lanes.findIndex((lane) => lane.axis === axis && lane.length === length);
      const before = same === -1 ? 0 : lanes.splice(same, 1)[0].shard;
      lanes.push({ axis, closed, length, shard: before + share * shard });
    }
    return lanes;
  });
  return { steps, parts };
}

/** Seconds of the plan as an all-gather or a reduce-scatter (the same backwards) of `bytes`. */
export function ringPlanSeconds(plan: RingPlan, bytes: number, rates: LinkRates): number {
  let seconds = 0;
  for (const lanes of plan.steps) {
    let slowest = 0;
    for (const lane of lanes) {
      let onAxis = 0;
      for (const other of lanes) if (other.axis === lane.axis) onAxis += laneSeconds(other, bytes, rates);
      slowest = Math.max(slowest, onAxis);
    }
    seconds += slowest;
  }
  return seconds;
}

/**
 * A ring sends whole shards both ways; at an even length each way brings half of the one opposite. A line
 * passes all shards of one side over its last link. A hop costs max(latency, bytes / rate).
 */
export function laneSeconds(lane: Phase, bytes: number, rates: LinkRates): number {
  const sending = (bytes * lane.shard) / rates.linkBytesPerSecond;
  const hop = Math.max(rates.hopLatencySeconds, sending);
  if (!lane.closed) return (lane.length - 1) * hop;
  const opposite = lane.length % 2 === 0 ? Math.max(rates.hopLatencySeconds, sending / 2) : 0;
  return Math.floor((lane.length - 1) / 2) * hop + opposite;
}

/** One lane after another that carry everything whole, in the first order of the axes. */
export function wholeLanes(group: Group): readonly Phase[] {
  return group.orders[0].map((phase) => ({ ...phase, shard: 1 }));
}

export function laneHops(lane: Phase): number {
  return lane.closed ? Math.floor(lane.length / 2) : lane.length - 1;
}

export function ringPlanHops(plan: RingPlan): number {
  return plan.steps.reduce((total, lanes) => total + Math.max(...lanes.map(laneHops)), 0);
}

/** `x, then y` or `x, y and z at once`, in the names of the whole torus. */
export function describeRingPlan(plan: RingPlan, group: Group): string {
  if (plan.parts.length === 1) {
    return plan.parts[0].order.map((phase) => axisName(group.axes[phase.axis])).join(', then ');
  }
  const names = group.axes.map(axisName);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} at once, ${plan.parts.length} parts in rotated orders`;
}

/** The plan that takes least time; of equals the one with all axes at once. */
export function fastestRingPlan(group: Group, bytes: number, rates: LinkRates): RingPlan {
  const plans = ringPlans(group);
  let best = plans[0];
  let bestSeconds = ringPlanSeconds(best, bytes, rates);
  for (const plan of plans) {
    const seconds = ringPlanSeconds(plan, bytes, rates);
    if (seconds < bestSeconds) {
      best = plan;
      bestSeconds = seconds;
    }
  }
  return best;
}

/** Bytes a chip takes in in an all-gather, and the most that one of them sends (inner chips of a line relay). */
export function ringBytes(plan: RingPlan, bytes: number): { own: number; most: number } {
  let own = 0;
  let most = 0;
  for (const lanes of plan.steps) {
    for (const { closed, length, shard } of lanes) {
      own += (length - 1) * shard * bytes;
      most += (closed ? length - 1 : length === 2 ? 1 : length + 1) * shard * bytes;
    }
  }
  return { own, most };
}

/** What the axes of a group close to. */
export function ringWords(group: Group): string {
  const { wraps } = group.torus;
  return wraps.every(Boolean) ? 'two-way rings' : wraps.some(Boolean) ? 'two-way rings and lines' : 'lines';
}

/** Why a plan was the fastest. */
export function ringReason(plan: RingPlan, group: Group): string {
  const open = group.axes.filter((_, index) => !group.torus.wraps[index]).map(axisName);
  const line =
    open.length === 0
      ? ''
      : open.length === 1
        ? `; ${open[0]} does not wrap, so its end links carry all`
        : `; ${open.join(' and ')} do not wrap, so their end links carry all`;
  if (group.axes.length === 1) return `one axis: both directions of it carry data${line}`;
  return plan.parts.length > 1
    ? `large enough that every axis is kept busy${line}`
    : `so small that hops decide: one axis after another makes fewest${line}`;
}

/** Loads of a plan; `onLine` of the bytes of all its shards where an axis does not close. */
export function ringLinks(
  plan: RingPlan,
  group: Group,
  bytes: number,
  onLine: (shard: number, length: number) => AxisTraffic,
): LinkLoads {
  const { shape, wraps } = group.torus;
  const traffic = shape.map((length, axis) => {
    let turns = 0;
    let shard = 0;
    for (const lane of plan.steps.flat()) {
      if (lane.axis !== axis) continue;
      turns += ((lane.length - 1) / 2) * lane.shard * bytes;
      shard += lane.shard * bytes;
    }
    return wraps[axis] ? uniformTraffic(turns, length) : onLine(shard, length);
  });
  return axisLoads(traffic, group);
}
