import { formatPercent, formatSi } from '../base/format-quantity.ts';
import { axisName, type Torus } from '../ici/topology.ts';
import type { ColorScale } from './color-scales.ts';
import { hexAt } from './color-scales.ts';
import type { Drawing, Mark } from './drawing.ts';
import { cutMarks, farEnd, middleOf } from './torus-cuts.ts';
import type { TorusPlan } from './torus-plan.ts';

/** Below this pitch marks would run into each other. */
const MIN_MARKS_PITCH = 12;
/** With more links marks would cost several frames. */
const MAX_MARKED_LINKS = 8192;

/** Whether links are drawn as marks; else they are drawn as pixels (`torusPixels`). */
export function hasMarks({ pitch, torus }: TorusPlan): boolean {
  return pitch >= MIN_MARKS_PITCH && torus.linkCount <= MAX_MARKED_LINKS;
}

/**
 * Chips and links, each directed link in the colour of its utilisation.
 *
 * @param utilization by link id, -1 where there is no link
 */
export function torusFigure(plan: TorusPlan, utilization: Float32Array, scale: ColorScale): Drawing {
  const { torus, width, height } = plan;
  const marks: Mark[] = plan.labels.map(({ text, x, y }) => ({
    kind: 'text',
    text,
    x,
    y,
    fill: 'ink-quiet',
    size: 12,
    font: 'numbers',
  }));
  // Quiet links first, so that a loud one is never covered.
  const links = Array.from({ length: torus.linkSlots }, (_, link) => link).filter(
    (link) => torus.targets[link] >= 0,
  );
  links.sort((a, b) => utilization[a] - utilization[b]);
  for (const link of links) {
    const stroke = utilization[link] > 0 ? hexAt(scale, utilization[link]) : 'line';
    for (const points of plan.linkShapes(link)) {
      marks.push({ kind: 'line', points, stroke, lineWidth: plan.laneWidth });
    }
  }
  const half = plan.nodeSize / 2;
  for (let node = 0; node < torus.nodes; node += 1) {
    if (torus.missingChips.has(node)) continue;
    const [x, y] = plan.nodePosition(node);
    marks.push({
      kind: 'rect',
      x: x - half,
      y: y - half,
      width: plan.nodeSize,
      height: plan.nodeSize,
      radius: plan.nodeSize * 0.2,
      fill: 'raised',
      stroke: 'ink-quiet',
      lineWidth: 0.75,
    });
  }
  marks.push(...cutMarks(plan));
  return { width, height, marks };
}

/** Outline of one chip and of the links that are singled out. */
export function torusHighlight(
  plan: TorusPlan,
  links: readonly { readonly link: number; readonly paint: 'accent' | 'ink' }[],
  node: number | undefined,
): Drawing {
  const marks: Mark[] = [];
  for (const { link, paint } of links) {
    for (const points of plan.linkShapes(link)) {
      const middle = middleOf(points);
      marks.push(
        { kind: 'line', points, stroke: paint, lineWidth: Math.max(2, plan.laneWidth) + 2, opacity: 0.35 },
        {
          kind: 'circle',
          x: middle[0],
          y: middle[1],
          radius: Math.max(6, plan.laneWidth * 2.2),
          stroke: paint,
          lineWidth: 1.5,
        },
      );
    }
  }
  if (node !== undefined) {
    const [x, y] = plan.nodePosition(node);
    const half = plan.nodeSize / 2 + 2.5;
    marks.push({
      kind: 'rect',
      x: x - half,
      y: y - half,
      width: 2 * half,
      height: 2 * half,
      radius: half * 0.4,
      stroke: 'ink',
      lineWidth: 1.5,
    });
  }
  return { width: plan.width, height: plan.height, marks };
}

const HIT_PX = 7;

/** The directed link under a point, if one is near enough. */
export function linkNear(plan: TorusPlan, x: number, y: number): number | undefined {
  const { torus } = plan;
  const candidates = new Set<number>();
  for (const node of plan.nodesNear(x, y)) {
    for (let axis = 0; axis < torus.axes; axis += 1) {
      for (const direction of [0, 1] as const) {
        const link = torus.link(node, axis, direction);
        if (farEnd(torus, link) < 0) continue;
        candidates.add(link);
        candidates.add(torus.reverseLink(link));
      }
    }
  }
  let best: number | undefined;
  let nearest = HIT_PX;
  for (const link of candidates) {
    for (const points of plan.linkShapes(link)) {
      const away = distanceToPolyline(points, x, y);
      if (away < nearest) {
        nearest = away;
        best = link;
      }
    }
  }
  return best;
}

/** A link as a sentence part: `(2,1,3) → +y`. */
export function linkLabel(torus: Torus, link: number): string {
  const sign = torus.linkDirection(link) === 0 ? '+' : '−';
  return `(${torus.coordinates(torus.linkSource(link)).join(',')}) → ${sign}${axisName(torus.linkAxis(link))}`;
}

/** `89.1 of 90.0 GB/s · 99.0 %`. */
export function rateLabel(utilization: number, linkBytesPerSecond: number): string {
  const rate = formatSi(utilization * linkBytesPerSecond, 'B/s');
  return `${rate} of ${formatSi(linkBytesPerSecond, 'B/s')} · ${formatPercent(utilization)}`;
}

function distanceToPolyline(points: readonly number[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let index = 0; index + 3 < points.length; index += 2) {
    const [x0, y0, x1, y1] = points.slice(index, index + 4);
    const lengthSquared = (x1 - x0) ** 2 + (y1 - y0) ** 2;
    const along = lengthSquared === 0 ? 0 : ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / lengthSquared;
    const t = Math.min(1, Math.max(0, along));
    nearest = Math.min(nearest, Math.hypot(x0 + (x1 - x0) * t - x, y0 + (y1 - y0) * t - y));
  }
  return nearest;
}
