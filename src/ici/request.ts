import { InputError } from '../base/result.ts';
import type { Interconnect } from '../hardware/chip.ts';
import type { Torus } from './topology.ts';

export const COLLECTIVE_KINDS = [
  'all-gather',
  'reduce-scatter',
  'all-reduce',
  'all-to-all',
  'collective-permute',
  'broadcast',
] as const;
export type CollectiveKind = (typeof COLLECTIVE_KINDS)[number];

/** How contention on links is modelled; every model's result is at or above the same bound. */
export const COLLECTIVE_MODELS = ['closed-form', 'flow', 'flit'] as const;
export type CollectiveModel = (typeof COLLECTIVE_MODELS)[number];

/** One collective, done at once by every group of chips that differ only along `axes`. */
export interface CollectiveRequest {
  readonly kind: CollectiveKind;
  /** Axes of the torus (0 is x) that the groups span. */
  readonly axes: readonly number[];
  /**
   * - all-gather, reduce-scatter: the full (gathered) array of one group;
   * - all-reduce, all-to-all: each chip's whole buffer, its own part included;
   * - collective-permute: what each source sends; broadcast: the message.
   */
  readonly bytes: number;
  /**
   * Chips that belong together, by node, instead of all that differ along `axes`: replica groups of any shape.
   * A chip is in one group at most; chips in none have nothing to do.
   */
  readonly groups?: readonly (readonly number[])[];
  /**
   * collective-permute only: who sends to whom, as nodes of the torus. Left out, every chip sends to the
   * next one of its group (first axis fastest) and the last one to the first.
   */
  readonly pairs?: readonly (readonly [source: number, target: number])[];
}

/** What one direction of one link gives. */
export interface LinkRates {
  /** Effective: physical rate times the share of it that payload gets. */
  readonly linkBytesPerSecond: number;
  readonly physicalLinkBytesPerSecond: number;
  readonly hopLatencySeconds: number;
}

export function linkRates(ici: Interconnect): LinkRates {
  return {
    linkBytesPerSecond: ici.linkBytesPerSecond * ici.linkEfficiency,
    physicalLinkBytesPerSecond: ici.linkBytesPerSecond,
    hopLatencySeconds: ici.hopLatencySeconds,
  };
}

/** What one collective costs, at which bound, and what it does to chips and links. */
export interface CollectiveReport {
  readonly seconds: number;
  /** No schedule over these links is faster at the effective rates: bytes through cuts, and hops. */
  readonly lowerBoundSeconds: number;
  /** The same bytes at the physical rate, and no latency. */
  readonly physicalLowerBoundSeconds: number;
  readonly algorithm: string;
  /** Why this algorithm, in a sentence. */
  readonly reason: string;
  /** Hops that follow one another. */
  readonly steps: number;
  /** Of the chip that has most of each; `reduced` bytes are added to others by the vector unit. */
  readonly chipBytes: { readonly sent: number; readonly received: number; readonly reduced: number };
  /** Directed links of the whole slice. */
  readonly linkCount: number;
  readonly largestLinkBytes: number;
  /** Bytes on the busiest link over what it could carry in `seconds` at the effective rate. */
  readonly maxUtilization: number;
  /** The same for the mean over all links of the slice, those of unused axes too. */
  readonly meanUtilization: number;
  /** Bytes on every directed link of the torus, [linkSlots]; computed when asked for. */
  linkBytes(): Float64Array;
  /** Where it spans several slices. */
  readonly dcn?: DcnReport;
  /** Why this is the closed form although flow was asked for; absent where it is what was asked for. */
  readonly whyClosedForm?: string;
}

/** What a collective over several slices does to the data-centre network between them. */
export interface DcnReport {
  readonly slices: number;
  /** The network that would take longer by itself. */
  readonly bottleneck: 'ici' | 'dcn';
  /** All that passes over each network if the other were free. */
  readonly iciSeconds: number;
  readonly dcnSeconds: number;
  /** Pieces that follow one another through both networks. */
  readonly chunks: number;
  /** Bytes through the port of the chip that sends most, one way. */
  readonly portBytes: number;
  /** Those over what the port could carry in the time of the collective. */
  readonly portUtilization: number;
  /** Time that the least possible bytes need through the ports, no latency. */
  readonly portLowerBoundSeconds: number;
}

/** Throws an `InputError` unless axes, bytes and pairs make sense on this torus. */
export function checkRequest(torus: Torus, request: CollectiveRequest): void {
  const { axes, bytes, pairs } = request;
  for (const axis of axes) {
    if (!Number.isSafeInteger(axis) || axis < 0 || axis >= torus.axes) {
      throw new InputError('axes', `expected axes 0 to ${torus.axes - 1} of the slice, found ${axis}`);
    }
  }
  if (new Set(axes).size !== axes.length) throw new InputError('axes', 'an axis is named twice');
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new InputError('bytes', `expected a whole number from 0 to 2^53 - 1, found ${bytes}`);
  }
  checkGroups(torus, request);
  if (pairs === undefined) return;
  if (request.kind !== 'collective-permute')
    throw new InputError('pairs', 'only a collective-permute has them');
  for (const node of pairs.flat()) checkChip(torus, node, 'pairs');
}

function checkChip(torus: Torus, node: number, place: string): void {
  if (!Number.isSafeInteger(node) || node < 0 || node >= torus.nodes) {
    throw new InputError(place, `expected chips 0 to ${torus.nodes - 1} of the slice, found ${node}`);
  }
  if (torus.missingChips.has(node)) throw new InputError(place, `chip ${torus.chipName(node)} is missing`);
}

function checkGroups(torus: Torus, { kind, groups }: CollectiveRequest): void {
  if (groups === undefined) return;
  if (kind === 'collective-permute') throw new InputError('groups', 'a collective-permute has pairs instead');
  const seen = new Set<number>();
  for (const node of groups.flat()) {
    checkChip(torus, node, 'groups');
    if (seen.has(node)) throw new InputError('groups', `chip ${torus.chipName(node)} is named twice`);
    seen.add(node);
  }
  if (new Set(groups.map((group) => group.length)).size > 1) {
    throw new InputError('groups', 'expected groups of the same size');
  }
}
