import { InputError } from '../base/result.ts';
import { planCollective } from './collective.ts';
import type { LinkRates } from './request.ts';
import { Torus } from './topology.ts';

/** The collectives whose time in ASTRA-sim has an exact formula. */
export const ASTRA_SIM_KINDS = ['all-gather', 'reduce-scatter', 'all-reduce', 'all-to-all'] as const;
export type AstraSimKind = (typeof ASTRA_SIM_KINDS)[number];

export interface AstraSimRing {
  /** Chips on the ring. */
  readonly chips: number;
  /** What the configuration calls GB/s: 2^30 bytes a second. */
  readonly gibibytesPerSecond: number;
  readonly latencyNanoseconds: number;
  /** Pieces that the collective is cut in and that run one after another. */
  readonly splits: number;
  /** ASTRA-sim's communication size: the shard for an all-gather, the chip's buffer for all others. */
  readonly bytes: number;
}

export interface AstraSimResult {
  readonly nanoseconds: number;
  /** What the bytes need over both directions of the ring, at the same rate and without any latency. */
  readonly lowerBoundNanoseconds: number;
  /** False where whole nanoseconds, rounded down hop by hop, fall below that bound. */
  readonly physical: boolean;
  /** The same collective in the closed form of this engine. */
  readonly systoleNanoseconds: number;
}

/** Memory rate that reductions are charged at: 1600 bytes a nanosecond, three passes over the data. */
const MEMORY_BYTES_PER_NANOSECOND = 1600;
const REDUCTION_PASSES = 3;
const ENDPOINT_DELAY_NANOSECONDS = 10;

/**
 * What ASTRA-sim 2 with its analytical network reports for one queue on a one-dimensional ring (head of March
 * 2026, congestion-unaware and -aware alike): one-way rings, times of hops cut to whole nanoseconds.
 */
export function astraSim(kind: AstraSimKind, ring: AstraSimRing): AstraSimResult {
  const { chips: k, splits } = ring;
  if (k < 2) throw new InputError('--ring', 'expected at least 2 chips');
  const bytesPerNanosecond = (ring.gibibytesPerSecond * 2 ** 30) / 1e9;
  const message =
    kind === 'all-gather' ? Math.floor(ring.bytes / splits) : Math.floor(ring.bytes / splits / k);
  const hop = Math.floor(ring.latencyNanoseconds + message / bytesPerNanosecond);
  const reduction = REDUCTION_PASSES * Math.floor(message / MEMORY_BYTES_PER_NANOSECOND);
  const nanoseconds = splits * splitNanoseconds(kind, k, hop, reduction);
  const rates: LinkRates = {
    linkBytesPerSecond: bytesPerNanosecond * 1e9,
    physicalLinkBytesPerSecond: bytesPerNanosecond * 1e9,
    hopLatencySeconds: ring.latencyNanoseconds / 1e9,
  };
  const bytes = kind === 'all-gather' ? ring.bytes * k : ring.bytes;
  if (!Number.isSafeInteger(bytes)) throw new InputError('--bytes', 'the gathered array exceeds 2^53 bytes');
  const torus = new Torus({ shape: [k], wraps: [true] });
  const honest = planCollective(torus, { kind, axes: [0], bytes }, rates, 'closed-form');
  const lowerBoundNanoseconds = honest.physicalLowerBoundSeconds * 1e9;
  return {
    nanoseconds,
    lowerBoundNanoseconds,
    physical: nanoseconds >= lowerBoundNanoseconds,
    systoleNanoseconds: honest.seconds * 1e9,
  };
}

function splitNanoseconds(kind: AstraSimKind, k: number, hop: number, reduction: number): number {
  switch (kind) {
    case 'all-gather':
      return (k - 1) * hop + ENDPOINT_DELAY_NANOSECONDS * k;
    case 'reduce-scatter':
      return (k - 1) * (hop + reduction) + ENDPOINT_DELAY_NANOSECONDS * k;
    case 'all-reduce':
      return (k - 1) * (2 * hop + reduction) + ENDPOINT_DELAY_NANOSECONDS * (2 * k - 1);
    case 'all-to-all': {
      const hops = (k * (k - 1)) / 2;
      return hops * hop + ENDPOINT_DELAY_NANOSECONDS * (hops + 1);
    }
  }
}
