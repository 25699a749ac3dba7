import type { Mark } from './drawing.ts';
import type { TorusPlan } from './torus-plan.ts';

/** Where a transfer goes. */
export interface TorusPath {
  /** Directed links in the order of its way. */
  readonly links: readonly number[];
  readonly source: number;
  readonly target: number;
}

/** Neighbours must be this far apart for words beside the ends to fit. */
const MIN_WORD_PITCH = 26;

/** A way link by link, each with its direction, and the chips at its ends. Wraparound links show both stubs. */
export function pathMarks(plan: TorusPlan, { links, source, target }: TorusPath): readonly Mark[] {
  const lineWidth = Math.max(2, plan.laneWidth) + 1;
  const lines = links.flatMap((link) =>
    plan
      .linkShapes(link)
      .flatMap((points): readonly Mark[] => [
        { kind: 'line', points, stroke: 'ground', lineWidth: lineWidth + 3 },
        { kind: 'line', points, stroke: 'accent', lineWidth },
        ...arrowHead(points, Math.max(5, lineWidth * 1.7)),
      ]),
  );
  return [...lines, ...chipMarks(plan, source, 'from'), ...chipMarks(plan, target, 'to')];
}

/** Two strokes at the end of a polyline, against its direction. */
function arrowHead(points: readonly number[], reach: number): readonly Mark[] {
  const [x0, y0, x1, y1] = points.slice(-4);
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length === 0) return [];
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const wing = (side: number): readonly number[] => [
    x1 - reach * (ux * 0.8 - side * uy * 0.7),
    y1 - reach * (uy * 0.8 + side * ux * 0.7),
  ];
  const head = [...wing(1), x1, y1, ...wing(-1)];
  return [
    { kind: 'line', points: head, stroke: 'ground', lineWidth: 5 },
    { kind: 'line', points: head, stroke: 'accent', lineWidth: 2.25 },
  ];
}

/** The source is a ring, the target is filled; both say so where there is room. */
function chipMarks(plan: TorusPlan, node: number, word: 'from' | 'to'): readonly Mark[] {
  const [x, y] = plan.nodePosition(node);
  const half = Math.max(plan.nodeSize, 6) / 2 + 1.5;
  const box: Mark = {
    kind: 'rect',
    x: x - half,
    y: y - half,
    width: 2 * half,
    height: 2 * half,
    radius: half * 0.4,
    fill: word === 'to' ? 'accent' : 'ground',
    stroke: 'accent',
    lineWidth: 2.5,
  };
  if (plan.pitch < MIN_WORD_PITCH) return [box];
  const label: Mark = {
    kind: 'text',
    text: word,
    x: x + half + 2,
    y: y + half + 9,
    fill: 'ink',
    size: 12,
    font: 'words',
    bold: true,
    halo: 'ground',
  };
  return [box, label];
}
