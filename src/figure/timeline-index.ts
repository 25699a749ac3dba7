import { sum } from '../base/integers.ts';
import type { IdleCause, LaneId, RunReport, Span, TimelineBlock } from '../machine/report.ts';
import type { TimeRange } from './time-scale.ts';

/**
 * Answers about a timeline without unrolling its loops: sums over any stretch in O(log spans) per block,
 * because each lane of each block keeps running sums.
 */
export interface TimelineIndex {
  readonly report: RunReport;
  readonly lanes: readonly LaneIndex[];
}

export interface LaneIndex {
  readonly lane: LaneId;
  readonly name: string;
  /** In order of time. */
  readonly blocks: readonly LaneBlock[];
}

/** One lane of one block. Its spans tile [windowStartPs, windowStartPs + count * periodPs). */
export interface LaneBlock {
  readonly block: TimelineBlock;
  readonly spans: readonly Span[];
  readonly windowStartPs: number;
  readonly windowEndPs: number;
  /** Running sums of one occurrence before span i: busy time, busy time x utilization, idle time by cause. */
  readonly busyBefore: Float64Array;
  readonly workBefore: Float64Array;
  readonly idleBefore: ReadonlyMap<IdleCause, Float64Array>;
}

/** What a lane did in a stretch of time; all in picoseconds. */
export interface LaneSums {
  readonly busyPs: number;
  /** Busy time weighted by the share of peak reached. */
  readonly workPs: number;
  readonly idlePs: ReadonlyMap<IdleCause, number>;
}

const known = new WeakMap<RunReport, TimelineIndex>();

/** The index of a report, made once. */
export function timelineIndexOf(report: RunReport): TimelineIndex {
  let index = known.get(report);
  if (index === undefined) {
    index = createTimelineIndex(report);
    known.set(report, index);
  }
  return index;
}

export function createTimelineIndex(report: RunReport): TimelineIndex {
  const lanes = report.units.map((unit): LaneIndex => {
    const blocks = report.timeline.flatMap((block) => {
      const spans = block.lanes.find((each) => each.lane === unit.lane)?.spans ?? [];
      return spans.length === 0 ? [] : [indexBlock(block, spans)];
    });
    return { lane: unit.lane, name: unit.name, blocks };
  });
  return { report, lanes };
}

function indexBlock(block: TimelineBlock, spans: readonly Span[]): LaneBlock {
  const busyBefore = new Float64Array(spans.length + 1);
  const workBefore = new Float64Array(spans.length + 1);
  const causes = new Set(spans.flatMap((span) => (span.kind === 'idle' ? [span.cause] : [])));
  const idleBefore = new Map([...causes].map((cause) => [cause, new Float64Array(spans.length + 1)]));
  spans.forEach((span, index) => {
    const duration = span.endPs - span.startPs;
    const isBusy = span.kind === 'busy';
    busyBefore[index + 1] = at(busyBefore, index) + (isBusy ? duration : 0);
    workBefore[index + 1] = at(workBefore, index) + (isBusy ? duration * span.utilization : 0);
    for (const [cause, before] of idleBefore) {
      before[index + 1] = at(before, index) + (!isBusy && span.cause === cause ? duration : 0);
    }
  });
  const windowStartPs = Math.min(block.startPs, spans[0]?.startPs ?? block.startPs);
  const lastEndPs = spans[spans.length - 1]?.endPs ?? block.startPs;
  return {
    block,
    spans,
    windowStartPs,
    windowEndPs: lastEndPs + (block.count - 1) * block.periodPs,
    busyBefore,
    workBefore,
    idleBefore,
  };
}

/** Index of the first span that ends after `relativePs` (a time of the first occurrence). */
export function firstSpanEndingAfter(spans: readonly Span[], relativePs: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.endPs ?? Number.POSITIVE_INFINITY) > relativePs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The repetition that `ps` falls in, negative before the first one. A span that begins before its block makes
 * the window longer than the repetitions: what is beyond them belongs to the last.
 */
export function occurrenceAt({ block, windowStartPs }: LaneBlock, ps: number): number {
  if (ps < windowStartPs) return -1;
  if (block.count === 1) return 0;
  return Math.min(block.count - 1, Math.floor((ps - windowStartPs) / block.periodPs));
}

/** What the lane's part in one block did before `ps`, from its first occurrence on, added up by `before`. */
function cumulative(part: LaneBlock, ps: number, before: Float64Array, rate: (span: Span) => number): number {
  const { block, spans } = part;
  const total = at(before, spans.length);
  const occurrence = occurrenceAt(part, ps);
  if (occurrence < 0) return 0;
  const relativePs = ps - occurrence * block.periodPs;
  const index = firstSpanEndingAfter(spans, relativePs);
  const span = spans[index];
  const partial = span === undefined ? 0 : Math.max(0, relativePs - span.startPs) * rate(span);
  return occurrence * total + at(before, index) + partial;
}

/** What `lane` did in `range`, summed over its blocks. */
export function laneSums(lane: LaneIndex, range: TimeRange): LaneSums {
  const touching = lane.blocks.filter(
    (part) => part.windowEndPs > range.startPs && part.windowStartPs < range.endPs,
  );
  const parts = touching.map((part) => blockSums(part, range));
  const idlePs = new Map<IdleCause, number>();
  for (const part of parts) {
    for (const [cause, ps] of part.idlePs) idlePs.set(cause, (idlePs.get(cause) ?? 0) + ps);
  }
  return {
    busyPs: sum(parts.map((part) => part.busyPs)),
    workPs: sum(parts.map((part) => part.workPs)),
    idlePs,
  };
}

export function blockSums(part: LaneBlock, range: TimeRange): LaneSums {
  const between = (before: Float64Array, rate: (span: Span) => number): number =>
    cumulative(part, range.endPs, before, rate) - cumulative(part, range.startPs, before, rate);
  const idlePs = new Map<IdleCause, number>();
  for (const [cause, before] of part.idleBefore) {
    const ps = between(before, (span) => (span.kind === 'idle' && span.cause === cause ? 1 : 0));
    if (ps > 0) idlePs.set(cause, ps);
  }
  return {
    busyPs: between(part.busyBefore, (span) => (span.kind === 'busy' ? 1 : 0)),
    workPs: between(part.workBefore, (span) => (span.kind === 'busy' ? span.utilization : 0)),
    idlePs,
  };
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
