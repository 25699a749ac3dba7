import type { RunReport } from '../machine/report.ts';
import { type ColorScale, hexAt } from './color-scales.ts';
import type { Drawing, Mark } from './drawing.ts';
import type { TimelineIndex } from './timeline-index.ts';
import { type PlacedSpan, spanAt } from './timeline-lookup.ts';

/** What passes between the slices at one moment. */
export interface DcnMoment {
  readonly placed: PlacedSpan;
  readonly op: number;
  /** Share of the rate of each chip's port, one way. */
  readonly utilization: number;
}

/** The collective that holds the data-centre network at `ps`, if one does. */
export function dcnAt(index: TimelineIndex, ps: number): DcnMoment | undefined {
  const lane = index.lanes.find((each) => each.lane === 'dcn');
  const placed = lane && spanAt(lane, ps);
  if (placed?.span.kind !== 'busy') return undefined;
  return { placed, op: placed.span.op, utilization: placed.span.utilization };
}

export const SLICES_HEIGHT_PX = 46;
const MAX_WIDTH_PX = 720;
const MIN_BOX_PX = 26;
const GAP_PX = 6;
const LABEL_PX = 34;
const BAR_PX = 7;
const BOX_TOP_PX = 26;
const BOX_PX = 18;

/**
 * The slices side by side under the network that joins them, whose colour is how much of the ports' rate is
 * used: all ports are used alike. The slice that the torus shows is outlined; where there is no room for all,
 * the last box says how many more there are.
 */
export function slicesFigure(
  slice: RunReport['slice'],
  utilization: number,
  scale: ColorScale,
  width: number,
): Drawing {
  const { slices = 1 } = slice;
  // The outline of the last box needs a pixel beyond it.
  const room = Math.min(width, MAX_WIDTH_PX) - LABEL_PX - 1;
  const count = Math.max(1, Math.min(slices, Math.floor((room + GAP_PX) / (MIN_BOX_PX + GAP_PX))));
  const box = Math.min(64, (room + GAP_PX) / count - GAP_PX);
  const left = (index: number): number => LABEL_PX + index * (box + GAP_PX);
  const color = hexAt(scale, utilization);
  const right = left(count - 1) + box;
  const marks: Mark[] = [
    { kind: 'text', text: 'DCN', x: 0, y: 8, fill: 'ink-quiet', size: 12, font: 'words', middle: true },
    { kind: 'rect', x: LABEL_PX, y: 4, width: right - LABEL_PX, height: BAR_PX, fill: color, radius: 2 },
    {
      kind: 'rect',
      x: LABEL_PX,
      y: 4,
      width: right - LABEL_PX,
      height: BAR_PX,
      stroke: 'line',
      lineWidth: 1,
      radius: 2,
    },
  ];
  for (let index = 0; index < count; index += 1) {
    const x = left(index);
    const middle = x + box / 2;
    const isRest = index === count - 1 && count < slices;
    const text = isRest ? `+${slices - count + 1}` : `${index + 1}`;
    marks.push(
      { kind: 'line', points: [middle, 4 + BAR_PX, middle, BOX_TOP_PX], stroke: color, lineWidth: 3 },
      {
        kind: 'rect',
        x,
        y: BOX_TOP_PX,
        width: box,
        height: BOX_PX,
        fill: 'raised',
        stroke: index === 0 ? 'ink' : 'line',
        lineWidth: index === 0 ? 1.5 : 1,
        radius: 3,
      },
      {
        kind: 'text',
        text,
        x: middle,
        y: BOX_TOP_PX + BOX_PX / 2,
        fill: index === 0 ? 'ink' : 'ink-quiet',
        size: 12,
        font: 'numbers',
        align: 'middle',
        middle: true,
      },
    );
  }
  return { width, height: SLICES_HEIGHT_PX, marks };
}
