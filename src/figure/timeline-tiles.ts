import { arrayMomentAt, psOfCycle } from './array-moment.ts';
import type { TimeScale } from './time-scale.ts';
import type { TimelineIndex } from './timeline-index.ts';
import { type PlacedSpan, spansWithin } from './timeline-lookup.ts';

/** Where the next tile of a matrix product enters the array. */
export interface TileMark {
  readonly x: number;
  readonly label: string;
}

/** Tiles narrower than this are not told apart. */
const MIN_TILE_PX = 14;

/**
 * What matrix units are busy with below the op: the tiles that pass through the array, as soon as they are
 * wide enough to see. At most one mark per `MIN_TILE_PX`.
 */
export function tileMarks(index: TimelineIndex, scale: TimeScale): readonly TileMark[] {
  const lane = index.lanes.find((each) => each.lane === 'mxu');
  if (lane === undefined) return [];
  const { range } = scale;
  return lane.blocks.flatMap((part) => {
    const isVisible = part.windowEndPs > range.startPs && part.windowStartPs < range.endPs;
    const spanPx = (part.block.periodPs * scale.pxPerPs) / part.spans.length;
    if (!isVisible || spanPx < MIN_TILE_PX) return [];
    return [...spansWithin(lane, part, range)].flatMap((placed) => tilesOf(index, scale, placed));
  });
}

function tilesOf(index: TimelineIndex, scale: TimeScale, placed: PlacedSpan): readonly TileMark[] {
  if (placed.span.kind === 'idle') return [];
  const fromPs = Math.max(placed.startPs, scale.range.startPs);
  const untilPs = Math.min(placed.endPs, scale.range.endPs);
  const moment = arrayMomentAt(index, fromPs);
  if (moment.kind !== 'running') return [];
  const { intervalCycles, firstStreamCycle, folds, foldsPerGemm, cycles } = moment.schedule;
  const busyPs = moment.stretches.reduce((total, { startPs, endPs }) => total + endPs - startPs, 0);
  if ((intervalCycles / cycles) * busyPs * scale.pxPerPs < MIN_TILE_PX) return [];
  const marks: TileMark[] = [];
  let fold = Math.max(0, Math.ceil((moment.cycle - firstStreamCycle) / intervalCycles));
  for (; fold < folds; fold += 1) {
    const ps = psOfCycle(moment, firstStreamCycle + fold * intervalCycles);
    if (ps >= untilPs) break;
    const tile = fold % foldsPerGemm;
    if (ps >= fromPs) marks.push({ x: scale.toPx(ps), label: `tile ${tile + 1} of ${foldsPerGemm}` });
  }
  return marks;
}
