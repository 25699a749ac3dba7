import { clamp } from '../base/integers.ts';
import type { Progress } from '../base/progress.ts';
import { InputError } from '../base/result.ts';
import { planAcrossSlices, type SliceNetwork } from '../ici/across-slices.ts';
import { planCollective } from '../ici/collective.ts';
import { contentionSentence } from '../ici/contention-sentence.ts';
import { runFlows } from '../ici/flow.ts';
import { MAX_FOLLOWED_CHIPS } from '../ici/flow-scheduled.ts';
import { LinkStatistics } from '../ici/link-statistics.ts';
import type { CollectiveReport, CollectiveRequest, LinkRates } from '../ici/request.ts';
import type { Torus } from '../ici/topology.ts';
import { unfoldedTransfers } from '../ici/unfolded-transfers.ts';

const MAX_ROWS = 512;
const MAX_BINS = 400;
/** Transfers that are listed of one link. */
const MAX_FLOWS = 12;

/** One collective, every transfer of it followed where that can be done, else its totals alone. */
export interface FollowedCollective {
  readonly torus: Torus;
  readonly plan: CollectiveReport;
  readonly statistics: LinkStatistics | undefined;
  /** One line: why there are only totals. */
  readonly whyTotals: string | undefined;
}

/** Links over the time of one collective, the worst first: `[links, count]`, row by row. */
export interface LinkTimes {
  /** Whether transfers were followed; else one bin holds the mean over all of the time. */
  readonly followed: boolean;
  readonly whyTotals: string | undefined;
  readonly seconds: number;
  readonly count: number;
  /** The rows, at most 512. */
  readonly links: Int32Array;
  /** Directed links that there are. */
  readonly linkCount: number;
  /** Share of a link's rate that is used. */
  readonly busy: Float32Array;
  /** Share of it that goes unused because what is on the link is held back by another link. */
  readonly blocked: Float32Array;
  /** By row. */
  readonly bytes: Float64Array;
  /** By row: time that transfers lost there to others. */
  readonly waitedSeconds: Float64Array;
  /** The worst contention, or why the collective is as it is. */
  readonly sentence: string;
}

/** Every link over the time of one collective, to be shown at a moment: arrays are [count, linkSlots]. */
export interface LinkFlows {
  readonly seconds: number;
  readonly count: number;
  /** Share of a link's rate that is used; -1 where there is no link, here and in `mean`. */
  readonly busy: Float32Array;
  /** Share of it that goes unused because what is on the link is held back by another link. */
  readonly blocked: Float32Array;
  /** Of `busy` over all of the time, [linkSlots]. */
  readonly mean: Float32Array;
}

/** A transfer as people read it: between which chips, how fast, and what it waits for. */
export interface LinkTransfer {
  /** Its number in this run. */
  readonly transfer: number;
  readonly way: string;
  readonly bytesPerSecond: number;
  readonly waitsFor: string;
}

/** Transfers of one link at one moment. */
export interface LinkTransfers {
  readonly underWay: readonly LinkTransfer[];
  readonly underWayCount: number;
  /** Those that come next, and whom they wait for. */
  readonly next: readonly LinkTransfer[];
  readonly nextCount: number;
}

/** Follows a collective on its own. Those over several slices, and slices beyond 1,024 chips, give totals. */
export function followCollective(
  torus: Torus,
  request: CollectiveRequest,
  rates: LinkRates,
  progress: Progress,
  network?: SliceNetwork,
): FollowedCollective {
  progress.report(0, 'planning');
  const plan =
    network === undefined
      ? planCollective(torus, request, rates, 'closed-form')
      : planAcrossSlices(torus, request, rates, network, 'closed-form');
  const totals = (whyTotals: string): FollowedCollective => ({
    torus,
    plan,
    statistics: undefined,
    whyTotals,
  });
  if (plan.dcn !== undefined) return totals('over several slices, single transfers are not followed');
  if (torus.nodes > MAX_FOLLOWED_CHIPS) {
    return totals(`single transfers are followed up to ${MAX_FOLLOWED_CHIPS.toLocaleString('en-US')} chips`);
  }
  try {
    progress.report(0.1, 'listing transfers');
    const transfers = unfoldedTransfers(torus, request, rates).flatten();
    progress.report(0.3, `following ${transfers.count.toLocaleString('en-US')} transfers`);
    const capacities = new Float64Array(torus.linkSlots).fill(rates.linkBytesPerSecond);
    const result = runFlows(capacities, transfers, { recordChanges: true });
    progress.report(0.6, 'adding up links');
    const labelOf = (): string => request.kind;
    const statistics = new LinkStatistics({ torus, capacities, transfers, result, labelOf });
    return { torus, plan, statistics, whyTotals: undefined };
  } catch (error) {
    if (error instanceof InputError) return totals(error.message);
    throw error;
  }
}

/** @param bins columns wanted, at most 400 */
export function linkTimes(
  { torus, plan, statistics, whyTotals }: FollowedCollective,
  bins: number,
): LinkTimes {
  if (statistics === undefined || statistics.run.result.seconds === 0)
    return totalTimes(torus, plan, whyTotals);
  const count = clamp(Math.floor(bins) || 1, 1, MAX_BINS);
  const rows = statistics.totals.slice(0, MAX_ROWS);
  const links = rows.map(({ link }) => link);
  const { busy, blocked } = statistics.bins(count, { links });
  return {
    followed: true,
    whyTotals: undefined,
    seconds: statistics.run.result.seconds,
    count,
    links: Int32Array.from(links),
    linkCount: torus.linkCount,
    busy,
    blocked,
    bytes: Float64Array.from(rows, (row) => row.bytes),
    waitedSeconds: Float64Array.from(rows, (row) => row.waitedSeconds),
    sentence: contentionSentence(statistics),
  };
}

/** Moments of a collective that are told apart: few enough for 6,144 links to be 3 MB. */
const FLOW_MOMENTS = 60;

/** All links moment by moment; `undefined` where transfers were not followed. */
export function linkFlows({ torus, statistics }: FollowedCollective): LinkFlows | undefined {
  const seconds = statistics?.run.result.seconds ?? 0;
  if (statistics === undefined || seconds === 0) return undefined;
  const count = FLOW_MOMENTS;
  const slots = torus.linkSlots;
  const { links, busy: used, blocked: held } = statistics.bins(count);
  const busy = new Float32Array(count * slots).fill(-1);
  const blocked = new Float32Array(count * slots).fill(-1);
  const mean = new Float32Array(slots).fill(-1);
  links.forEach((link, row) => {
    let sum = 0;
    for (let moment = 0; moment < count; moment += 1) {
      const share = used[row * count + moment];
      busy[moment * slots + link] = share;
      blocked[moment * slots + link] = held[row * count + moment];
      sum += share;
    }
    mean[link] = sum / count;
  });
  return { seconds, count, busy, blocked, mean };
}

function totalTimes(torus: Torus, plan: CollectiveReport, whyTotals: string | undefined): LinkTimes {
  const carried = plan.linkBytes();
  const links = [...torus.targets.keys()]
    .filter((link) => torus.targets[link] >= 0)
    .sort((a, b) => carried[b] - carried[a] || a - b)
    .slice(0, MAX_ROWS);
  // At the largest load the plan is `maxUtilization` busy, and the others in proportion.
  const perByte = plan.largestLinkBytes === 0 ? 0 : plan.maxUtilization / plan.largestLinkBytes;
  return {
    followed: false,
    whyTotals,
    seconds: plan.seconds,
    count: 1,
    links: Int32Array.from(links),
    linkCount: torus.linkCount,
    busy: Float32Array.from(links, (link) => Math.min(1, carried[link] * perByte)),
    blocked: new Float32Array(links.length),
    bytes: Float64Array.from(links, (link) => carried[link]),
    waitedSeconds: new Float64Array(links.length),
    sentence: sentenceOf(plan.reason),
  };
}

function sentenceOf(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}

/** What is on `link` at a moment and what comes next; `undefined` where transfers were not followed. */
export function linkTransfers(
  { torus, statistics }: FollowedCollective,
  link: number,
  seconds: number,
): LinkTransfers | undefined {
  if (statistics === undefined) return undefined;
  const flows = [...statistics.flowsOn(link, seconds)].sort(
    (a, b) => b.bytesPerSecond - a.bytesPerSecond || a.transfer - b.transfer,
  );
  const sharing = flows.filter(({ bottleneck }) => bottleneck === link).length - 1;
  const next = nextOver(statistics, link, seconds);
  return {
    underWay: flows.slice(0, MAX_FLOWS).map(({ transfer, bytesPerSecond, bottleneck }) => ({
      transfer,
      way: statistics.wayOf(transfer),
      bytesPerSecond,
      waitsFor:
        bottleneck !== link
          ? `held back at ${torus.linkName(bottleneck)}`
          : sharing > 0
            ? `shares this link with ${sharing} ${sharing === 1 ? 'other' : 'others'}`
            : 'nothing: it has the link for itself',
    })),
    underWayCount: flows.length,
    next: next.slice(0, MAX_FLOWS).map((transfer) => {
      const waiting = statistics.waitingOf(transfer, seconds);
      return {
        transfer,
        way: statistics.wayOf(transfer),
        bytesPerSecond: 0,
        waitsFor:
          waiting.kind !== 'transfer'
            ? 'starts later'
            : `the data or the turn of ${statistics.wayOf(waiting.transfer)}`,
      };
    }),
    nextCount: next.length,
  };
}

/** Transfers over a link that have not begun, the next one first. */
function nextOver(statistics: LinkStatistics, link: number, seconds: number): readonly number[] {
  const { transfers, result } = statistics.run;
  const found: number[] = [];
  for (let transfer = 0; transfer < transfers.count; transfer += 1) {
    if (result.begun[transfer] <= seconds || transfers.bytes[transfer] === 0) continue;
    if (statistics.linksOf(transfer).includes(link)) found.push(transfer);
  }
  return found.sort((a, b) => result.begun[a] - result.begun[b] || a - b);
}
