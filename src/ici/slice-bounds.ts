import type { DcnPort } from '../hardware/dcn.ts';
import { narrowestPorts } from './bounds.ts';
import type { Group } from './group.ts';
import type { CollectiveKind, LinkRates } from './request.ts';

export interface SliceBound {
  readonly effective: number;
  readonly physical: number;
  /** Bytes through the ports alone. */
  readonly portSeconds: number;
}

/** A collective over slices, as its bound sees it. */
export interface SpannedCollective {
  readonly kind: CollectiveKind;
  /** The part of it in one slice; `undefined` for a single chip. */
  readonly group: Group | undefined;
  /** Chips of a group that are there in each slice. */
  readonly chips: number;
  readonly slices: number;
  readonly bytes: number;
}

/**
 * What no schedule over slices can beat, whichever network its bytes take. Each slice has the ports of its
 * chips and no other way out, and something must make one way at least. Each chip has its links and its port
 * together.
 */
export function boundAcross(
  { kind, group, chips, slices, bytes }: SpannedCollective,
  rates: LinkRates,
  port: DcnPort,
): SliceBound {
  const portSeconds = (bytes * portLoad(kind, chips, slices)) / port.bytesPerSecond;
  const loadAt = (linkRate: number): number =>
    chipLoad({ kind, group, chips, slices, bytes }, linkRate, port.bytesPerSecond);
  const atRate = (linkRate: number): number => Math.max(portSeconds, bytes * loadAt(linkRate));
  return {
    effective: Math.max(atRate(rates.linkBytesPerSecond), port.latencySeconds),
    physical: atRate(rates.physicalLinkBytesPerSecond),
    portSeconds,
  };
}

/** Bytes through each port, all alike, for one byte of the request. */
function portLoad(kind: CollectiveKind, chips: number, slices: number): number {
  const remote = (slices - 1) / slices;
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
      return remote / chips;
    case 'all-reduce':
      // Patarasuk and Yuan (JPDC 69(2) 2009) with slices for nodes: S - 1 sends to sum an element, S - 1 to know it.
      return (2 * remote) / chips;
    case 'all-to-all':
      return remote;
    case 'broadcast':
      return 1 / chips;
    case 'collective-permute':
      return 1;
  }
}

/** Seconds in which a chip takes in what it must for one byte of the request, over links and port at once. */
function chipLoad(
  { kind, group, chips, slices }: SpannedCollective,
  linkRate: number,
  portRate: number,
): number {
  const remote = (chips * slices - 1) / (chips * slices);
  const ports = group === undefined ? 0 : narrowestPorts(group.torus);
  const narrowest = ports * linkRate + portRate;
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
    case 'all-to-all':
      return remote / narrowest;
    case 'all-reduce': {
      const mean =
        (group === undefined ? 0 : (group.torus.linkCount / group.torus.nodes) * linkRate) + portRate;
      return Math.max((2 * remote) / mean, 1 / narrowest);
    }
    case 'broadcast':
    case 'collective-permute':
      return 1 / narrowest;
  }
}
