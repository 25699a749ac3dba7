import type { IdleCause, LaneId } from '../machine/report.ts';
import {
  type AxisUnit,
  createTimeScale,
  type Tick,
  type TimeRange,
  type TimeScale,
  ticksOf,
} from './time-scale.ts';
import { blockSums, type LaneBlock, type LaneIndex, type TimelineIndex } from './timeline-index.ts';
import { type PlacedSpan, spansWithin } from './timeline-lookup.ts';
import { type TileMark, tileMarks } from './timeline-tiles.ts';

/**
 * What to draw of a timeline, in pixels from the left of the lanes. The number of marks is bounded by the
 * width, not by the length of the program: where spans become narrower than a few pixels, a lane shows
 * how busy it is, pixel by pixel.
 */
export interface TimelineFigure {
  readonly scale: TimeScale;
  readonly ticks: readonly Tick[];
  readonly headings: readonly Heading[];
  readonly lanes: readonly LaneFigure[];
  /** Tiles within the matrix products, where they can be told apart. */
  readonly tiles: readonly TileMark[];
}

/** A section of the program or, when there is room, one of its repetitions. */
interface Heading {
  readonly x: number;
  readonly width: number;
  readonly label: string;
  /** Repetitions shown as one; 1 where each has its own heading. */
  readonly count: number;
}

export interface LaneFigure {
  readonly lane: LaneId;
  readonly name: string;
  readonly marks: readonly Mark[];
}

export type Mark =
  | { readonly kind: 'span'; readonly x: number; readonly width: number; readonly placed: PlacedSpan }
  | {
      readonly kind: 'density';
      readonly x: number;
      readonly width: number;
      /** Share of the time in which the unit works, in [0, 1]. */
      readonly busy: number;
      /** Share of the unit's peak that is used: at most `busy`. */
      readonly work: number;
      /** Of the idle time, the commonest cause. */
      readonly cause: IdleCause | undefined;
    };

const TICK_SPACING_PX = 110;
/** Below this many pixels a span, a lane shows density. */
const MIN_SPAN_PX = 2.5;
const MIN_HEADING_PX = 84;
/** A loop whose period is narrower is one even stretch. */
const MIN_PERIOD_PX = 40;
/** Width of one step of density. */
const DENSITY_PX = 2;
/** Marks are cut this far outside of the view, so that no coordinate becomes astronomically large. */
const OVERHANG_PX = 8;

export function timelineFigure(
  index: TimelineIndex,
  range: TimeRange,
  widthPx: number,
  unit: AxisUnit = { kind: 'time' },
): TimelineFigure {
  const scale = createTimeScale(range, widthPx);
  return {
    scale,
    ticks: ticksOf(scale, TICK_SPACING_PX, unit),
    headings: headingsOf(index, scale),
    lanes: index.lanes.map((lane) => ({
      lane: lane.lane,
      name: lane.name,
      marks: lane.blocks.flatMap((part) => marksOf(lane, part, scale)),
    })),
    tiles: tileMarks(index, scale),
  };
}

function marksOf(lane: LaneIndex, part: LaneBlock, scale: TimeScale): readonly Mark[] {
  const { range } = scale;
  if (part.windowEndPs <= range.startPs || part.windowStartPs >= range.endPs) return [];
  const pxPerSpan = (part.block.periodPs * scale.pxPerPs) / part.spans.length;
  if (pxPerSpan < MIN_SPAN_PX) return densityMarks(part, scale);
  const marks: Mark[] = [];
  for (const placed of spansWithin(lane, part, range)) {
    const x = Math.max(-OVERHANG_PX, scale.toPx(placed.startPs));
    const end = Math.min(scale.widthPx + OVERHANG_PX, scale.toPx(placed.endPs));
    marks.push({ kind: 'span', x, width: end - x, placed });
  }
  return marks;
}

/** Steps of density with equal neighbours joined. */
function densityMarks(part: LaneBlock, scale: TimeScale): readonly Mark[] {
  const marks: Mark[] = [];
  const startPx = Math.max(0, scale.toPx(part.windowStartPs));
  const endPx = Math.min(scale.widthPx, scale.toPx(part.windowEndPs));
  // Every pixel of a collapsed loop gets the loop's average, so that zooming in only adds detail.
  const periodPx = part.block.periodPs * scale.pxPerPs;
  const collapsed = part.block.count > 1 && periodPx < MIN_PERIOD_PX;
  if (collapsed) {
    return [
      density(part, { startPs: part.windowStartPs, endPs: part.windowEndPs }, startPx, endPx - startPx),
    ];
  }
  for (let x = startPx; x < endPx; ) {
    // Steps lie on a fixed grid, so that panning does not make them flicker.
    const next = Math.min(endPx, (Math.floor(x / DENSITY_PX) + 1) * DENSITY_PX);
    const mark = density(part, { startPs: scale.toPs(x), endPs: scale.toPs(next) }, x, next - x);
    const last = marks[marks.length - 1];
    if (last !== undefined && sameDensity(last, mark)) {
      marks[marks.length - 1] = { ...last, width: last.width + mark.width };
    } else {
      marks.push(mark);
    }
    x = next;
  }
  return marks;
}

function density(part: LaneBlock, range: TimeRange, x: number, width: number): Mark {
  const sums = blockSums(part, range);
  let cause: IdleCause | undefined;
  let longest = 0;
  for (const [candidate, ps] of sums.idlePs) {
    if (ps > longest) {
      longest = ps;
      cause = candidate;
    }
  }
  const duration = range.endPs - range.startPs;
  const busy = Math.min(1, sums.busyPs / duration);
  return { kind: 'density', x, width, busy, work: Math.min(busy, sums.workPs / duration), cause };
}

function sameDensity(a: Mark, b: Mark): boolean {
  if (a.kind !== 'density' || b.kind !== 'density' || a.cause !== b.cause) return false;
  return Math.abs(a.busy - b.busy) < 0.01 && Math.abs(a.work - b.work) < 0.01;
}

function headingsOf(index: TimelineIndex, scale: TimeScale): readonly Heading[] {
  const { range } = scale;
  const headings: Heading[] = [];
  for (const section of index.report.sections) {
    if (section.endPs <= range.startPs || section.startPs >= range.endPs) continue;
    const blocks = index.report.timeline.filter((block) => block.section === section.name);
    const iterationPx = ((section.endPs - section.startPs) * scale.pxPerPs) / section.repeat;
    if (section.repeat > 1 && iterationPx >= MIN_HEADING_PX) {
      for (const block of blocks) headings.push(...occurrenceHeadings(block, scale));
    } else {
      headings.push(heading(scale, section.startPs, section.endPs, section.name, section.repeat));
    }
  }
  return headings;
}

function occurrenceHeadings(block: TimelineIndex['report']['timeline'][number], scale: TimeScale): Heading[] {
  const first = Math.max(0, Math.floor((scale.range.startPs - block.startPs) / block.periodPs));
  const last = Math.min(block.count - 1, Math.floor((scale.range.endPs - block.startPs) / block.periodPs));
  const headings: Heading[] = [];
  for (let occurrence = first; occurrence <= last; occurrence += 1) {
    const startPs = block.startPs + occurrence * block.periodPs;
    const label = `${block.section} ${block.firstIteration + occurrence + 1}`;
    headings.push(heading(scale, startPs, startPs + block.periodPs, label, 1));
  }
  return headings;
}

function heading(scale: TimeScale, startPs: number, endPs: number, label: string, count: number): Heading {
  const x = Math.max(0, scale.toPx(startPs));
  return { x, width: Math.min(scale.widthPx, scale.toPx(endPs)) - x, label, count };
}
