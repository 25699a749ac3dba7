import { largestOf } from '../base/integers.ts';
import type { Candidate } from './candidate.ts';
import { runFlows } from './flow.ts';
import type { LinkRates } from './request.ts';
import { type ScheduledPlan, scheduledTransfers } from './scheduled-plan.ts';
import type { Torus } from './topology.ts';

/** Above this single transfers take too long to follow while somebody waits. */
export const MAX_FOLLOWED_CHIPS = 1024;

/** A plan by max-min fair flows, every chip by itself. Throws an `InputError` for too many transfers. */
export function flowScheduled(torus: Torus, plan: ScheduledPlan, rates: LinkRates): Candidate {
  const transfers = scheduledTransfers(plan).flatten();
  const capacities = new Float64Array(torus.linkSlots).fill(rates.linkBytesPerSecond);
  const { seconds } = runFlows(capacities, transfers);
  const perLink = new Float64Array(torus.linkSlots);
  for (let transfer = 0; transfer < transfers.count; transfer++) {
    for (let place = transfers.linkOffsets[transfer]; place < transfers.linkOffsets[transfer + 1]; place++) {
      perLink[transfers.links[place]] += transfers.bytes[transfer];
    }
  }
  return {
    ...plan.candidate,
    seconds,
    largestLinkBytes: largestOf(perLink),
    groupLinkBytes: perLink.reduce((total, each) => total + each, 0),
    linkBytes: () => perLink.slice(),
  };
}
