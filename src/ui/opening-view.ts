import { clamp } from '../base/integers.ts';
import { arrayMomentAt, psOfCycle } from '../figure/array-moment.ts';
import { clampRange, type TimeRange } from '../figure/time-scale.ts';
import { timelineIndexOf } from '../figure/timeline-index.ts';
import type { LaneId, RunReport, Span, TimelineBlock } from '../machine/report.ts';

/** Where a fresh run is looked at first. */
export interface OpeningView {
  readonly view: TimeRange;
  readonly cursorPs: number;
}

/** Repetitions of the loop that the first view shows. */
const PERIODS = 3;

/**
 * The middle of the loop that takes most of the step, three repetitions wide, the playhead where as much as
 * possible happens at once: a matrix product, while links are busy if that occurs. A program without loops
 * is shown whole.
 */
export function openingView(report: RunReport): OpeningView {
  const longest = report.timeline.reduce((best, block) =>
    block.periodPs * block.count > best.periodPs * best.count ? block : best,
  );
  const shiftPs = Math.floor(longest.count / 2) * longest.periodPs;
  const middlePs = longest.startPs + shiftPs;
  const view =
    longest.count > 1
      ? { startPs: middlePs - longest.periodPs, endPs: middlePs + (PERIODS - 1) * longest.periodPs }
      : { startPs: 0, endPs: report.stepPs };
  return {
    view: clampRange(view, report.stepPs),
    cursorPs: whereTilesMeet(report, Math.round(liveliestMoment(longest) + shiftPs)),
  };
}

/** A moment of the tile under way in which its first wave is a third down the array, and the next weights load. */
function whereTilesMeet(report: RunReport, ps: number): number {
  const moment = arrayMomentAt(timelineIndexOf(report), ps);
  if (moment.kind !== 'running') return ps;
  const { config, firstStreamCycle, intervalCycles, folds } = moment.schedule;
  const fold = clamp(Math.floor((moment.cycle - firstStreamCycle) / intervalCycles), 0, folds - 1);
  return psOfCycle(moment, firstStreamCycle + fold * intervalCycles + Math.round(config.rows / 3));
}

/** A moment of the block's first occurrence: within the longest product, where links are busy beside it. */
function liveliestMoment(block: TimelineBlock): number {
  const products = busySpans(block, (lane) => lane === 'mxu');
  const overlaps = products.flatMap((product) =>
    busySpans(block, (lane) => lane.startsWith('ici')).flatMap((transfer) => {
      const startPs = Math.max(product.startPs, transfer.startPs);
      const endPs = Math.min(product.endPs, transfer.endPs);
      return endPs > startPs ? [{ startPs, endPs }] : [];
    }),
  );
  const [first, ...rest] = overlaps.length > 0 ? overlaps : products;
  if (first === undefined) return block.startPs;
  const widest = rest.reduce((a, b) => (b.endPs - b.startPs > a.endPs - a.startPs ? b : a), first);
  return widest.startPs + (widest.endPs - widest.startPs) * 0.4;
}

function busySpans(block: TimelineBlock, wanted: (lane: LaneId) => boolean): readonly Span[] {
  return block.lanes
    .filter((each) => wanted(each.lane))
    .flatMap((each) => each.spans.filter((span) => span.kind === 'busy'));
}
