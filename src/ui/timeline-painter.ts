import { contrast, hexOf, mix } from '../figure/color.ts';
import type { Mark, TimelineFigure } from '../figure/timeline.ts';
import type { TileMark } from '../figure/timeline-tiles.ts';
import type { IdleCause, LaneId, OpReport } from '../machine/report.ts';
import { IDLE_CAUSES, laneToken } from './idle-text.ts';
import { pageFonts } from './views/canvas-fonts.ts';
import { pagePalette } from './views/canvas-palette.ts';

/** Heights of the timeline's rows; the DOM beside the canvas has the same. */
export const LANE_HEIGHT_PX = 22;
const BAR_HEIGHT_PX = 15;
const BAR_TOP_PX = (LANE_HEIGHT_PX - BAR_HEIGHT_PX) / 2;
const MIN_LABEL_PX = 58;
const MIN_TILE_LABEL_PX = 96;
/** A bar at 0 % of peak is still there. */
const FAINTEST = 0.3;

type Hatch = 'up' | 'down' | 'level' | 'upright' | 'cross' | 'dots' | 'sparse' | 'faint' | 'bars';

/** Causes differ by texture as well as by hue. */
const HATCHES: Readonly<Record<IdleCause, Hatch>> = {
  ici: 'up',
  dcn: 'bars',
  hbm: 'down',
  vpu: 'level',
  dependency: 'dots',
  'fill-drain': 'upright',
  padding: 'cross',
  launch: 'sparse',
  'no-work': 'faint',
};

const SHADE_STEPS = 32;

interface Shade {
  readonly fill: string;
  readonly label: string;
}

/** Draws timelines on a canvas. Colours and patterns are read once per theme. */
export interface TimelinePainter {
  paint(figure: TimelineFigure, ops: readonly OpReport[], highlight: number | undefined): void;
}

export function createTimelinePainter(canvas: HTMLCanvasElement, pixelRatio: number): TimelinePainter {
  const context = canvas.getContext('2d');
  const { colors } = pagePalette();
  const { ink, ground } = colors;
  const font = `12px ${pageFonts().words}`;
  const shades = new Map<string, Shade>();
  const patterns = new Map<IdleCause, CanvasPattern | string>();

  const patternOf = (target: CanvasRenderingContext2D, cause: IdleCause): CanvasPattern | string => {
    const known = patterns.get(cause);
    if (known !== undefined) return known;
    const hue = hexOf(colors[`unit-${IDLE_CAUSES[cause].unit}`]);
    const made = hatch(target, HATCHES[cause], hue, pixelRatio) ?? hue;
    patterns.set(cause, made);
    return made;
  };

  /** The lane's hue, paler the less of the peak is used, and what reads on it. */
  const shadeOf = (lane: LaneId, strength: number): Shade => {
    const step = Math.round(strength * SHADE_STEPS);
    const key = `${lane}${step}`;
    const known = shades.get(key);
    if (known !== undefined) return known;
    const background = mix(ground, colors[laneToken(lane)], step / SHADE_STEPS);
    const label = contrast(background, ink) >= contrast(background, ground) ? ink : ground;
    const made = { fill: hexOf(background), label: hexOf(label) };
    shades.set(key, made);
    return made;
  };

  const widths = new Map<string, number>();
  const widthOf = (target: CanvasRenderingContext2D, text: string): number => {
    let width = widths.get(text);
    if (width === undefined) {
      width = target.measureText(text).width;
      widths.set(text, width);
    }
    return width;
  };
  /** The text, or as much of its beginning as there is room for. */
  const fitted = (target: CanvasRenderingContext2D, text: string, room: number): string => {
    const width = widthOf(target, text);
    if (width <= room) return text;
    const kept = Math.floor((text.length * (room - widthOf(target, '…'))) / width);
    return `${text.slice(0, Math.max(1, kept)).trimEnd()}…`;
  };

  const fillIdle = (
    target: CanvasRenderingContext2D,
    cause: IdleCause,
    x: number,
    y: number,
    width: number,
  ): void => {
    target.fillStyle = patternOf(target, cause);
    target.fillRect(x, y + BAR_TOP_PX, width, BAR_HEIGHT_PX);
  };

  const paintMark = (
    target: CanvasRenderingContext2D,
    mark: Mark,
    lane: LaneId,
    y: number,
    ops: readonly OpReport[],
    highlight: number | undefined,
    firstTileX: number | undefined,
  ): void => {
    if (mark.kind === 'density') {
      if (mark.cause !== undefined && mark.busy < 0.99) fillIdle(target, mark.cause, mark.x, y, mark.width);
      const bottom = y + BAR_TOP_PX + BAR_HEIGHT_PX;
      // Pale up to the share of time in which it works, full up to the share of the peak that it uses.
      for (const [share, strength] of [
        [mark.busy, FAINTEST],
        [mark.work, 1],
      ] as const) {
        target.fillStyle = shadeOf(lane, strength).fill;
        target.fillRect(mark.x, bottom - BAR_HEIGHT_PX * share, mark.width, BAR_HEIGHT_PX * share);
      }
      return;
    }
    const { span } = mark.placed;
    if (span.kind === 'idle') {
      fillIdle(target, span.cause, mark.x, y, mark.width);
      return;
    }
    // A hair of ground between neighbours keeps them apart.
    const width = Math.max(0.75, mark.width - (mark.width > 4 ? 1 : 0));
    const strength = FAINTEST + (1 - FAINTEST) * span.utilization;
    const { fill, label } = shadeOf(lane, strength);
    target.fillStyle = fill;
    target.beginPath();
    target.roundRect(mark.x, y + BAR_TOP_PX, width, BAR_HEIGHT_PX, Math.min(2, width / 3));
    target.fill();
    if (span.op === highlight) {
      target.strokeStyle = hexOf(colors.accent);
      target.lineWidth = 1.5;
      target.stroke();
    }
    const visibleX = Math.max(0, mark.x);
    const labelEnd =
      firstTileX !== undefined && firstTileX > visibleX ? firstTileX : Number.POSITIVE_INFINITY;
    const visibleWidth = Math.min(mark.x + width, target.canvas.width / pixelRatio, labelEnd) - visibleX;
    if (visibleWidth < MIN_LABEL_PX) return;
    const name = ops[span.op]?.name ?? '';
    target.fillStyle = label;
    target.save();
    target.beginPath();
    target.rect(visibleX, y, visibleWidth - 4, LANE_HEIGHT_PX);
    target.clip();
    target.fillText(fitted(target, name, visibleWidth - 9), visibleX + 5, y + LANE_HEIGHT_PX / 2 + 0.5);
    target.restore();
  };

  /** Borders between tiles, cut into the bar; each named where its name has room. */
  const paintTiles = (target: CanvasRenderingContext2D, tiles: readonly TileMark[], y: number): void => {
    tiles.forEach((tile, at) => {
      const next = tiles[at + 1]?.x ?? target.canvas.width / pixelRatio;
      target.fillStyle = hexOf(ground);
      target.fillRect(tile.x, y + BAR_TOP_PX, 1, BAR_HEIGHT_PX);
      if (next - tile.x < MIN_TILE_LABEL_PX) return;
      target.fillStyle = shadeOf('mxu', 1).label;
      target.fillText(tile.label, tile.x + 5, y + LANE_HEIGHT_PX / 2 + 0.5);
    });
  };

  return {
    paint(figure, ops, highlight) {
      if (context === null) return;
      const { widthPx } = figure.scale;
      const heightPx = figure.lanes.length * LANE_HEIGHT_PX;
      canvas.width = Math.round(widthPx * pixelRatio);
      canvas.height = Math.round(heightPx * pixelRatio);
      context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
      context.clearRect(0, 0, widthPx, heightPx);
      context.fillStyle = hexOf(colors.line);
      context.globalAlpha = 0.5;
      for (const tick of figure.ticks) context.fillRect(Math.round(tick.x), 0, 1, heightPx);
      context.globalAlpha = 1;
      context.font = font;
      context.textRendering = 'geometricPrecision';
      context.textBaseline = 'middle';
      figure.lanes.forEach((lane, row) => {
        const y = row * LANE_HEIGHT_PX;
        const tiles = lane.lane === 'mxu' ? figure.tiles : [];
        for (const mark of lane.marks) paintMark(context, mark, lane.lane, y, ops, highlight, tiles[0]?.x);
        paintTiles(context, tiles, y);
      });
    },
  };
}

const TILE_PX = 8;

/** One tile of hatching, drawn at the screen's own resolution so that its lines stay sharp. */
function hatch(
  target: CanvasRenderingContext2D,
  kind: Hatch,
  color: string,
  pixelRatio: number,
): CanvasPattern | undefined {
  const size = Math.max(1, Math.round(TILE_PX * pixelRatio));
  const tile = new OffscreenCanvas(size, size);
  const context = tile.getContext('2d');
  if (context === null) return undefined;
  context.scale(size / TILE_PX, size / TILE_PX);
  context.strokeStyle = color;
  context.fillStyle = color;
  context.globalAlpha = 0.8;
  context.lineWidth = 1.6;
  const stroke = (points: readonly number[]): void => {
    context.beginPath();
    for (let i = 0; i + 3 < points.length; i += 4) {
      context.moveTo(points[i] ?? 0, points[i + 1] ?? 0);
      context.lineTo(points[i + 2] ?? 0, points[i + 3] ?? 0);
    }
    context.stroke();
  };
  switch (kind) {
    case 'up':
      stroke([-2, 6, 6, -2, -2, 14, 14, -2, 2, 18, 18, 2]);
      break;
    case 'down':
      stroke([-2, 2, 6, 10, -2, -6, 14, 10, 2, -10, 18, 6]);
      break;
    case 'level':
      stroke([0, 2, 8, 2, 0, 6, 8, 6]);
      break;
    case 'upright':
      stroke([2, 0, 2, 8, 6, 0, 6, 8]);
      break;
    case 'cross':
      context.lineWidth = 1;
      stroke([0, 0, 8, 8, 8, 0, 0, 8]);
      break;
    case 'dots':
      context.globalAlpha = 0.6;
      context.fillRect(1.5, 1.5, 1.4, 1.4);
      context.fillRect(5.5, 5.5, 1.4, 1.4);
      break;
    case 'sparse':
      context.globalAlpha = 0.6;
      context.lineWidth = 1;
      stroke([-2, 6, 6, -2, -2, 14, 14, -2, 2, 18, 18, 2]);
      break;
    case 'bars':
      context.lineWidth = 2.6;
      stroke([0, 4, 8, 4]);
      break;
    case 'faint':
      context.globalAlpha = 0.45;
      context.fillRect(3, 7, 2, 1);
      break;
  }
  const pattern = target.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / pixelRatio));
  return pattern ?? undefined;
}
