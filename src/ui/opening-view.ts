import { clampRange, type TimeRange } from '../figure/time-scale.ts';
import type { RunReport } from '../machine/report.ts';

/** Where a fresh run is looked at first. */
export interface OpeningView {
  readonly view: TimeRange;
  readonly cursorPs: number;
}

/** Repetitions of the loop that the first view shows. */
const PERIODS = 3;

/**
 * The middle of the loop that takes most of the step, three repetitions wide, the playhead in its longest
 * matrix product: what the chip does most of the time. A program without loops is shown whole.
 */
export function openingView(report: RunReport): OpeningView {
  const longest = report.timeline.reduce((best, block) =>
    block.periodPs * block.count > best.periodPs * best.count ? block : best,
  );
  const middle = longest.startPs + Math.floor(longest.count / 2) * longest.periodPs;
  const view =
    longest.count > 1
      ? { startPs: middle - longest.periodPs, endPs: middle + (PERIODS - 1) * longest.periodPs }
      : { startPs: 0, endPs: report.stepPs };
  const busy = (longest.lanes.find((each) => each.lane === 'mxu')?.spans ?? []).filter(
    (span) => span.kind === 'busy',
  );
  const [first] = busy;
  if (first === undefined) return { view: clampRange(view, report.stepPs), cursorPs: middle };
  const widest = busy.reduce((a, b) => (b.endPs - b.startPs > a.endPs - a.startPs ? b : a), first);
  const within = widest.startPs + (widest.endPs - widest.startPs) * 0.4;
  return {
    view: clampRange(view, report.stepPs),
    cursorPs: Math.round(within + (middle - longest.startPs)),
  };
}
