import type { LinkStatistics } from './link-statistics.ts';
import type { Prerequisite } from './prerequisites.ts';

/** A link is full when less than this part of its rate is left: sums of shares are rounded. */
const FULL = 1 - 1e-9;

/** A stretch of a transfer's life. Its stages follow one another without a gap, from 0 to its arrival. */
export type Stage =
  /** It has not begun: it waits for another, or, without one, for its own start. */
  | {
      readonly kind: 'waits';
      readonly from: number;
      readonly to: number;
      readonly for: Prerequisite | undefined;
    }
  | ({ readonly kind: 'moves'; readonly from: number; readonly to: number } & Moving)
  /** The last byte has been sent and is on its way. */
  | { readonly kind: 'flies'; readonly from: number; readonly to: number };

interface Moving {
  readonly bytesPerSecond: number;
  /** The full link on its way on which nobody is faster. */
  readonly bottleneck: number;
  /** Most others that were on that link at once. */
  readonly others: number;
}

/** How long one link kept a transfer below that link's rate. */
export interface HeldBack {
  readonly link: number;
  readonly seconds: number;
  /** Of that time, what the transfer lost: it would have been so much faster with the link to itself. */
  readonly lostSeconds: number;
  readonly others: number;
}

/** The life of one transfer. Times are seconds since the beginning of the run. */
export interface TransferStory {
  readonly transfer: number;
  readonly label: string;
  readonly bytes: number;
  /** Directed links in the order of its way; none where it moves nothing. */
  readonly path: readonly number[];
  readonly begun: number;
  readonly sent: number;
  readonly arrived: number;
  readonly stages: readonly Stage[];
  /** In the order in which the links came to hold it back. */
  readonly heldBack: readonly HeldBack[];
  /** In the order in which it got what it needed; the last one let it begin. */
  readonly waitedFor: readonly Prerequisite[];
  /** Those that cannot begin before it, the first to begin first. */
  readonly waitedForBy: readonly Follower[];
}

/** Somebody who waits for a transfer. */
export interface Follower {
  readonly transfer: number;
  readonly needs: 'data' | 'turn';
  /** Whether this transfer was the last that it waited for. */
  readonly last: boolean;
}

/** Tells a transfer's life from the recorded rates of the run. */
export function transferStory(statistics: LinkStatistics, transfer: number): TransferStory {
  const { transfers, result, labelOf } = statistics.run;
  const begun = result.begun[transfer];
  const sent = result.sent[transfer];
  const arrived = result.arrived[transfer];
  const waitedFor = statistics.prerequisitesOf(transfer);
  const moves = movingStages(statistics, transfer);
  const flies: readonly Stage[] = arrived > sent ? [{ kind: 'flies', from: sent, to: arrived }] : [];
  return {
    transfer,
    label: labelOf(transfer),
    bytes: transfers.bytes[transfer],
    path: [...statistics.linksOf(transfer)],
    begun,
    sent,
    arrived,
    stages: [...waitingStages(waitedFor, begun), ...moves, ...flies],
    heldBack: heldBackBy(statistics, moves),
    waitedFor,
    waitedForBy: followersOf(statistics, transfer),
  };
}

/** What it waits for at each moment is what comes next of all that it needs; then its own start. */
function waitingStages(waitedFor: readonly Prerequisite[], begun: number): readonly Stage[] {
  const stages: Stage[] = [];
  let from = 0;
  for (const [index, needed] of waitedFor.entries()) {
    // The clock of a run takes moments for one that differ in the last bits.
    const isLast = index === waitedFor.length - 1 && begun - needed.seconds <= 1e-9 * begun;
    const to = isLast ? begun : Math.min(needed.seconds, begun);
    if (to > from) stages.push({ kind: 'waits', from, to, for: needed });
    from = Math.max(from, to);
  }
  if (begun > from) stages.push({ kind: 'waits', from, to: begun, for: undefined });
  return stages;
}

type MovingStage = Extract<Stage, { kind: 'moves' }>;

function movingStages(statistics: LinkStatistics, transfer: number): readonly MovingStage[] {
  const { rates, sent } = statistics.run.result;
  const stages: MovingStage[] = [];
  for (let at = rates.offsets[transfer]; at < rates.offsets[transfer + 1]; at++) {
    const from = rates.seconds[at];
    const to = at + 1 < rates.offsets[transfer + 1] ? rates.seconds[at + 1] : sent[transfer];
    if (to <= from) continue;
    const bottleneck = rates.bottlenecks[at];
    const others = Math.max(1, mostFlows(statistics, bottleneck, from, to)) - 1;
    stages.push({ kind: 'moves', from, to, bytesPerSecond: rates.bytesPerSecond[at], bottleneck, others });
  }
  return stages;
}

function mostFlows(statistics: LinkStatistics, link: number, from: number, to: number): number {
  let most = 0;
  for (const span of statistics.spansOf(link)) {
    if (span.fromSeconds >= to) break;
    if (span.toSeconds > from) most = Math.max(most, span.flows);
  }
  return most;
}

function heldBackBy({ run }: LinkStatistics, moves: readonly MovingStage[]): readonly HeldBack[] {
  const byLink = new Map<number, HeldBack>();
  for (const { from, to, bytesPerSecond, bottleneck, others } of moves) {
    const share = bytesPerSecond / run.capacities[bottleneck];
    if (share >= FULL) continue;
    const before = byLink.get(bottleneck);
    byLink.set(bottleneck, {
      link: bottleneck,
      seconds: (before?.seconds ?? 0) + to - from,
      lostSeconds: (before?.lostSeconds ?? 0) + (to - from) * (1 - share),
      others: Math.max(before?.others ?? 0, others),
    });
  }
  return [...byLink.values()];
}

function followersOf(statistics: LinkStatistics, transfer: number): readonly Follower[] {
  const { transfers, result } = statistics.run;
  const { followerOffsets, followers, followsArrival } = transfers;
  const found: Follower[] = [];
  for (let place = followerOffsets[transfer]; place < followerOffsets[transfer + 1]; place++) {
    const follower = followers[place];
    const last = statistics.prerequisitesOf(follower).at(-1)?.transfer === transfer;
    found.push({ transfer: follower, needs: followsArrival[place] === 1 ? 'data' : 'turn', last });
  }
  return found.sort((a, b) => result.begun[a.transfer] - result.begun[b.transfer] || a.transfer - b.transfer);
}
