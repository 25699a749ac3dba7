import { sum } from '../base/integers.ts';
import type { LinkLoads } from './candidate.ts';
import type { Group } from './group.ts';
import type { Torus } from './topology.ts';

/**
 * What a collective puts on the links of one axis of its group. All lines of chips along the axis carry the
 * same; within one, the link from position i downwards mirrors the one from length - 1 - i upwards.
 */
export interface AxisTraffic {
  /** Bytes on the busiest link. */
  readonly largest: number;
  /** Bytes on all links, both directions, of one line of chips. */
  readonly perLine: number;
  /** Bytes on the upward link at `position`. */
  at(position: number): number;
}

/** Both directions of a ring, the same everywhere. */
export function uniformTraffic(bytes: number, length: number): AxisTraffic {
  return { largest: bytes, perLine: 2 * length * bytes, at: () => bytes };
}

/** All-gather on a line: the link from i carries the shards of chips 0 to i. */
export function gatherTraffic(shard: number, length: number): AxisTraffic {
  return {
    largest: (length - 1) * shard,
    perLine: length * (length - 1) * shard,
    at: (position) => (position + 1) * shard,
  };
}

/** Reduce-scatter on a line: the link from i carries one partial sum for each chip beyond it. */
export function scatterTraffic(shard: number, length: number): AxisTraffic {
  return { ...gatherTraffic(shard, length), at: (position) => (length - 1 - position) * shard };
}

/** Every chip of a line sends `bytes` to each other one. */
export function exchangeTraffic(bytes: number, length: number): AxisTraffic {
  const half = Math.floor(length / 2);
  return {
    largest: half * (length - half) * bytes,
    perLine: ((length * length * length - length) / 3) * bytes,
    at: (position) => (position + 1) * (length - 1 - position) * bytes,
  };
}

/** Reduce-scatter and all-gather on a line: what one leaves free on a link the other takes. */
export function reduceTraffic(shard: number, length: number): AxisTraffic {
  const bytes = length * shard;
  return { largest: bytes, perLine: 2 * (length - 1) * bytes, at: () => bytes };
}

/** Loads of a group from the traffic of each of its axes. */
export function axisLoads(traffic: readonly AxisTraffic[], group: Group): LinkLoads {
  const { nodes, shape } = group.torus;
  return {
    largestLinkBytes: Math.max(...traffic.map((each) => each.largest)),
    groupLinkBytes: sum(traffic.map((each, axis) => (each.perLine * nodes) / shape[axis])),
    linkBytes: (torus) => spreadTraffic(torus, group, traffic),
  };
}

/** Bytes on every directed link of the whole torus from what each axis of the group carries. */
function spreadTraffic(torus: Torus, group: Group, traffic: readonly AxisTraffic[]): Float64Array {
  const bytes = new Float64Array(torus.linkSlots);
  group.axes.forEach((axis, index) => {
    const length = torus.shape[axis];
    const closed = group.torus.wraps[index];
    const upward = Float64Array.from({ length }, (_, position) =>
      closed || position < length - 1 ? traffic[index].at(position) : 0,
    );
    for (let node = 0; node < torus.nodes; node++) {
      const position = torus.coordinate(node, axis);
      bytes[torus.link(node, axis, 0)] = upward[position];
      bytes[torus.link(node, axis, 1)] = upward[length - 1 - position];
    }
  });
  return bytes;
}
