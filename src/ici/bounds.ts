import { sum } from '../base/integers.ts';
import { uniformLoads } from './distances.ts';
import type { Group } from './group.ts';
import type { CollectiveKind, LinkRates } from './request.ts';
import type { Torus } from './topology.ts';

/** What no schedule can beat: bytes that must pass the narrowest cut, and hops that must be made. */
export interface Bound {
  /** Bytes on one link of the narrowest cut, for each byte of the request. */
  readonly bytesPerByte: number;
  readonly hops: number;
  /** Hops that some chip still waits for when the last byte has passed that cut; 0 if left out. */
  readonly hopsBehind?: number;
}

export function boundSeconds(
  bound: Bound,
  bytes: number,
  rates: LinkRates,
): { effective: number; physical: number } {
  const crossing = bound.bytesPerByte * bytes;
  const latency = rates.hopLatencySeconds;
  const crossed = crossing / rates.linkBytesPerSecond + (bound.hopsBehind ?? 0) * latency;
  return {
    effective: bytes === 0 ? 0 : Math.max(crossed, bound.hops * latency),
    physical: crossing / rates.physicalLinkBytesPerSecond,
  };
}

/** Bound of a collective over a whole group; a permute's depends on its pairs. */
export function boundOf(kind: Exclude<CollectiveKind, 'collective-permute'>, group: Group): Bound {
  const { torus } = group;
  const remote = (torus.nodes - 1) / torus.nodes;
  const ports = narrowestPorts(torus);
  const hops = diameterOf(torus);
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
      // Every chip takes in (or gives away) all that is not its own, and so does every layer across an axis.
      return { bytesPerByte: Math.max(remote / ports, layerLoad(torus)), hops };
    case 'all-reduce':
      // Each element needs N - 1 sends to be summed and N - 1 to be known (Patarasuk and Yuan, JPDC 69(2)
      // 2009), and every chip, and every layer across an axis, takes in at least one sum.
      return {
        bytesPerByte: Math.max(
          (2 * (torus.nodes - 1)) / torus.linkCount,
          1 / Math.min(ports, narrowestSection(torus)),
        ),
        hops,
      };
    case 'all-to-all':
      return { bytesPerByte: Math.max(remote / ports, distanceLoad(torus), widestCutLoad(torus)), hops };
    case 'broadcast': {
      // The last byte to leave the first chip is then next to it, and the farthest chip wants it as well.
      const hopsBehind = ports <= narrowestSection(torus) ? hops - 1 : 0;
      return { bytesPerByte: 1 / Math.min(ports, narrowestSection(torus)), hops, hopsBehind };
    }
  }
}

/** Links out of the chip that has fewest. */
export function narrowestPorts(torus: Torus): number {
  return sum(torus.shape.map((extent, axis) => (extent === 1 ? 0 : torus.wraps[axis] ? 2 : 1)));
}

/** Links one way across the axis that has fewest: fewer than a chip's only where a closed axis has two chips. */
function narrowestSection(torus: Torus): number {
  const across = torus.shape.map((extent, axis) =>
    extent === 1 ? Number.POSITIVE_INFINITY : (torus.nodes / extent) * (torus.wraps[axis] ? 2 : 1),
  );
  return Math.min(...across);
}

/** Of a gathered array, what an outer layer across an axis takes in over each link into it. */
function layerLoad(torus: Torus): number {
  // The wraps of a twisted torus lead into more layers than one.
  if (torus.twisted) return 0;
  const loads = torus.shape.map((extent, axis) =>
    extent === 1 ? 0 : (extent - 1) / torus.nodes / (torus.wraps[axis] ? 2 : 1),
  );
  return Math.max(...loads);
}

export function diameterOf(torus: Torus): number {
  if (torus.twisted) return uniformLoads(torus).diameter;
  return sum(torus.shape.map((extent, axis) => (torus.wraps[axis] ? Math.floor(extent / 2) : extent - 1)));
}

/** Mean hops over all ordered pairs, a chip with itself included. */
function meanHopsOf(torus: Torus): number {
  if (torus.twisted) return uniformLoads(torus).meanHops;
  return sum(
    torus.shape.map((extent, axis) =>
      torus.wraps[axis] ? Math.floor((extent * extent) / 4) / extent : (extent * extent - 1) / (3 * extent),
    ),
  );
}

/** All-to-all: every byte occupies as many links as its way is long. */
function distanceLoad(torus: Torus): number {
  return (torus.nodes * meanHopsOf(torus)) / torus.linkCount;
}

/** All-to-all: half the chips send half their data across the middle of an axis, each way. */
function widestCutLoad(torus: Torus): number {
  return Math.max(...torus.shape.map((_, axis) => cutLoad(torus, axis)));
}

/**
 * Bytes on each link that crosses the middle of an axis, for one byte of buffer: p (d - p) / d, halved by the
 * second way round. It is also the largest load that minimal routing makes on an axis of a regular torus.
 */
export function cutLoad(torus: Torus, axis: number): number {
  // The wraps of a twisted torus cross other cuts as well, which widens this one.
  if (torus.twisted) return 0;
  const extent = torus.shape[axis];
  const part = Math.floor(extent / 2);
  return (part * (extent - part)) / extent / (torus.wraps[axis] ? 2 : 1);
}
