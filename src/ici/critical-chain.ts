import type { LinkStatistics } from './link-statistics.ts';

/** One transfer of the chain and what it adds to the time of the whole. */
export interface ChainStep {
  readonly transfer: number;
  /** Why it could not begin before: data or turn of the step before it; its own start for the first one. */
  readonly waitedFor: 'data' | 'turn' | 'start';
  /** From its beginning until the next step can begin, or until the end. */
  readonly from: number;
  readonly to: number;
  /** Parts of that time: what its bytes need at the full rate of the link that holds it back, … */
  readonly sendingSeconds: number;
  /** … what it loses to others there, … */
  readonly sharingSeconds: number;
  /** … and what the last byte is on its way. */
  readonly latencySeconds: number;
}

/** Why a run takes as long as it does: who waited for whom, from the start to the last arrival. */
export interface CriticalChain {
  /** In the order of time; each begins where the one before ends, so that they add up to the whole. */
  readonly steps: readonly ChainStep[];
  /** Before the first step begins. */
  readonly startSeconds: number;
  readonly seconds: number;
}

/** From the transfer that arrives last back through what each one waited for last. */
export function criticalChain(statistics: LinkStatistics): CriticalChain {
  const { result, transfers } = statistics.run;
  const { begun, arrived, seconds } = result;
  const steps: ChainStep[] = [];
  let transfer = transfers.count === 0 ? undefined : arrived.indexOf(seconds);
  let to = seconds;
  while (transfer !== undefined) {
    const last = statistics.prerequisitesOf(transfer).at(-1);
    // A start later than everything it needs is what it waited for.
    const before =
      last !== undefined && begun[transfer] - last.seconds <= 1e-9 * begun[transfer] ? last : undefined;
    const from = begun[transfer];
    steps.push({
      transfer,
      waitedFor: before?.needs ?? 'start',
      from,
      to,
      ...partsOf(statistics, transfer, to),
    });
    to = from;
    transfer = before?.transfer;
  }
  return { steps: steps.reverse(), startSeconds: to, seconds };
}

function partsOf(
  { run }: LinkStatistics,
  transfer: number,
  to: number,
): Pick<ChainStep, 'sendingSeconds' | 'sharingSeconds' | 'latencySeconds'> {
  const { rates, sent } = run.result;
  let sendingSeconds = 0;
  let sharingSeconds = 0;
  for (let at = rates.offsets[transfer]; at < rates.offsets[transfer + 1]; at++) {
    const end = at + 1 < rates.offsets[transfer + 1] ? rates.seconds[at + 1] : sent[transfer];
    const share = Math.min(1, rates.bytesPerSecond[at] / run.capacities[rates.bottlenecks[at]]);
    sendingSeconds += (end - rates.seconds[at]) * share;
    sharingSeconds += (end - rates.seconds[at]) * (1 - share);
  }
  return { sendingSeconds, sharingSeconds, latencySeconds: Math.max(0, to - sent[transfer]) };
}
