import { assertNotBelowBound } from '../base/assert.ts';
import { planCollective } from './collective.ts';
import { type FlowResult, runFlows } from './flow.ts';
import { LinkStatistics } from './link-statistics.ts';
import type { CollectiveRequest, LinkRates } from './request.ts';
import type { Torus } from './topology.ts';
import { TransferList } from './transfers.ts';
import { unfoldedTransfers } from './unfolded-transfers.ts';

/** One of several collectives, or the point-to-point traffic of a pipeline, on the same torus. */
export interface SharedJob {
  /** What people call it. */
  readonly label: string;
  readonly request: CollectiveRequest;
  readonly startSeconds?: number;
}

export interface SharedJobResult {
  readonly label: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** How long it takes with the others on the links. */
  readonly seconds: number;
  /** No schedule is faster, even alone; asserted. */
  readonly lowerBoundSeconds: number;
  /**
   * How long the same schedule takes with the links to itself. Company may make it shorter by some per cent:
   * what is held back for a moment may find its next link free (Graham, SIAM J. Appl. Math. 17(2) 1969).
   */
  readonly aloneSeconds: number;
}

export interface SharedRun {
  readonly jobs: readonly SharedJobResult[];
  readonly seconds: number;
  readonly statistics: LinkStatistics;
}

/**
 * Runs collectives at the same time on the same links, which they share max-min fairly, every chip by itself.
 * Throws an `InputError` for what the torus does not have and for more transfers than can be followed.
 */
export function runShared(torus: Torus, jobs: readonly SharedJob[], rates: LinkRates): SharedRun {
  const capacities = new Float64Array(torus.linkSlots).fill(rates.linkBytesPerSecond);
  const together = new TransferList();
  const ends: number[] = [];
  const alone = jobs.map(({ request, startSeconds }) => {
    const list = unfoldedTransfers(torus, request, rates);
    together.append(list, startSeconds ?? 0);
    ends.push(together.count);
    return list.count === 0 ? 0 : runFlows(capacities, list.flatten()).seconds;
  });
  const transfers = together.flatten();
  const result = runFlows(capacities, transfers, { recordChanges: true });
  const results = jobs.map(({ label, request, startSeconds = 0 }, index): SharedJobResult => {
    const endSeconds = lastArrival(result, index === 0 ? 0 : ends[index - 1], ends[index], startSeconds);
    const seconds = endSeconds - startSeconds;
    const { lowerBoundSeconds } = planCollective(torus, request, rates, 'closed-form');
    assertNotBelowBound(alone[index], lowerBoundSeconds, `time of ${label} alone`);
    assertNotBelowBound(seconds, lowerBoundSeconds, `time of ${label}`);
    return { label, startSeconds, endSeconds, seconds, lowerBoundSeconds, aloneSeconds: alone[index] };
  });
  const labelOf = (transfer: number): string => jobs[ends.findIndex((end) => transfer < end)].label;
  const statistics = new LinkStatistics({ torus, capacities, transfers, result, labelOf });
  return { jobs: results, seconds: result.seconds, statistics };
}

function lastArrival({ arrived }: FlowResult, from: number, to: number, start: number): number {
  return arrived.subarray(from, to).reduce((latest, each) => Math.max(latest, each), start);
}
